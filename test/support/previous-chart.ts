import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The chart that users have installed when the next one comes: as packed by dev/chart/main.ts after the last release. */

const FOLDER = join(import.meta.dirname, "../data/previous-chart");

/** Its archive, and the version that its name bears. Throws unless there is exactly one. */
export function previousChart(): { archive: string; version: string } {
  const archives = readdirSync(FOLDER).filter((file) => file.endsWith(".tgz"));
  const [name] = archives;
  const [, version] = /^invoiceops-(\d+\.\d+\.\d+.*)\.tgz$/.exec(name ?? "") ?? [];
  if (archives.length !== 1 || name === undefined || version === undefined)
    throw new Error(
      `${FOLDER} must hold one archive invoiceops-VERSION.tgz; it holds ${archives.join(", ") || "none"}`,
    );
  return { archive: join(FOLDER, name), version };
}

/** The newest tag vX.Y.Z of this repository other than that of `version`; undefined where there is none, or no tags. */
export function lastRelease(version: string): string | undefined {
  const tags = execFileSync("git", ["tag", "--list", "v*", "--sort=-version:refname"], { encoding: "utf8" });
  return tags
    .split("\n")
    .map((tag) => tag.slice(1))
    .find((tag) => /^\d+\.\d+\.\d+$/.test(tag) && tag !== version);
}
