import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundle, ROOT } from "./bundle.ts";
import { billOfMaterials, type Base, type Bom } from "./sbom.ts";

export interface Distribution {
  /** The bundles, without their source maps. */
  files: readonly { name: string; bytes: number }[];
  bom: Bom;
}

/** What the Dockerfile builds on when nothing else is said. */
export function defaultBase(): Base {
  const image = /^ARG BASE=(\S+)$/m.exec(readFileSync(join(ROOT, "Dockerfile"), "utf8"))?.[1];
  if (image === undefined) throw new Error("the Dockerfile has no line ARG BASE=IMAGE");
  return { image };
}

/** Everything that the image and the npm package hold, into `folder`: the bundles and their bill of materials. */
export async function makeDistribution(folder: string, base: Base = defaultBase()): Promise<Distribution> {
  await mkdir(folder, { recursive: true });
  const metafile = await bundle(folder);
  const bom = billOfMaterials(metafile, base);
  await writeFile(join(folder, "sbom.cdx.json"), `${JSON.stringify(bom, null, 2)}\n`);
  const files = Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith(".js"))
    .map(([file, { bytes }]) => ({ name: basename(file), bytes }));
  return { files, bom };
}
