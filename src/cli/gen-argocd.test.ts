import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { genArgocd } from "./gen-argocd.ts";
import { runCli } from "./run.ts";

const CALENDARS = join(import.meta.dirname, "../../examples/reference/filing-calendars.yaml");
const NOW = Date.parse("2026-11-25T10:00:00Z");

interface Outcome {
  code: number;
  out: string;
  warnings: string;
}

async function run(args: readonly string[], input = ""): Promise<Outcome> {
  const [out, warnings]: string[][] = [[], []];
  const code = await runCli(["gen", "argocd", ...args], {
    command: "kubectl invoiceops",
    verbs: [genArgocd],
    env: {},
    clock: new FakeClock(NOW),
    signal: new AbortController().signal,
    out: (text) => out!.push(text),
    warn: (text) => warnings!.push(text),
    input: async () => input,
  });
  return { code, out: out!.join(""), warnings: warnings!.join("") };
}

const windowsIn = (text: string): Record<string, unknown>[] =>
  (parse(text) as { spec: { syncWindows: Record<string, unknown>[] } }).spec.syncWindows;

const calendar = (spec: object): string =>
  JSON.stringify({ apiVersion: "invoiceops.dev/v1alpha1", kind: "FilingCalendar", metadata: { name: "vat" }, spec });

describe("gen argocd", () => {
  test("the calendars of examples/reference, to the letter", async () => {
    const { code, out, warnings } = await run(["-f", CALENDARS, "--project", "billing"]);
    expect([code, warnings]).toEqual([0, ""]);
    await expect(out).toMatchFileSnapshot("gen-argocd.golden");
  });

  test("one calendar, fewer months, other applications", async () => {
    const flags = ["--calendar", "vat-monthly", "--months", "3", "--applications", "vat-*", "--no-manual-sync"];
    const { code, out } = await run(["-f", CALENDARS, ...flags, "--sync-overrun"]);
    expect(code).toBe(0);
    const windows = windowsIn(out);
    expect(windows).toHaveLength(3);
    for (const window of windows) {
      expect(window).toMatchObject({ kind: "deny", applications: ["vat-*"], manualSync: false, syncOverrun: true });
    }
  });

  test("standard input, with the times of day that the API server fills in", async () => {
    const text = calendar({ timeZone: "Etc/UTC", monthly: { deadlineDay: 15, opensDay: 1 } });
    const { out } = await run(["-f", "-"], text);
    expect(windowsIn(out)[0]).toMatchObject({ schedule: "0 0 1 12 *", duration: "360h" });
  });

  test("part of a calendar that cannot be used is told, the rest is printed, and the exit code says so", async () => {
    const dates = [
      { period: "good", opens: "2026-12-01", deadline: "2026-12-15" },
      { period: "bad", opens: "2026-12-20", deadline: "2026-13-01" },
    ];
    const { code, out, warnings } = await run(["-f", "-"], calendar({ timeZone: "Etc/UTC", dates }));
    expect(code).toBe(1);
    expect(windowsIn(out)).toHaveLength(1);
    expect(warnings).toContain("FilingCalendar/vat: spec.dates[bad].deadline");
  });

  test("a calendar that does not fit its schema is told with its line, and the others are printed", async () => {
    const good = calendar({ timeZone: "Etc/UTC", monthly: { deadlineDay: 15, opensDay: 1 } });
    const { code, out, warnings } = await run(
      ["-f", "-"],
      `${good}\n---\n${calendar({ timeZone: 8, monthly: { deadlineDay: 15 } })}`,
    );
    expect(code).toBe(1);
    expect(windowsIn(out)).toHaveLength(12);
    expect(warnings).toMatch(/^standard input:\d+: spec\.timeZone: /m);
  });

  test("a regime, without cluster and files", async () => {
    const { code, out } = await run(["--regime", "GB", "--regime", "PL", "--months", "2"]);
    expect(code).toBe(0);
    expect(windowsIn(out).map(({ description }) => description)).toEqual([
      "invoiceops: 2026-12-01T00:00 to 2026-12-08T00:00 Europe/London, 2026-12 of regime/GB",
      "invoiceops: 2027-01-01T00:00 to 2027-01-08T00:00 Europe/London, 2027-01 of regime/GB",
      "invoiceops: 2026-11-11T00:00 to 2026-11-26T00:00 Europe/Warsaw, 2026-11 of regime/PL",
      "invoiceops: 2026-12-11T00:00 to 2026-12-29T00:00 Europe/Warsaw, 2026-12 of regime/PL",
    ]);
    const unknown = await run(["--regime", "XX"]);
    expect([unknown.code, unknown.warnings]).toEqual([2, expect.stringContaining('--regime: "XX" is not a regime')]);
  });

  test("no window ahead is told", async () => {
    const dates = [{ period: "old", opens: "2025-12-01", deadline: "2025-12-15" }];
    const { code, out, warnings } = await run(["-f", "-"], calendar({ timeZone: "Etc/UTC", dates }));
    expect([code, windowsIn(out)]).toEqual([1, []]);
    expect(warnings).toContain("no filing window lies ahead");
  });

  test.each<[string[], RegExp]>([
    [
      ["-f", CALENDARS, "--calendar", "vat"],
      /there is no FilingCalendar vat; there are: vat-monthly, payroll-rehearsal/,
    ],
    [["-f", CALENDARS, "--months", "13"], /--months is "13": give 1 to 12/],
    [["-f", CALENDARS, "vat"], /name calendars with --calendar/],
    [["-f", "no-such-file.yaml"], /no-such-file\.yaml/],
  ])("%j is an error in words", async (args, words) => {
    const { code, out, warnings } = await run(args);
    expect([code, out]).toEqual([2, ""]);
    expect(warnings).toMatch(words);
  });
});
