import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The README, and what of it can be run. */

export const ROOT = join(import.meta.dirname, "../..");
export const readme = readFileSync(join(ROOT, "README.md"), "utf8");

const blocks = [...readme.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text ?? "");
const isInstall = (block: string): boolean => block.startsWith("IMAGE=");

/** The shell blocks that say how to work with what is installed, in their order. */
export const shellBlocks = blocks.filter((block) => !isInstall(block));

/**
 * The block that installs the operator and has `command` in it, with an image and a repository of the reader's own.
 * Throws when there is no such block or it does not begin with both.
 */
export function installBlock(command: string, { image, repository }: { image: string; repository: string }): string {
  const block = blocks.find((text) => isInstall(text) && text.includes(command));
  const parts = /^IMAGE=[^\n]*\nREPO_URL=[^\n]*\n(.+)$/s.exec(block ?? "");
  if (!parts) throw new Error(`no block of the README begins with IMAGE= and REPO_URL= and has ${command} in it`);
  return `IMAGE=${image}\nREPO_URL=${repository}\n${parts[1]}`;
}
