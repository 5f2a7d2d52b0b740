import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeBaseFiles } from "./base.ts";
import { Buildah } from "./buildah.ts";
import { ROOT } from "./bundle.ts";
import { makeDistribution } from "./distribution.ts";
import type { Base } from "./sbom.ts";

/** The product's image and its sample's, built for real from their Dockerfiles over a base made on this machine. */

/** Made on this machine, with the Node.js that runs this. */
export const LOCAL_BASE: Base = { image: "localhost/nodejs:base", node: process.versions.node };
const args = { BASE: LOCAL_BASE.image };

/** Makes the base in `folder`; images that stand on it are built with the Buildah that this returns. */
export async function buildBase(folder: string): Promise<Buildah> {
  const files = join(folder, "base");
  await makeBaseFiles(files);
  const dockerfile = join(folder, "Dockerfile.base");
  await writeFile(dockerfile, "FROM scratch\nCOPY . /\nENV PATH=/nodejs/bin\nUSER 65532:65532\n");
  const buildah = new Buildah(folder);
  await buildah.build(LOCAL_BASE.image, { dockerfile, context: files });
  return buildah;
}

/** Bundles this checkout and builds the operator's image under the name. `folder` takes what is copied into it. */
export async function buildOperatorImage(buildah: Buildah, name: string, folder: string): Promise<void> {
  const context = join(folder, "context");
  await mkdir(context, { recursive: true });
  await makeDistribution(join(context, "dist"), LOCAL_BASE);
  await buildImageOf(buildah, name, context);
}

/** Builds the operator's image of what lies in `context/dist`, as `docker build` does in the checkout after `npm run build`. */
export async function buildImageOf(buildah: Buildah, name: string, context: string = ROOT): Promise<void> {
  await buildah.build(name, { dockerfile: join(ROOT, "Dockerfile"), context, args });
}

export async function buildInvoiceServerImage(buildah: Buildah, name: string): Promise<void> {
  const context = join(ROOT, "examples/invoice-server");
  await buildah.build(name, { dockerfile: join(context, "Dockerfile"), context, args });
}
