import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, type Ran } from "../../../test/support/command.ts";
import { DAY, filingLoad, HOUR } from "../../../test/support/replayed.ts";
import type { BacktestView } from "./numbers.ts";

const folder = mkdtempSync(join(tmpdir(), "backtest-"));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const service = (scaling: string): string => `apiVersion: invoiceops.dev/v1alpha1
kind: InvoiceService
metadata: {name: vat, namespace: billing}
spec:
  workload: {apiVersion: apps/v1, kind: Deployment, name: vat-api}
  demand: {query: load}
  calendars: [{name: filing}]
  scaling: {minReplicas: 2, maxReplicas: 500, expectedPeakFactor: 5${scaling}}
`;
const SERVICE = file("service.yaml", service(", perReplica: 10"));
const CALENDAR = file(
  "calendar.yaml",
  `apiVersion: invoiceops.dev/v1alpha1
kind: FilingCalendar
metadata: {name: filing}
spec:
  timeZone: UTC
  dates:
  - {period: first, opens: 2027-01-12T00:00, deadline: 2027-01-16T00:00}
  - {period: second, opens: 2027-01-22T00:00, deadline: 2027-01-26T00:00}
`,
);

/** A sample an hour for 24 days. */
function loadText(change: (at: number, load: number) => number = (_, load) => load): string {
  const { start, stepMs, load } = filingLoad();
  const rows = Array.from({ length: (24 * DAY) / HOUR }, (_, index) => {
    const at = start + index * HOUR;
    return `${new Date(at).toISOString()},${change(at, load[(index * HOUR) / stepMs]!)}`;
  });
  return `time,load\n${rows.join("\n")}\n`;
}
/** Offices open at nine, and all of them at once. */
const TRACE = file(
  "sharp.csv",
  loadText((at, load) => (at % DAY >= 9 * HOUR && at % DAY < 17 * HOUR ? 3 * load : load / 3)),
);

const run = (...args: string[]): Promise<Ran> =>
  command(["backtest", "--service", SERVICE, "--calendar", CALENDAR, ...args]);

async function viewOf(...args: string[]): Promise<BacktestView> {
  const { out } = await run("--trace", TRACE, "-o", "json", ...args);
  return JSON.parse(out) as BacktestView;
}

test("each window is told with what it cost, and invoiceops is short no longer than the HPA alone", async () => {
  const { windows, totals, fights } = await viewOf();
  expect(windows.map(({ window, seenBefore, deadline }) => [window, seenBefore, deadline])).toEqual([
    ["filing first", 0, "2027-01-16T00:00:00Z"],
    ["filing second", 1, "2027-01-26T00:00:00Z"],
  ]);
  const [ours, alone, oracle] = ["invoiceops", "HPA alone", "oracle"].map((name) => totals[name]!);
  expect(ours!.minutesShortLast72h).toBe(0);
  expect(alone!.minutesShort).toBeGreaterThan(ours!.minutesShort);
  expect(oracle).toMatchObject({ minutesShort: 0, overOracle: 1 });
  expect(ours!.podHours).toBeGreaterThan(oracle!.podHours);
  expect(fights).toBe(0);
});

test("-o csv has a row for each sample, with what was known at its time", async () => {
  const { out, code } = await run("--trace", TRACE, "-o", "csv");
  const [head, ...rows] = out.trimEnd().split("\n");
  expect([code, head, rows.length]).toEqual([0, "time,load,floor,reactive,desired,p50,upper", 24 * 24]);
  const lastHour = rows.find((row) => row.startsWith("2027-01-25T12:00:00Z"))!;
  const [, load, floor, reactive, desired, p50, upper] = lastHour.split(",").map(Number);
  expect(floor! * 10).toBeGreaterThan(load!);
  expect(desired).toBe(Math.max(floor!, reactive!));
  expect(upper).toBeGreaterThanOrEqual(p50!);
});

const before = ({ out }: Ran): string => out.slice(0, out.indexOf("2027-01-24T00:00:00Z"));

test("what comes later changes no row before it", async () => {
  const poisonedAt = Date.parse("2027-01-24T00:00:00Z");
  const poisoned = file(
    "poisoned.csv",
    loadText((at, load) => (at < poisonedAt ? load : 1e6)),
  );
  const clean = file("clean.csv", loadText());
  const [one, other] = await Promise.all([clean, poisoned].map((trace) => run("--trace", trace, "-o", "csv")));
  expect(before(one!).split("\n").length).toBeGreaterThan(400);
  expect(before(other!)).toBe(before(one!));
  expect(other!.out).not.toBe(one!.out);
});

test("-o html is one page that loads nothing, with a plot of the whole and of each window", async () => {
  const { out } = await run("--trace", TRACE, "-o", "html");
  expect(out.match(/<svg /g)).toHaveLength(3);
  expect(out.match(/<(script|link|img|iframe)|\bsrc=|href=|url\(|@import|https?:/g)).toBeNull();
  for (const look of ["load", "floor", "bound", "alone"]) expect(out).toMatch(new RegExp(`<path class="${look}" d="M`));
  expect(out).toContain("filing second");
  expect(out).not.toContain("NaN");
});

test("the table has a line for each window and each way to scale", async () => {
  const { out, code } = await run("--trace", TRACE);
  expect(code).toBe(0);
  expect(out).toMatch(/^filing second {2}2027-01-26 00:00 UTC/m);
  for (const name of ["invoiceops", "HPA alone", "cron at the right dates", "static maximum", "oracle"]) {
    expect(out).toMatch(new RegExp(`^${name} +[\\d.]+ `, "m"));
  }
});

test("--capacity goes before spec.scaling.perReplica, and more of it needs fewer pods", async () => {
  const [few, many] = [await viewOf("--capacity", "40"), await viewOf()];
  expect([few.perReplica, many.perReplica]).toEqual([40, 10]);
  expect(few.totals["oracle"]!.podHours).toBeLessThan(many.totals["oracle"]!.podHours);
});

test("a deadline that was put off is known from its announcement on", async () => {
  const moved = file(
    "moved.yaml",
    `apiVersion: invoiceops.dev/v1alpha1
kind: FilingCalendar
metadata: {name: filing}
spec:
  timeZone: UTC
  dates: [{period: second, opens: 2027-01-22T00:00, deadline: 2027-01-25T00:00}]
  overrides: [{period: second, deadline: 2027-01-26T00:00, announcedAt: "2027-01-24T12:00:00Z", source: gazette}]
`,
  );
  const { out } = await command([
    "backtest",
    "--service",
    SERVICE,
    "--calendar",
    moved,
    "--trace",
    TRACE,
    "-o",
    "json",
  ]);
  const { windows } = JSON.parse(out) as BacktestView;
  expect(windows.map(({ opens, deadline }) => [opens, deadline])).toEqual([
    ["2027-01-22T00:00:00Z", "2027-01-26T00:00:00Z"],
  ]);
});

test("a load without a whole window is replayed, with a note and code 1", async () => {
  const short = file("short.csv", loadText().split("\n").slice(0, 200).join("\n"));
  const { out, code } = await run("--trace", short);
  expect(code).toBe(1);
  expect(out).toContain("note: no window of filing lies wholly in the load: give a longer one");
});

describe("what cannot be replayed is told with where it stands and how to mend it, with code 2", () => {
  const bad = (name: string, text: string): string[] => ["--trace", file(`${name}.csv`, text)];
  const rows = "time,load\n2027-01-04T00:00:00Z,1\n";
  test.each<[string, string[], RegExp]>([
    ["no load", [], /^give the load by one of --trace CSV and --prometheus URL\n/],
    ["both loads", ["--trace", TRACE, "--prometheus", "http://p"], /^give the load by one of/],
    ["another format", ["--trace", TRACE, "-o", "yaml"], /^-o is "yaml": give table, json, csv, html\n/],
    ["a file that is not there", ["--trace", "no.csv"], /^--trace: no\.csv cannot be read: /],
    ["another header", bad("head", "at,value\n"), /head\.csv:1: "at,value" is not the header: write time,load\n/],
    ["a time that is none", bad("time", `${rows}soon,1\n`), /time\.csv:3: time is "soon": write an ISO time/],
    [
      "a load below zero",
      bad("load", `${rows}2027-01-04T01:00:00Z,-1\n`),
      /load\.csv:3: load is "-1": give requests\/s/,
    ],
    [
      "a time that stands twice",
      bad("twice", `${rows}2027-01-04T00:00:00Z,2\n`),
      /twice\.csv:3: time 2027-01-04T00:00:00.000Z stands twice/,
    ],
    ["one sample", bad("one", rows), /one\.csv: two samples of load are needed at least\n/],
    [
      "samples too far apart",
      bad("far", `${rows}2027-01-05T00:00:00Z,2\n`),
      /far\.csv: samples are 86400 s apart: give one every 15 s at most/,
    ],
    ["a capacity that is none", ["--trace", TRACE, "--capacity", "0"], /^--capacity is "0": give the requests\/s/],
    [
      "no address",
      ["--prometheus", "here", "--from", "2027-01-01", "--to", "2027-02-01"],
      /^--prometheus is "here": give an address/,
    ],
    ["no time", ["--prometheus", "http://p", "--from", "2027-01-01"], /^--to is missing/],
    ["an operand", ["load.csv"], /^load\.csv stands alone: name it by a flag\n/],
  ])("%s", async (_, args, message) => {
    const { code, warned, out } = await run(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(warned).toMatch(message);
  });

  test.each<[string, string[], RegExp]>([
    ["no service", ["--calendar", CALENDAR], /^--service is missing: give the file of an InvoiceService\n/],
    [
      "a file without a service",
      ["--service", CALENDAR, "--calendar", CALENDAR],
      /^--service: .* has 0 InvoiceServices: give a file with one\n/,
    ],
    ["no calendar", ["--service", SERVICE], /^--calendar is missing/],
    ["no such calendar", ["--service", SERVICE, "--calendar", "XX"], /^--calendar.*"XX"/],
    [
      "a service of which nobody knows what a replica serves",
      ["--service", file("bare.yaml", service("")), "--calendar", CALENDAR],
      /^spec\.scaling\.perReplica is missing: give the requests\/s that one replica serves by --capacity\n/,
    ],
  ])("%s", async (_, args, message) => {
    const { code, warned } = await command(["backtest", "--trace", TRACE, ...args]);
    expect(code).toBe(2);
    expect(warned).toMatch(message);
  });
});
