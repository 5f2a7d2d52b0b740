import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The README, and what of it can be run. */

export const ROOT = join(import.meta.dirname, "../..");
export const readme = readFileSync(join(ROOT, "README.md"), "utf8");

/** The shell blocks of a text in Markdown, in their order. */
export function shellBlocksOf(markdown: string): string[] {
  return [...markdown.matchAll(/```sh\n(.*?)```/gs)].map(([, text]) => text ?? "");
}

const blocks = shellBlocksOf(readme);
const isInstall = (block: string): boolean => block.startsWith("IMAGE=");

/** The shell blocks that say how to work with what is installed, in their order. */
export const shellBlocks = blocks.filter((block) => !isInstall(block));

/** Where the sources are, for those who read them. */
export const REPOSITORY = /^REPO_URL=(\S+)$/m.exec(readme)?.[1] ?? "";

interface Own {
  image: string;
  repository: string;
}

/**
 * The block that installs the operator and has `command` in it, with an image and a repository of the reader's own.
 * Throws when there is no such block or it does not begin with both.
 */
export function installBlock(command: string, { image, repository }: Own, among: readonly string[] = blocks): string {
  const block = among.find((text) => isInstall(text) && text.includes(command));
  const parts = /^IMAGE=[^\n]*\nREPO_URL=[^\n]*\n(.+)$/s.exec(block ?? "");
  if (!parts) throw new Error(`no block of the README begins with IMAGE= and REPO_URL= and has ${command} in it`);
  return `IMAGE=${image}\nREPO_URL=${repository}\n${parts[1]}`;
}
