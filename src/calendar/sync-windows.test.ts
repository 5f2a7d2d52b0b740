import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import { compareSyncWindows, nextSpan, syncWindowsOf } from "./sync-windows.ts";
import { parseCron } from "./cron.ts";
import { CronTimes } from "./cron-times.ts";
import type { Window } from "./window.ts";
import { windowsOf } from "./windows.ts";
import { DAY_MS, MINUTE_MS } from "./zone.ts";

const NOW = Date.parse("2026-11-25T10:00:00Z");
const YEAR_MS = 366 * DAY_MS;

const monthly = (more: Partial<FilingCalendarSpec> = {}): FilingCalendarSpec => ({
  timeZone: "Asia/Shanghai",
  openTime: "00:00",
  closeTime: "24:00",
  monthly: { deadlineDay: 15, opensDay: 1 },
  ...more,
});

const dated = (dates: FilingCalendarSpec["dates"]): FilingCalendarSpec => ({
  timeZone: "Europe/Warsaw",
  openTime: "00:00",
  closeTime: "24:00",
  dates: dates!,
});

const windowsOfSpec = (spec: FilingCalendarSpec, now = NOW): Window[] =>
  windowsOf(spec, "vat", { from: now - YEAR_MS, to: now + 2 * YEAR_MS }).windows;

describe("sync windows of filing windows", () => {
  test("a year of a monthly calendar, in UTC, with the dates of its zone", () => {
    const found = syncWindowsOf(windowsOfSpec(monthly()), "Asia/Shanghai", NOW);
    expect(found).toHaveLength(12);
    expect(found[0]).toEqual({
      schedule: "0 16 30 11 *",
      duration: "360h",
      timeZone: "Etc/UTC",
      description: "invoiceops: 2026-12-01T00:00 to 2026-12-16T00:00 Asia/Shanghai, 2026-12 of FilingCalendar/vat",
    });
    expect(found.at(-1)?.description).toContain("2027-11-01T00:00 to 2027-11-16T00:00");
  });

  test("one that is open now is there, in its place its successor of next year is not", () => {
    const open = Date.parse("2026-11-05T10:00:00Z");
    const found = syncWindowsOf(windowsOfSpec(monthly(), open), "Asia/Shanghai", open);
    expect(found.map(({ schedule }) => schedule)).toContain("0 16 31 10 *");
    expect(found.filter(({ schedule }) => schedule === "0 16 31 10 *")).toHaveLength(1);
    expect(found).toHaveLength(12);
  });

  test("a moved deadline is one sync window to the later of the two", () => {
    const moved = { period: "2026-12", deadline: "2026-12-18", source: "https://tax.example/notices/7" };
    const spec = monthly({ overrides: [{ ...moved, announcedAt: "2026-12-14T08:00:00Z" }] });
    const [first] = syncWindowsOf(windowsOfSpec(spec), "Asia/Shanghai", NOW);
    expect(first).toMatchObject({ schedule: "0 16 30 11 *", duration: "432h" });
  });

  test("over a change of clocks it is as long as the time is", () => {
    const spec = dated([{ period: "spring", opens: "2027-03-27", deadline: "2027-03-28T08:30" }]);
    expect(syncWindowsOf(windowsOfSpec(spec), "Europe/Warsaw", NOW)).toEqual([
      {
        schedule: "0 23 26 3 *",
        duration: "31h30m",
        timeZone: "Etc/UTC",
        description: "invoiceops: 2027-03-27T00:00 to 2027-03-28T08:30 Europe/Warsaw, spring of FilingCalendar/vat",
      },
    ]);
  });

  test("one whose yearly return would be active today is left out until it no longer is", () => {
    const spec = dated([{ period: "2027-12", opens: "2027-11-20", deadline: "2027-12-15" }]);
    const found = (day: string): number => {
      const now = Date.parse(day);
      return syncWindowsOf(windowsOfSpec(spec, now), "Europe/Warsaw", now).length;
    };
    expect(found("2026-11-25T10:00:00Z")).toBe(0);
    expect(found("2026-12-17T10:00:00Z")).toBe(1);
  });

  test("fewer months are fewer windows", () => {
    expect(syncWindowsOf(windowsOfSpec(monthly()), "Asia/Shanghai", NOW, 3)).toHaveLength(3);
  });

  test("each is active in the filing window's span and at no other time of the year", () => {
    const day = fc.integer({ min: 1, max: 28 });
    const clock = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom("00", "30"));
    const zone = fc.constantFrom("Asia/Shanghai", "Europe/Warsaw", "America/St_Johns", "Pacific/Apia", "Etc/UTC");
    const at = fc.integer({ min: Date.parse("2026-01-01T00:00:00Z"), max: Date.parse("2032-12-31T00:00:00Z") });
    fc.assert(
      fc.property(day, day, clock, zone, at, (opensDay, deadlineDay, [hour, minute], timeZone, now) => {
        const openTime = `${String(hour).padStart(2, "0")}:${minute}`;
        const spec = monthly({ timeZone, openTime, monthly: { opensDay, deadlineDay } });
        const filing = windowsOfSpec(spec, now);
        const found = syncWindowsOf(filing, timeZone, now);
        // The twelve months begin with the window that is open; with the next year each comes again.
        const from = Math.min(now, filing.find(({ deadline }) => deadline > now)?.opens ?? now);
        const active = found.flatMap(({ schedule, duration }) =>
          spansBetween(schedule, duration, now, from + 364 * DAY_MS),
        );
        // Those that end later are generated when they no longer do.
        const sure = filing
          .filter(({ deadline }) => deadline > now && deadline <= from + 365 * DAY_MS)
          .map(({ opens, deadline }) => ({ opens, deadline }));
        expect(active.toSorted((a, b) => a.opens - b.opens)).toEqual(sure);
      }),
      { numRuns: 60 },
    );
  });
});

const compare = (spec: FilingCalendarSpec, later: FilingCalendarSpec, now: number) =>
  compareSyncWindows(syncWindowsOf(windowsOfSpec(spec), spec.timeZone ?? "UTC", NOW), windowsOfSpec(later, now), now);

describe("whether they still agree", () => {
  test("with the calendar that they are of, they do, also when a year has gone by", () => {
    for (const days of [0, 1, 30, 200, 364, 500]) {
      expect(compare(monthly(), monthly(), NOW + days * DAY_MS)).toEqual({ outdated: [], missing: [] });
    }
  });

  test("dates of one year are wrong in the next", () => {
    const dates = [{ period: "2026-12", opens: "2026-12-01", deadline: "2026-12-15" }];
    const next = [...dates, { period: "2027-12", opens: "2027-12-01", deadline: "2027-12-20" }];
    expect(compare(dated(dates), dated(next), NOW)).toEqual({ outdated: [], missing: [] });
    expect(compare(dated(dates), dated(next), Date.parse("2027-11-25T00:00:00Z"))).toEqual({
      outdated: [
        '"invoiceops: 2026-12-01T00:00 to 2026-12-16T00:00 Europe/Warsaw, 2026-12 of FilingCalendar/vat" is active from 2027-11-30T23:00Z to 2027-12-15T23:00Z',
      ],
      missing: ["FilingCalendar/vat 2027-12 (from 2027-11-30T23:00Z to 2027-12-20T23:00Z)"],
    });
    // That far ahead there is time enough.
    expect(compare(dated(dates), dated(next), Date.parse("2027-09-01T00:00:00Z"))).toEqual({
      outdated: [],
      missing: [],
    });
  });

  test("a deadline that was moved since, is told", () => {
    const moved = { period: "2026-12", deadline: "2026-12-18", source: "https://tax.example/notices/7" };
    const { outdated, missing } = compare(monthly(), monthly({ overrides: [moved] }), NOW);
    expect([outdated.length, missing.length]).toEqual([1, 1]);
  });

  test.each([
    ["of somebody else is left alone", { description: "team freeze", schedule: "0 0 * * *", duration: "1h" }, 0],
    ["of ours with another duration is outdated", { duration: "1h", schedule: "0 16 30 11 *" }, 1],
    ["of ours that no cron can read is outdated", { schedule: "0 16 32 11 *", duration: "360h" }, 1],
    ["of ours without a schedule is outdated", { duration: "360h" }, 1],
    ["of ours in another zone is outdated", { schedule: "0 16 30 11 *", duration: "360h", timeZone: "Asia/Tokyo" }, 1],
  ])("a sync window %s", (_, window, outdated) => {
    const found = compareSyncWindows([{ description: "invoiceops: x", ...window }], windowsOfSpec(monthly()), NOW);
    expect(found.outdated).toHaveLength(outdated);
  });

  test("a span that runs is the running one, later it is the next", () => {
    const window = { schedule: "0 16 31 10 *", duration: "360h", timeZone: "Etc/UTC" };
    const opens = Date.parse("2026-10-31T16:00:00Z");
    expect(nextSpan(window, opens + DAY_MS)).toEqual({ opens, deadline: opens + 15 * DAY_MS });
    expect(nextSpan(window, opens + 15 * DAY_MS)?.opens).toBe(Date.parse("2027-10-31T16:00:00Z"));
  });
});

/** When a sync window is active between two moments, by our own cron. */
function spansBetween(
  schedule: string,
  duration: string,
  from: number,
  to: number,
): { opens: number; deadline: number }[] {
  const [, hours = "0", minutes = "0"] = /^(\d+)h(?:(\d+)m)?$/.exec(duration) ?? [];
  const length = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  const times = new CronTimes(parseCron(schedule), "Etc/UTC");
  const spans: { opens: number; deadline: number }[] = [];
  for (let opens = times.next(from - length); opens !== undefined && opens < to; opens = times.next(opens)) {
    spans.push({ opens, deadline: opens + length });
  }
  return spans;
}
