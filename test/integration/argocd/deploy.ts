import { readFile } from "node:fs/promises";
import { join } from "node:path";

export const DEPLOY = join(import.meta.dirname, "../../../deploy/argocd");

/** The text of a file of deploy/argocd. */
export function readDeploy(path: string): Promise<string> {
  return readFile(join(DEPLOY, path), "utf8");
}
