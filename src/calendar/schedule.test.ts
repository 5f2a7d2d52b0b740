import { describe, expect, test } from "vitest";
import { readSchedules, scheduleActive, type ScheduleTimes } from "./schedule.ts";

const at = Date.parse;
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined || !Number.isFinite(ms) ? undefined : new Date(ms).toISOString();

function activeAt(schedule: ScheduleTimes, time: string): boolean {
  // A fresh object, so that no memory of an earlier question answers this one.
  return scheduleActive({ ...schedule }, at(time)).active;
}

describe("start on weekdays, end every day (B15)", () => {
  const schedule = { timeZone: "Europe/Prague", start: "30 6 * * 1-5", end: "10 22 * * *" };

  test.each([
    ["2027-01-15T21:09:59Z", true, "Friday evening, before the end"],
    ["2027-01-15T21:10:00Z", false, "Friday, at the end"],
    ["2027-01-16T05:30:00Z", false, "Saturday morning has no start"],
    ["2027-01-16T12:00:00Z", false, "Saturday noon"],
    ["2027-01-16T21:10:00Z", false, "Saturday's end is another end"],
    ["2027-01-17T12:00:00Z", false, "Sunday noon"],
    ["2027-01-17T21:10:00Z", false, "Sunday's end changes nothing"],
    ["2027-01-18T05:29:59Z", false, "Monday, before the start"],
    ["2027-01-18T05:30:00Z", true, "Monday, at the start"],
  ])("%s: %s (%s)", (time, active) => {
    expect(activeAt(schedule, time)).toBe(active);
  });

  test("the next boundary is told, so that nobody has to look before", () => {
    const { since, until } = scheduleActive(schedule, at("2027-01-16T12:00:00Z"));
    expect([iso(since), iso(until)]).toEqual(["2027-01-15T21:10:00.000Z", "2027-01-16T21:10:00.000Z"]);
  });
});

describe("office hours and quarter ends (B25)", () => {
  const office = { timeZone: "Europe/London", start: "0 9 * * 1-5", end: "0 17 * * 1-5" };
  const quarterEnd = { timeZone: "Europe/London", start: "0 0 L 3,6,9,12 *", end: "0 0 1 1,4,7,10 *" };

  test.each([
    ["2027-03-30T12:00:00Z", true, false],
    ["2027-03-31T12:00:00Z", true, true],
    ["2027-03-31T22:59:59Z", false, true],
    ["2027-03-31T23:00:00Z", false, false],
    ["2027-06-29T22:59:59Z", false, false],
    ["2027-06-29T23:00:00Z", false, true],
    ["2027-06-30T23:00:00Z", false, false],
    ["2027-04-30T12:00:00Z", true, false],
    ["2027-05-01T12:00:00Z", false, false],
    ["2027-12-31T23:59:59Z", false, true],
    ["2028-01-01T00:00:00Z", false, false],
  ])("%s: office %s, quarter end %s", (time, officeActive, quarterEndActive) => {
    expect([activeAt(office, time), activeAt(quarterEnd, time)]).toEqual([officeActive, quarterEndActive]);
  });
});

test.each([
  [
    "a start and an end at the same moment: it starts",
    { start: "0 0 L * *", end: "0 0 * * *" },
    "2027-04-30T12:00:00Z",
    true,
  ],
  ["and ends at the next end alone", { start: "0 0 L * *", end: "0 0 * * *" }, "2027-05-01T00:00:00Z", false],
  [
    "summer time: 08:00 in Mexico City is 14:00 UTC (B47)",
    { start: "0 8 1 7 *", end: "0 9 1 7 *" },
    "2027-07-01T14:00:00Z",
    true,
  ],
  ["and not an hour earlier", { start: "0 8 1 7 *", end: "0 9 1 7 *" }, "2027-07-01T13:59:59Z", false],
])("%s", (_, times, time, active) => {
  const timeZone = time.startsWith("2027-07") ? "America/Mexico_City" : "UTC";
  expect(activeAt({ timeZone, ...times }, time)).toBe(active);
});

test("one schedule that cannot be used leaves the others standing, and each problem is named (B47)", () => {
  const good = { start: "0 8 * * *", end: "0 18 * * *", replicas: 4 };
  const { schedules, problems } = readSchedules([
    { ...good, name: "typo", timeZone: "Europe/Berlim" },
    { ...good, name: "machine", timeZone: "Local" },
    { ...good, name: "eastern", timeZone: "EST" },
    { ...good, name: "late", timeZone: "UTC", start: "0 25 * * *", end: "never" },
  ]);
  expect(schedules.map(({ name, replicas }) => [name, replicas])).toEqual([["eastern", 4]]);
  expect(schedules[0]?.at(at("2027-07-01T13:00:00Z"))).toMatchObject({
    active: true,
    since: at("2027-07-01T13:00:00Z"),
  });
  expect(problems.map(({ field, value }) => [field, value])).toEqual([
    ["spec.scaling.schedules[typo].timeZone", "Europe/Berlim"],
    ["spec.scaling.schedules[machine].timeZone", "Local"],
    ["spec.scaling.schedules[late].start", "0 25 * * *"],
    ["spec.scaling.schedules[late].end", "never"],
  ]);
  expect(problems[0]?.message).toContain("did you mean Europe/Berlin?");
});
