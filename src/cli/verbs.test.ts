import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readCommandLine } from "./flags.ts";
import { reference } from "./reference.ts";
import type { Verb } from "./verb.ts";
import { verbs } from "./verbs.ts";

/** What the help and docs/cli.md print of each verb. */

/** The words of an example, without what a shell does with the output or the input: `| less`, `> FILE`, `< FILE`. */
function wordsOf(example: string): string[] {
  const words = example.split(" ");
  const end = words.findIndex((word) => ["|", ">", "<"].includes(word));
  return end === -1 ? words : words.slice(0, end);
}

const ROOT = join(import.meta.dirname, "../..");

/** How many names it takes. */
function countsOf(verb: Verb | undefined): number[] {
  if (verb === undefined) return [];
  if (verb.operands === "") return [0];
  return verb.operands.startsWith("[") ? [0, 1] : [1];
}

const examples = verbs.flatMap((verb) => verb.examples.map((example): [string, Verb] => [example, verb]));

test.each(examples)(
  "%s: is understood, as this verb, with its flags and as many names as it takes",
  (example, verb) => {
    const line = readCommandLine(wordsOf(example), verbs);
    expect([line.verb?.name, line.unknown]).toEqual([verb.name, undefined]);
    expect(countsOf(verb)).toContain(line.operands.length);
  },
);

/** The command lines in the shell blocks of what people read; docs/cli.md has the examples above. */
const printed = globSync(["*.md", "docs/**/*.md", "deploy/**/*.md", "charts/**/*.md", "examples/**/*.md"], {
  cwd: ROOT,
})
  .filter((path) => path !== "docs/cli.md")
  .flatMap((path) => {
    const blocks = readFileSync(join(ROOT, path), "utf8").matchAll(/^```(?:sh|console)\n(.*?)^```/gms);
    const lines = [...blocks].flatMap(([, block = ""]) => block.split("\n"));
    return lines
      .flatMap((line) => /^kubectl invoiceops (.+)$/.exec(line)?.[1] ?? [])
      .map((line) => [path, line] as const);
  });

test.each(printed)("%s: kubectl invoiceops %s: is understood", (_, line) => {
  const { verb, operands } = readCommandLine(wordsOf(line), verbs);
  expect(countsOf(verb)).toContain(operands.length);
});

test("every verb has an example, and its exit codes stand with it", () => {
  expect(verbs.filter((verb) => verb.examples.length === 0)).toEqual([]);
  const sections = reference(verbs).split("\n## ");
  for (const { name, exits } of verbs) {
    const section = sections.find((text) => text.startsWith(`${name}\n`));
    const rows = section?.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    for (const [code, meaning] of Object.entries(exits)) expect(rows).toContain(`| ${code} | ${meaning} |`);
  }
});
