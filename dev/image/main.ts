// npm run build: what ships, into dist/. With --print-sbom (npm run sbom) its bill of materials goes to the screen too.
// BASE in the environment is the image that it will stand on, as for the Dockerfile.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";
import { makeDistribution } from "./distribution.ts";

const dist = join(ROOT, "dist");
await rm(dist, { recursive: true, force: true });
const { BASE } = process.env;
const { files, bom } = await makeDistribution(dist, BASE === undefined ? undefined : { image: BASE });
if (process.argv.includes("--print-sbom")) {
  console.log(JSON.stringify(bom, null, 2));
} else {
  for (const { name, bytes } of files) console.log(`dist/${name}: ${(bytes / 1e6).toFixed(2)} MB`);
  console.log(`dist/sbom.cdx.json: ${bom.components.length} components`);
}
