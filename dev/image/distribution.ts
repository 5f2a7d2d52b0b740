import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { bundle } from "./bundle.ts";
import { billOfMaterials, type Bom } from "./sbom.ts";

export interface Distribution {
  /** The bundles, without their source maps. */
  files: readonly { name: string; bytes: number }[];
  bom: Bom;
}

/** Everything that the image and the npm package hold, into `folder`: the bundles and their bill of materials. */
export async function makeDistribution(folder: string): Promise<Distribution> {
  await mkdir(folder, { recursive: true });
  const metafile = await bundle(folder);
  const bom = billOfMaterials(metafile);
  await writeFile(join(folder, "sbom.cdx.json"), `${JSON.stringify(bom, null, 2)}\n`);
  const files = Object.entries(metafile.outputs)
    .filter(([file]) => file.endsWith(".js"))
    .map(([file, { bytes }]) => ({ name: basename(file), bytes }));
  return { files, bom };
}
