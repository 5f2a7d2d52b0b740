import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { command, type Ran } from "../../../test/support/command.ts";
import { learntState, seenWindow } from "../../../test/support/learnt.ts";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import { stateText } from "../../forecast/state.ts";
import type { PlanView } from "./table.ts";

const service = (spec: string, annotations = ""): string => `apiVersion: invoiceops.dev/v1alpha1
kind: InvoiceService
metadata: {name: vat, namespace: billing${annotations}}
spec:
  workload: {apiVersion: apps/v1, kind: Deployment, name: vat-api}
  demand: {query: up}
${spec}
`;
const scaling = (more: string): string =>
  `  scaling: {minReplicas: 2, maxReplicas: 40, utilization: 1, lead: 10m${more}}`;
const calendar = `---
apiVersion: invoiceops.dev/v1alpha1
kind: FilingCalendar
metadata: {name: cn}
spec:
  timeZone: Asia/Shanghai
  dates: [{period: 2026-11, opens: "2026-11-01", deadline: "2026-11-15"}]
`;

const run = (input: string, ...args: string[]): Promise<Ran> => command(["plan", "-f", "-", ...args], { input });

async function planned(input: string, ...args: string[]): Promise<PlanView & { code: number }> {
  const { out, code } = await run(input, "-o", "json", ...args);
  const { services } = JSON.parse(out) as { services: [PlanView] };
  return { ...services[0], code };
}

const inNovember = ["--from", "2026-10-31", "--to", "2026-11-20"];

test("a schedule and an event: asked for one lead time early, given up on time, in the zone asked for", async () => {
  const office = `, schedules: [{name: office, timeZone: Asia/Shanghai, start: "0 9 * * *", end: "0 18 * * *", replicas: 6}]`;
  const event = `  events: [{name: d11, timeZone: Asia/Shanghai, start: "2026-11-11T00:00", end: "2026-11-12T00:00", replicas: 9}]\n`;
  const range = ["--from", "2026-11-10T12:00", "--to", "2026-11-13", "--zone", "Asia/Shanghai"];
  const { code, out } = await run(service(event + scaling(office)), ...range);
  expect(code).toBe(0);
  expect(out.split("\n")).toEqual([
    "billing/vat: Deployment/vat-api, 2 to 40 replicas, lead time 10 min",
    "  asked for                       needed from                     replicas  why",
    "  2026-11-10 12:00 Asia/Shanghai  2026-11-10 12:00 Asia/Shanghai         6  schedule office",
    "  2026-11-10 18:00 Asia/Shanghai  2026-11-10 18:00 Asia/Shanghai         2  base",
    "  2026-11-10 23:50 Asia/Shanghai  2026-11-11 00:00 Asia/Shanghai         9  event d11",
    "  2026-11-12 00:00 Asia/Shanghai  2026-11-12 00:00 Asia/Shanghai         2  base",
    "  2026-11-12 08:50 Asia/Shanghai  2026-11-12 09:00 Asia/Shanghai         6  schedule office",
    "  2026-11-12 18:00 Asia/Shanghai  2026-11-12 18:00 Asia/Shanghai         2  base",
    "",
  ]);
});

test("a filing window: ready before it opens, at the expected peak before the deadline, held for the grace", async () => {
  const spec = `  calendars: [{name: cn}]\n${scaling(", perReplica: 100, expectedPeakFactor: 3, quantile: 0.5")}`;
  const { code, steps, windows, notes, zone } = await planned(
    service(spec) + calendar,
    ...inNovember,
    "--demand",
    "500",
  );
  expect([code, notes, zone]).toEqual([0, [], "Asia/Shanghai"]);
  expect(windows).toEqual([
    {
      calendar: "cn",
      period: "2026-11",
      opens: "2026-10-31T16:00:00Z",
      deadline: "2026-11-15T16:00:00Z",
      grade: "Published",
    },
  ]);
  expect(steps[0]).toMatchObject({ replicas: 2, reason: "base" });
  expect(steps[1]).toMatchObject({
    askedFor: "2026-10-31T15:50:00Z",
    neededFrom: "2026-10-31T16:00:00Z",
    reason: "window cn 2026-11",
  });
  // Three times the usual 500 requests/s, 100 a replica.
  expect(Math.max(...steps.map(({ replicas }) => replicas))).toBe(15);
  expect(steps.at(-1)).toMatchObject({ askedFor: "2026-11-16T16:00:00Z", replicas: 2, reason: "base" });
});

const fileOf = (text: string): string => {
  const file = join(temporaryFolder(), "state.json");
  writeFileSync(file, text);
  return file;
};

const withState = (text: string): string[] => ["--state", fileOf(text)];

describe("with what was learnt", () => {
  const spec = `  calendars: [{name: cn}]\n${scaling(", perReplica: 100, quantile: 0.5").replace("maxReplicas: 40", "maxReplicas: 90")}`;
  const deadline = Date.parse("2026-10-15T16:00:00Z");
  const learnt = learntState({
    zone: "Asia/Shanghai",
    highest: 3_000,
    learntUntil: deadline,
    windows: [seenWindow({ calendar: "cn", period: "2026-10", type: "", deadline, peak: 6 })],
  });

  test("the plan is for windows as they were, and says what it rests on", async () => {
    const { code, steps, notes, basis } = await planned(
      service(spec) + calendar,
      ...inNovember,
      ...withState(stateText(learnt)),
    );
    expect([code, notes]).toEqual([0, []]);
    expect(basis).toContain("1 filing window seen");
    // Six times the usual 500 requests/s, 100 a replica.
    expect(Math.max(...steps.map(({ replicas }) => replicas))).toBe(30);
    const { out } = await run(service(spec) + calendar, ...inNovember, ...withState(stateText(learnt)));
    expect(out).toContain(`  forecast: ${basis}\n`);
  });

  test("what is far above all that was ever seen is a note", async () => {
    const { code, notes } = await planned(
      service(spec) + calendar,
      ...inNovember,
      ...withState(stateText({ ...learnt, highest: 600 })),
    );
    expect([code, notes]).toEqual([1, [expect.stringMatching(/more than 3 times the highest ever seen \(600\)/)]]);
  });

  test.each<[string, string, string[], RegExp]>([
    ["a file that is none", "{}", [], /^--state: .* is no state that can be used: version is missing/],
    ["one of a newer version", '{"version":2}', [], /written by a newer version \(2\)/],
    ["one beside --demand", stateText(learnt), ["--demand", "5"], /^--demand and --state say the same thing twice/],
  ])("%s is refused, with code 2", async (_, text, args, message) => {
    const { code, warned } = await run(service(spec) + calendar, ...inNovember, ...withState(text), ...args);
    expect(code).toBe(2);
    expect(warned).toMatch(message);
  });
});

test("years of days off that the operator is given move deadlines here too", async () => {
  const filings = calendar.replace(
    /dates: .*/,
    "holidaysFrom: CN\n  filings: [{name: VAT, type: monthly, deadline: {day: 15}, shift: nextWorkday, opens: {day: 1}}]",
  );
  const folder = temporaryFolder();
  const days = ["2027-04-15", "2027-04-16"];
  writeFileSync(join(folder, "CN.yaml"), JSON.stringify([{ year: 2027, days, source: "notice" }]));
  const deadlineWith = async (...args: string[]): Promise<string | undefined> => {
    const range = ["--from", "2027-04-01", "--to", "2027-04-30"];
    const { windows } = await planned(
      service(`  calendars: [{name: cn}]\n${scaling("")}`) + filings,
      ...range,
      ...args,
    );
    return windows[0]?.deadline;
  };
  // The 15th is a Thursday: with it and the Friday off the next workday is Monday the 19th.
  expect(await deadlineWith("--holidays", join(folder, "CN.yaml"))).toBe("2027-04-19T16:00:00Z");
});

test("a prewarm of the annotation counts", async () => {
  const annotations = `, annotations: {invoiceops.dev/prewarm: "24 until 2026-11-01T10:00:00Z"}`;
  const { steps } = await planned(service(scaling(""), annotations), "--from", "2026-11-01", "--to", "2026-11-02");
  expect(steps.map(({ askedFor, replicas, reason }) => [askedFor, replicas, reason])).toEqual([
    ["2026-11-01T00:00:00Z", 24, "prewarm"],
    ["2026-11-01T10:00:00Z", 2, "base"],
  ]);
});

test("more than one plan of the operator is put together without a seam", async () => {
  const monthly = calendar.replace(/dates: .*/, "monthly: {deadlineDay: 15, opensDay: 1}");
  const spec = `  calendars: [{name: cn}]\n${scaling(", perReplica: 100")}`;
  const { steps, windows } = await planned(
    service(spec) + monthly,
    "--from",
    "2026-01-01",
    "--to",
    "2026-12-31",
    "--demand",
    "500",
  );
  expect(windows).toHaveLength(12);
  const reasons = new Set(steps.map(({ reason }) => reason));
  expect([...reasons].filter((reason) => reason.startsWith("window"))).toHaveLength(12);
  const seams = steps.filter((step, index) => step.replicas === steps[index - 1]?.replicas);
  expect(seams).toEqual([]);
});

describe("what cannot be planned is a note, and the code is 1", () => {
  const follows = "  calendars: [{name: cn}]\n";
  test.each<[string, string, string[], string]>([
    [
      "a calendar that is not in the files",
      service(follows + scaling(", perReplica: 100")),
      ["--demand", "500"],
      "FilingCalendar cn is not in the files: its windows are not planned",
    ],
    [
      "windows without a usual demand",
      service(follows + scaling(", perReplica: 100")) + calendar,
      [],
      "windows and events with expectedPeakFactor are not planned: give the usual demand by --demand, or what was learnt by --state",
    ],
    [
      "windows without perReplica",
      service(follows + scaling("")) + calendar,
      ["--demand", "500"],
      "windows cannot become replicas without spec.scaling.perReplica, the requests/s that one replica serves",
    ],
    [
      "a peak above the maximum",
      service(follows + scaling(", perReplica: 10, quantile: 0.5")) + calendar,
      ["--demand", "500"],
      "150 replicas are needed, spec.scaling.maxReplicas allows 40",
    ],
    [
      "a zone that does not exist",
      service(
        `  events: [{name: d11, timeZone: Asia/Nowhere, start: "2026-11-11T00:00", end: "2026-11-12T00:00", replicas: 9}]\n${scaling("")}`,
      ),
      [],
      'spec.events[d11].timeZone: "Asia/Nowhere" is not an IANA time zone',
    ],
    [
      "an object that does not fit",
      service("  scaling: {maxReplicas: 40}"),
      [],
      "standard input:7: spec.scaling.minReplicas: Required value",
    ],
  ])("%s", async (_, input, args, note) => {
    const { code, notes } = await planned(input, ...inNovember, ...args);
    expect(code).toBe(1);
    expect(notes).toEqual([expect.stringContaining(note)]);
    expect((await run(input, ...inNovember, ...args)).out).toContain(`  note: ${notes[0]}\n`);
  });
});

test("a lead that the operator measures is a guess, or what the flag says", async () => {
  const auto = service(scaling("").replace("lead: 10m", "lead: auto"));
  const range = ["--from", "2026-11-01", "--to", "2026-11-02"];
  expect((await run(auto, ...range)).out).toContain("lead time 2 min (a guess: the operator measures it)");
  expect((await run(auto, ...range, "--lead", "5m")).out).toContain("lead time 5 min (a guess");
});

test.each<[string[], RegExp]>([
  [["--to", "2026-11-02"], /^--from is missing: give a time such as 2026-11-01\n/],
  [["--from", "2026-11-01", "--to", "soon"], /^--to: "soon" is not a /],
  [["--from", "2026-11-02", "--to", "2026-11-01"], /^--to is not after --from\n/],
  [["--from", "2026-11-01", "--to", "2028-11-01"], /more than 400 days/],
  [["--from", "2026-11-01", "--to", "2026-11-02", "--zone", "CST"], /^--zone: "CST" is not an IANA time zone/],
  [["--from", "2026-11-01", "--to", "2026-11-02", "--demand", "many"], /^--demand is "many"/],
  [["--from", "2026-11-01", "--to", "2026-11-02", "--lead", "soon"], /^--lead: /],
])("plan %j is refused in words, with code 2", async (args, message) => {
  const { code, warned } = await run(service(scaling("").replace("lead: 10m", "lead: auto")), ...args);
  expect(code).toBe(2);
  expect(warned).toMatch(message);
});

test("a regime needs no file, and its provisional windows say until when they may last", async () => {
  const spec = `  calendars: [{regime: CN}]\n${scaling(", perReplica: 100, expectedPeakFactor: 3")}`;
  const range = ["--from", "2026-12-10", "--to", "2027-01-31", "--demand", "500"];
  const { code, windows, notes, zone } = await planned(service(spec), ...range);
  expect([code, notes, zone]).toEqual([0, [], "Asia/Shanghai"]);
  expect(windows).toMatchObject([
    { calendar: "CN", period: "2026-12", grade: "Published", deadline: "2026-12-15T16:00:00Z" },
    { calendar: "CN", period: "2027-01", grade: "Provisional", heldUntil: "2027-01-27T16:00:00Z" },
  ]);
  expect((await run(service(spec), ...range)).out).toContain(
    "2027-01-16 00:00 Asia/Shanghai, provisional (it may end as late as 2027-01-28 00:00 Asia/Shanghai)",
  );
});

test("a regime that is not built in is a note, with those that are", async () => {
  const { code, notes } = await planned(service(`  calendars: [{regime: XX}]\n${scaling("")}`), ...inNovember);
  expect([code, notes]).toEqual([1, [expect.stringMatching(/^spec\.calendars: "XX" is not a regime .*known are/)]]);
});

test("a calendar that does not fit its schema is told with its line, and the rest is planned", async () => {
  const spec = `  calendars: [{name: cn}]\n${scaling("")}`;
  const { code, out, warned } = await run(
    service(spec) + calendar.replace("timeZone: Asia/Shanghai", "timeZone: 8"),
    ...inNovember,
  );
  expect(code).toBe(1);
  expect(out).toContain("billing/vat");
  expect(warned).toMatch(/^standard input:\d+: spec\.timeZone: /m);
});

test("without an InvoiceService there is nothing to plan", async () => {
  expect(await run(calendar, ...inNovember)).toMatchObject({
    code: 2,
    warned: expect.stringContaining("there is no InvoiceService in the files"),
  });
});
