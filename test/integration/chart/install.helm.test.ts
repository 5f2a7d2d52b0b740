import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import { INSTALL_MANIFEST, installManifest } from "../../../dev/generate/install.ts";

test("the manifest for kubectl is the chart with its defaults; npm run generate:install writes it", async () => {
  const { helm4 } = await provideBinaries(["helm4"]);
  expect(await readFile(INSTALL_MANIFEST, "utf8")).toBe(await installManifest(helm4));
});
