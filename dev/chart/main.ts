// Packs the chart of this checkout as the one that users upgrade from, for the tests of the next version: the last step
// of a release, before the version is raised (CONTRIBUTING.md).
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { provideBinaries } from "../cluster/binaries.ts";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "test/data/previous-chart");

const { helm4 } = await provideBinaries(["helm4"]);
mkdirSync(folder, { recursive: true });
for (const file of readdirSync(folder)) rmSync(join(folder, file));
execFileSync(helm4, ["package", join(root, "charts/invoiceops"), `--destination=${folder}`], { stdio: "inherit" });
