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

const examples = verbs.flatMap((verb) => verb.examples.map((example): [string, Verb] => [example, verb]));

test.each(examples)(
  "%s: is understood, as this verb, with its flags and as many names as it takes",
  (example, verb) => {
    const line = readCommandLine(wordsOf(example), verbs);
    expect([line.verb?.name, line.unknown]).toEqual([verb.name, undefined]);
    expect(line.operands).toHaveLength(verb.operands === "" ? 0 : 1);
  },
);

test("every verb has an example, and its exit codes stand with it", () => {
  expect(verbs.filter((verb) => verb.examples.length === 0)).toEqual([]);
  const sections = reference(verbs).split("\n## ");
  for (const { name, exits } of verbs) {
    const section = sections.find((text) => text.startsWith(`${name}\n`));
    const rows = section?.split("\n").map((line) => line.replaceAll(/ +/g, " "));
    for (const [code, meaning] of Object.entries(exits)) expect(rows).toContain(`| ${code} | ${meaning} |`);
  }
});
