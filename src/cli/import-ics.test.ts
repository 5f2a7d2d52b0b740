import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { calendar as calendarVerb } from "./calendar.ts";
import { importIcs } from "./import-ics.ts";
import { lint } from "./lint.ts";
import { runCli } from "./run.ts";

interface Outcome {
  code: number;
  out: string;
  warnings: string;
}

async function run(args: readonly string[], input = ""): Promise<Outcome> {
  const [out, warnings]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    command: "kubectl invoiceops",
    verbs: [calendarVerb, importIcs, lint],
    env: {},
    clock: new FakeClock("2026-11-25T10:00:00Z"),
    signal: new AbortController().signal,
    out: (text) => out.push(text),
    warn: (text) => warnings.push(text),
    input: async () => input,
  });
  return { code, out: out.join(""), warnings: warnings.join("") };
}

const calendar = (...events: string[][]): string =>
  ["BEGIN:VCALENDAR", ...events.flatMap((lines) => ["BEGIN:VEVENT", ...lines, "END:VEVENT"]), "END:VCALENDAR"].join(
    "\r\n",
  );
const february = ["SUMMARY:VAT", "DTSTART;VALUE=DATE:20260201", "DTEND;VALUE=DATE:20260225"];
const march = ["SUMMARY:VAT", "DTSTART;VALUE=DATE:20260301", "DTEND;VALUE=DATE:20260317"];

const imported = (input: string, ...flags: string[]): Promise<Outcome> =>
  run(["import-ics", "-", "--name", "vat", ...flags], input);

const spanOf = ({ opens, deadline }: Record<string, string>): unknown => [opens?.slice(0, 10), deadline];

/** What the package chinese-days gives to calendar programs: China's days off and the days that are worked for them. */
const REAL = createRequire(import.meta.url).resolve("chinese-days/dist/holidays.ics");

describe("import-ics", () => {
  test("days of a zone that the command line names", async () => {
    const { code, out, warnings } = await imported(calendar(february, march), "--time-zone", "Asia/Shanghai");
    expect([code, warnings]).toEqual([0, ""]);
    expect(parse(out)).toEqual({
      apiVersion: "invoiceops.dev/v1alpha1",
      kind: "FilingCalendar",
      metadata: { name: "vat" },
      spec: {
        timeZone: "Asia/Shanghai",
        dates: [
          { period: "2026-02", opens: "2026-02-01", deadline: "2026-02-24" },
          { period: "2026-03", opens: "2026-03-01", deadline: "2026-03-16" },
        ],
      },
    });
  });

  test("last days alone, each opened some days before", async () => {
    const deadline = ["SUMMARY:VAT", "DTSTART;VALUE=DATE:20260224"];
    const { out } = await imported(calendar(deadline), "--time-zone", "UTC", "--opens-days-before", "14");
    expect(parse(out)).toMatchObject({ spec: { dates: [{ opens: "2026-02-10", deadline: "2026-02-24" }] } });
  });

  test("what it prints is what lint takes", async () => {
    const { out } = await imported(calendar(february, march), "--time-zone", "Asia/Shanghai");
    expect(await run(["lint", "-f", "-"], out)).toMatchObject({ code: 0, out: "" });
  });

  test("a file that a program has written", async () => {
    const { code, out, warnings } = await run([
      "import-ics",
      REAL,
      "--name",
      "holidays",
      "--time-zone",
      "Asia/Shanghai",
    ]);
    expect([code, warnings]).toEqual([0, ""]);
    const { spec } = parse(out) as { spec: { dates: { opens: string; deadline: string }[] } };
    expect(spec.dates.length).toBeGreaterThan(10);
    expect(await run(["lint", "-f", "-"], out)).toMatchObject({ code: 0 });
  });

  test.each(["CN", "BR-PE", "KR"])("what `calendar %s -o ics` has written is read back", async (regime) => {
    const rows = await run(["calendar", regime, "--year", "2026", "-o", "json"]);
    const written = await run(["calendar", regime, "--year", "2026", "-o", "ics"]);
    const { code, out } = await imported(written.out);
    expect(code).toBe(0);
    const { spec } = parse(out) as { spec: { dates: Record<string, string>[] } };
    expect(spec.dates.length).toBeGreaterThan(3);
    expect(spec.dates.map(spanOf)).toEqual((JSON.parse(rows.out) as Record<string, string>[]).map(spanOf));
  });

  test("an event that is refused is named with its line, the others are printed, and the exit code says so", async () => {
    const input = calendar(["SUMMARY:VAT", "DTSTART:20260201T080000", "DTEND:20260224T180000"], march);
    const { code, out, warnings } = await imported(input, "--time-zone", "Asia/Shanghai");
    expect(code).toBe(1);
    expect(warnings).toMatch(/^standard input:2: event "VAT" has the DTSTART "20260201T080000", a time in no zone: /);
    expect(parse(out)).toMatchObject({ spec: { dates: [{ period: "2026-03" }] } });
  });

  test("a moment without a length is refused, and the way out is named", async () => {
    const moment = ["SUMMARY:VAT", "DTSTART:20260224T100000Z"];
    const { code, warnings } = await imported(calendar(moment, march), "--time-zone", "UTC");
    expect([code, warnings]).toEqual([
      1,
      'standard input:2: event "VAT" has no length: give DTEND, or --opens-days-before\n',
    ]);
  });

  const many = Array.from({ length: 241 }, () => february);
  test.each<[string, string[], string, RegExp]>([
    ["no name", ["-"], calendar(february), /--name is missing/],
    ["a name that none can have", ["-", "--name", "VAT"], calendar(february), /--name is "VAT": give small letters/],
    ["no file", ["--name", "vat"], "", /give one FILE/],
    ["two files", ["a.ics", "b.ics", "--name", "vat"], "", /give one FILE/],
    ["a file that is not there", ["no-such.ics", "--name", "vat"], "", /no-such\.ics cannot be read/],
    ["a file of another kind", ["-", "--name", "vat"], "hello", /standard input: is no iCalendar file/],
    ["no event", ["-", "--name", "vat"], calendar(), /no event that can be a window/],
    [
      "days of no zone",
      ["-", "--name", "vat"],
      calendar(february),
      /in which zone its days are: give one with --time-zone/,
    ],
    [
      "a zone that is none",
      ["-", "--name", "vat", "--time-zone", "CST"],
      calendar(february),
      /--time-zone: "CST" is not/,
    ],
    [
      "a number in words",
      ["-", "--name", "vat", "--opens-days-before", "ten"],
      calendar(february),
      /"ten": give 0 to 366/,
    ],
    [
      "more than a calendar takes",
      ["-", "--name", "vat", "--time-zone", "UTC"],
      calendar(...many),
      /has 241 events, .* takes 240/,
    ],
  ])("%s is an error in words", async (_, args, input, words) => {
    const { code, out, warnings } = await run(["import-ics", ...args], input);
    expect([code, out]).toEqual([2, ""]);
    expect(warnings).toMatch(words);
  });
});
