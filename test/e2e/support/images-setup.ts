import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildImages, type ImageArchives } from "./images.ts";

declare module "vitest" {
  interface ProvidedContext {
    images: ImageArchives;
  }
}

/** Builds the images that the tests run, once for all of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "images-"));
  project.provide("images", await buildImages(folder));
  return () => rm(folder, { recursive: true, force: true });
}
