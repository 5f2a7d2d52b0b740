import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { parseLocal } from "../local-time.ts";
import { DAY_MS } from "../zone.ts";
import type { IcsEvent } from "./events.ts";
import { windowEntries, zoneOfFile } from "./windows.ts";

const days = (first: string, last: string, summary = "VAT"): IcsEvent => ({
  summary,
  line: 1,
  span: { first: Temporal.PlainDate.from(first), last: Temporal.PlainDate.from(last) },
});
const times = (start: string, end: string, summary = "VAT"): IcsEvent => ({
  summary,
  line: 1,
  span: { start: Temporal.ZonedDateTime.from(start), end: Temporal.ZonedDateTime.from(end) },
});
const entriesOf = (events: IcsEvent[], zone = "Asia/Shanghai", before?: number): object[] =>
  windowEntries(events, zone, before).entries;

describe("an entry", () => {
  test.each<[string, IcsEvent, string, number | undefined, object]>([
    [
      "of days",
      days("2026-02-01", "2026-02-24"),
      "Asia/Shanghai",
      undefined,
      { period: "2026-02", opens: "2026-02-01", deadline: "2026-02-24" },
    ],
    [
      "of a last day, opened earlier",
      days("2026-03-02", "2026-03-02"),
      "UTC",
      14,
      { period: "2026-03", opens: "2026-02-16", deadline: "2026-03-02" },
    ],
    [
      "of times of the same zone",
      times("2026-02-01T08:00[Asia/Shanghai]", "2026-02-24T18:00:30[Asia/Shanghai]"),
      "Asia/Shanghai",
      undefined,
      { period: "2026-02", opens: "2026-02-01T08:00", deadline: "2026-02-24T18:00:30" },
    ],
    [
      "of times of another zone",
      times("2026-01-31T16:00[UTC]", "2026-02-24T16:00[UTC]"),
      "Asia/Shanghai",
      undefined,
      { period: "2026-02", opens: "2026-02-01T00:00", deadline: "2026-02-25T00:00" },
    ],
    [
      "to the midnight that ends a month",
      times("2026-02-15T00:00[UTC]", "2026-03-01T00:00[UTC]"),
      "UTC",
      undefined,
      { period: "2026-02", opens: "2026-02-15T00:00", deadline: "2026-03-01T00:00" },
    ],
    [
      "of a moment, opened earlier",
      times("2026-02-24T18:00[UTC]", "2026-02-24T18:00[UTC]"),
      "UTC",
      3,
      { period: "2026-02", opens: "2026-02-21", deadline: "2026-02-24T18:00" },
    ],
    [
      "whose end is the second of two moments with one name is held until the clock is past both",
      times("2027-11-01T00:00[America/New_York]", "2027-11-07T01:30-05:00[America/New_York]"),
      "America/New_York",
      undefined,
      { period: "2027-11", opens: "2027-11-01T00:00", deadline: "2027-11-07T02:00" },
    ],
  ])("%s", (_, event, zone, before, entry) => {
    expect(windowEntries([event], zone, before)).toEqual({ entries: [entry], tooShort: [] });
  });

  test("of a moment alone is none", () => {
    const moment = times("2026-02-24T18:00[UTC]", "2026-02-24T18:00[UTC]");
    expect(windowEntries([moment], "UTC", undefined)).toEqual({ entries: [], tooShort: [moment] });
  });
});

test("periods are months, with the event's name where a month has more, and no two are the same", () => {
  const entries = entriesOf([
    days("2026-02-01", "2026-02-20", "GSTR-3B"),
    days("2026-02-01", "2026-02-11", "GSTR-1"),
    days("2026-02-01", "2026-02-11", "GSTR-1"),
    days("2026-03-01", "2026-03-11", "x".repeat(80)),
    days("2026-04-01", "2026-04-11", "x".repeat(80)),
    days("2026-04-01", "2026-04-12", "x".repeat(80)),
  ]);
  expect(entries.map((entry) => (entry as { period: string }).period)).toEqual([
    "2026-02 GSTR-1",
    "2026-02 GSTR-1 (2)",
    "2026-02 GSTR-3B",
    "2026-03",
    `2026-04 ${"x".repeat(55)}`,
    `2026-04 ${"x".repeat(51)} (2)`,
  ]);
});

describe("the zone of a file", () => {
  const shanghai = times("2026-02-01T08:00[Asia/Shanghai]", "2026-02-24T18:00[Asia/Shanghai]");
  const warsaw = times("2026-02-01T08:00[Europe/Warsaw]", "2026-02-24T18:00[Europe/Warsaw]");
  test("is the one that it names", () => {
    expect(zoneOfFile({ events: [shanghai, warsaw], problems: [], zone: "UTC" })).toBe("UTC");
  });
  test("or the only one of its times", () => {
    expect(zoneOfFile({ events: [shanghai], problems: [] })).toBe("Asia/Shanghai");
  });
  test.each<[string, IcsEvent[], RegExp]>([
    ["days", [days("2026-02-01", "2026-02-24")], /does not say in which zone its days are: give one with --time-zone/],
    ["days and times", [days("2026-02-01", "2026-02-24"), shanghai], /has days or times of Asia\/Shanghai: give one/],
    ["times of two", [shanghai, warsaw], /Asia\/Shanghai, Europe\/Warsaw: give one/],
  ])("is asked for with %s", (_, events, message) => {
    expect(() => zoneOfFile({ events, problems: [] })).toThrow(message);
  });
});

const anyZone = fc.constantFrom("UTC", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia");
/** Half of them within an hour of a change of New York's or Lord Howe's clock. */
const anyMoment = fc.oneof(
  fc.integer({ min: Date.parse("2026-01-01"), max: Date.parse("2028-01-01") }),
  fc
    .tuple(
      fc.constantFrom("2027-11-07T06:00:00Z", "2027-03-14T07:00:00Z", "2027-04-03T15:00:00Z", "2027-10-02T15:30:00Z"),
      fc.integer({ min: -3_600_000, max: 3_600_000 }),
    )
    .map(([change, off]) => Date.parse(change) + off),
);

test("a window read back covers its event, and not an hour more", () => {
  fc.assert(
    fc.property(anyMoment, fc.integer({ min: 1, max: 20 * 86_400 }), anyZone, anyZone, (at, seconds, from, zone) => {
      const start = Math.floor(at / 1000) * 1000;
      const end = start + seconds * 1000;
      const zoned = (ms: number): Temporal.ZonedDateTime =>
        Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(from);
      const event: IcsEvent = { summary: "x", line: 1, span: { start: zoned(start), end: zoned(end) } };
      const [entry] = windowEntries([event], zone, undefined).entries;
      const opens = parseLocal(entry?.opens ?? "", zone, 0);
      const deadline = parseLocal(entry?.deadline ?? "", zone, DAY_MS);
      expect(opens).toBeLessThanOrEqual(start);
      expect(opens).toBeGreaterThanOrEqual(start - 3_600_000);
      expect(deadline).toBeGreaterThanOrEqual(end);
      expect(deadline).toBeLessThanOrEqual(end + 3_600_000);
    }),
    { numRuns: 500 },
  );
});
