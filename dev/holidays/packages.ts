import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const modules = join(import.meta.dirname, "../../node_modules");

/** What a year says of where it comes from. */
export function packageSource(name: string): string {
  return `${name} ${manifestOf(name).version}`;
}

/** What a file says of where it comes from, under which licence and whose it is. */
export function packageNotice(name: string): string {
  const { version, license } = manifestOf(name);
  return `Generated from ${name} ${version} (${license}): ${copyrightOf(name)}. See docs/third-party.md.`;
}

function manifestOf(name: string): { version: string; license: string } {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8")) as { version: string; license: string };
}

function copyrightOf(name: string): string {
  const file = readdirSync(join(modules, name)).find((one) => /^licen[cs]e/i.test(one));
  const line = file && /^.*copyright.*\d{4}.*$/im.exec(readFileSync(join(modules, name, file), "utf8"))?.[0];
  if (line === undefined || line === "") throw new Error(`${name} names no copyright: look where it moved to`);
  return line.trim();
}
