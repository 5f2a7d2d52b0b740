import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildPauseImage } from "../../../dev/cluster/node/pause.ts";
import { PAUSE_IMAGE } from "../../../dev/cluster/node/containerd.ts";
import { buildBase, buildInvoiceServerImage, buildOperatorImage } from "../../../dev/image/build.ts";
import { INVOICE_SERVER_IMAGE, OPERATOR_IMAGE } from "./images.ts";

/** Builds the images that the tests run, once for all of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  const buildah = await buildBase(folder);
  await buildPauseImage(buildah, folder);
  await buildOperatorImage(buildah, OPERATOR_IMAGE, folder);
  await buildInvoiceServerImage(buildah, INVOICE_SERVER_IMAGE);
  const archives: string[] = [];
  for (const name of [PAUSE_IMAGE, OPERATOR_IMAGE, INVOICE_SERVER_IMAGE]) {
    const archive = join(folder, `image-${archives.length}.tar`);
    await buildah.save(name, archive);
    archives.push(archive);
  }
  project.provide("imageArchives", archives);
  return () => rm(folder, { recursive: true, force: true });
}
