import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { calendar } from "./calendar.ts";
import { runCli } from "./run.ts";

/** Prints the windows of 2027 in China with a file of that text. */
async function withFile(text: string, name = "CN.yaml"): Promise<{ code: number; out: string; warnings: string }> {
  const file = join(temporaryFolder(), name);
  if (text !== "") writeFileSync(file, text);
  const [out, warnings]: [string[], string[]] = [[], []];
  const code = await runCli(["calendar", "CN", "--year", "2027", "-o", "json", "--holidays", file], {
    command: "invoiceops",
    verbs: [calendar],
    env: {},
    clock: new FakeClock("2026-11-25T10:00:00Z"),
    signal: new AbortController().signal,
    out: (words) => out.push(words),
    warn: (words) => warnings.push(words),
    input: async () => "",
  });
  return { code, out: out.join(""), warnings: warnings.join("") };
}

test("a year that is not built in is known with its file", async () => {
  const { code, out, warnings } = await withFile("- {year: 2027, days: [2027-01-01], source: Notice 1}");
  expect([code, warnings]).toEqual([0, ""]);
  const grades = (JSON.parse(out) as { grade: string }[]).map(({ grade }) => grade);
  expect(grades).toEqual(Array.from({ length: 12 }, () => "Computed"));
});

test.each<[string, string, string | undefined, RegExp]>([
  ["with a fault", "- {year: 2027, source: x}", undefined, /--holidays: CN\.yaml: \[0\]\.days: is no list of dates/],
  ["of no country", "[]", "china.yaml", /--holidays: china\.yaml: is no country's file/],
  ["that is not there", "", undefined, /--holidays: .*CN\.yaml cannot be read/],
])("a file %s is an error in words", async (_, text, name, words) => {
  const { code, out, warnings } = await withFile(text, name);
  expect([code, out]).toEqual([2, ""]);
  expect(warnings).toMatch(words);
});
