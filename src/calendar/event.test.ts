import { describe, expect, test } from "vitest";
import { eventInstants, readEvents } from "./event.ts";
import { parseClock, parseLocal } from "./local-time.ts";

const HOUR_MS = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

test("an event is from its start to its end, local time", () => {
  const { start, end } = eventInstants({
    start: "2026-11-11T00:00",
    end: "2026-11-12T00:00",
    timeZone: "Asia/Shanghai",
  });
  expect([iso(start), iso(end)]).toEqual(["2026-11-10T16:00:00.000Z", "2026-11-11T16:00:00.000Z"]);
});

test.each([
  ["ends when it starts", "2026-11-11T00:00", "2026-11-11T00:00", "UTC", "is not after the start 2026-11-11T00:00"],
  ["ends before it starts", "2026-11-11T00:00", "2026-11-10T00:00", "UTC", "is not after the start"],
  [
    "starts in an hour that is left out",
    "2027-03-14T02:45",
    "2027-03-14T03:15",
    "America/New_York",
    "is not after the start",
  ],
  ["has no such day", "2026-02-30T00:00", "2026-03-01T00:00", "UTC", '"2026-02-30" does not exist'],
  ["has no time", "2026-11-11", "2026-11-12T00:00", "UTC", "write 2026-11-16T18:00"],
  ["has an offset", "2026-11-11T00:00Z", "2026-11-12T00:00", "UTC", "without an offset"],
  ["has no zone that we know", "2026-11-11T00:00", "2026-11-12T00:00", "CST", "Asia/Shanghai, America/Chicago"],
])("an event that %s is refused", (_, start, end, timeZone, message) => {
  expect(() => eventInstants({ start, end, timeZone })).toThrow(message);
});

test("one event that cannot be used leaves the others standing, and each problem is named", () => {
  const good = { start: "2026-11-11T00:00", end: "2026-11-12T00:00", timeZone: "Asia/Shanghai" };
  const { events, problems } = readEvents([
    { ...good, name: "typo", timeZone: "Asia/Shanghia" },
    { ...good, name: "double-11" },
    { ...good, name: "backwards", end: "2026-11-10T00:00" },
    { ...good, name: "broken", start: "soon", end: "later" },
  ]);
  expect(events.map(({ event, start, end }) => [event.name, end - start])).toEqual([["double-11", 24 * HOUR_MS]]);
  expect(problems.map(({ field, value }) => [field, value])).toEqual([
    ["spec.events[typo].timeZone", "Asia/Shanghia"],
    ["spec.events[backwards].end", "2026-11-10T00:00"],
    ["spec.events[broken].start", "soon"],
    ["spec.events[broken].end", "later"],
  ]);
  expect(problems[0]?.message).toContain("did you mean Asia/Shanghai?");
});

describe("local time", () => {
  test.each([
    ["2026-11-16T18:00", "2026-11-16T18:00:00.000Z"],
    ["2026-11-16T18:00:30", "2026-11-16T18:00:30.000Z"],
    ["2026-11-16", "2026-11-17T00:00:00.000Z"],
  ])("%s, a bare day ending at 24:00, is %s", (text, expected) => {
    expect(iso(parseLocal(text, "UTC", 24 * HOUR_MS))).toBe(expected);
  });

  test.each([
    "2026-13-01",
    "2026-11-31",
    "2026-11-16T24:00",
    "2026-11-16T18:60",
    "2026-11-16 18:00",
    "16.11.2026",
    "",
    "2026-11-16T18:00+08:00",
  ])("%s is refused", (text) => {
    expect(() => parseLocal(text, "UTC", 0)).toThrow(/does not exist|is not a/);
  });

  test.each([
    ["00:00", 0],
    ["09:30", 9.5 * HOUR_MS],
    ["24:00", 24 * HOUR_MS],
  ])("the clock at %s", (text, ms) => {
    expect(parseClock(text)).toBe(ms);
  });

  test.each(["24:01", "25:00", "9:30", "09:60", "noon", ""])("the clock at %s is refused", (text) => {
    expect(() => parseClock(text)).toThrow("is not a time of day");
  });
});
