import * as fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { parseCron } from "./cron.ts";
import { CronTimes } from "./cron-times.ts";
import { scheduleActive } from "./schedule.ts";
import { DAY_MS, MINUTE_MS } from "./zone.ts";

const iso = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

describe("clocks that are set", () => {
  test.each([
    [
      "left out by New York in March",
      "30 2 * * *",
      "America/New_York",
      "2027-03-14T00:00:00Z",
      "2027-03-14T07:30:00.000Z",
    ],
    [
      "twice in New York in November: once",
      "30 1 * * *",
      "America/New_York",
      "2027-11-07T05:30:00Z",
      "2027-11-08T06:30:00.000Z",
    ],
    ["Samoa's day that never was", "0 12 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2011-12-30T22:00:00.000Z"],
    [
      "a midnight left out by Havana",
      "0 0 14 * *",
      "America/Havana",
      "2027-03-01T00:00:00Z",
      "2027-03-14T05:00:00.000Z",
    ],
    ["leap days only, over 2100", "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00.000Z"],
  ])("%s", (_, text, zone, after, expected) => {
    expect(iso(new CronTimes(parseCron(text), zone).next(Date.parse(after)))).toBe(expected);
  });
});

/** What `parseCron` takes, made of parts whose meaning the test knows by itself. */
const anyTimes = fc.record({
  minutes: fc.uniqueArray(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 3 }),
  hours: fc.uniqueArray(fc.integer({ min: 0, max: 23 }), { minLength: 1, maxLength: 3 }),
  days: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 31 }), { minLength: 1, maxLength: 6 })),
  lastDay: fc.boolean(),
  months: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 3, maxLength: 12 })),
  weekDays: fc.option(fc.uniqueArray(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 6 })),
});
type Times = typeof anyTimes extends fc.Arbitrary<infer T> ? T : never;

const list = (items: readonly unknown[] | null): string => (items && items.length > 0 ? items.join(",") : "*");

function textOf({ minutes, hours, days, lastDay, months, weekDays }: Times): string {
  const dayItems = [...(days ?? []), ...(lastDay ? ["L"] : [])];
  return [list(minutes), list(hours), list(dayItems), list(months), list(weekDays)].join(" ");
}

/** Every moment at which it fires in the days around `at`, by asking each minute on the wall, and Temporal for its moment. */
function bruteForce(times: Times, zone: string, at: number, days: number): number[] {
  const found = new Set<number>();
  const first = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO("UTC").toPlainDate().subtract({ days });
  for (let index = 0; index <= 2 * days; index += 1) {
    const date = first.add({ days: index });
    if (!fires(times, date)) continue;
    for (const hour of times.hours)
      for (const minute of times.minutes)
        found.add(date.toPlainDateTime({ hour, minute }).toZonedDateTime(zone).epochMilliseconds);
  }
  return [...found].toSorted((a, b) => a - b);
}

function fires({ days, lastDay, months, weekDays }: Times, date: Temporal.PlainDate): boolean {
  if (months && !months.includes(date.month)) return false;
  const restricted = days !== null || lastDay;
  const byMonth = !!days?.includes(date.day) || (lastDay && date.day === date.daysInMonth);
  const byWeek = !!weekDays?.includes(date.dayOfWeek % 7);
  if (restricted && weekDays) return byMonth || byWeek;
  return (!restricted || byMonth) && (!weekDays || byWeek);
}

const anyZone = fc.constantFrom(
  "UTC",
  "Asia/Shanghai",
  "Asia/Kolkata",
  "Europe/Prague",
  "America/New_York",
  "America/Havana",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Antarctica/Troll",
);

/** Half of the moments lie within two days of a change of the zone's clock. */
const anyMoment = fc.record({
  zone: anyZone,
  at: fc.integer({ min: Date.parse("2009-01-01") / MINUTE_MS, max: Date.parse("2030-01-01") / MINUTE_MS }),
  nearChange: fc.option(fc.integer({ min: -2 * 1440, max: 2 * 1440 })),
});

function momentOf({ zone, at, nearChange }: { zone: string; at: number; nearChange: number | null }): number {
  const zoned = Temporal.Instant.fromEpochMilliseconds(at * MINUTE_MS).toZonedDateTimeISO(zone);
  const change = nearChange === null ? null : zoned.getTimeZoneTransition("next");
  return change ? change.epochMilliseconds + (nearChange ?? 0) * MINUTE_MS : at * MINUTE_MS;
}

const DAYS = 40;
/** How far around a moment the brute force knows every time: its days less the few that a zone may be off. */
const SIGHT_MS = (DAYS - 7) * DAY_MS;

describe("against every minute on the wall", () => {
  test("previous is the last at or before a moment and next the first after it", () => {
    fc.assert(
      fc.property(anyTimes, anyMoment, (times, moment) => {
        fc.pre(textUsable(textOf(times)));
        const at = momentOf(moment);
        const all = bruteForce(times, moment.zone, at, DAYS);
        const cron = new CronTimes(parseCron(textOf(times)), moment.zone);
        const [previous, next] = [cron.previous(at) ?? -Infinity, cron.next(at) ?? Infinity];

        expect(previous).toBeLessThanOrEqual(at);
        expect(next).toBeGreaterThan(at);
        const inSight = (time: number | undefined): string | undefined =>
          time !== undefined && Math.abs(time - at) < SIGHT_MS ? iso(time) : undefined;
        expect(inSight(previous)).toBe(inSight(all.findLast((time) => time <= at)));
        expect(inSight(next)).toBe(inSight(all.find((time) => time > at)));
      }),
      { numRuns: 150 },
    );
  });

  test("a schedule is active when the last boundary that passed was a start", () => {
    fc.assert(
      fc.property(
        anyTimes,
        anyTimes,
        anyMoment,
        fc.array(fc.integer({ min: 0, max: 4 * 1440 }), { maxLength: 5 }),
        (starts, ends, moment, steps) => {
          fc.pre(textUsable(textOf(starts)) && textUsable(textOf(ends)));
          const schedule = { timeZone: moment.zone, start: textOf(starts), end: textOf(ends) };
          const from = momentOf(moment);
          const startTimes = bruteForce(starts, moment.zone, from, DAYS);
          const endTimes = bruteForce(ends, moment.zone, from, DAYS);
          const boundaries = [...startTimes, ...endTimes];
          for (const at of [from, ...steps.map((minutes) => from + minutes * MINUTE_MS)]) {
            const { active, since = -Infinity, until } = scheduleActive(schedule, at);
            expect(since).toBeLessThanOrEqual(at);
            expect(until).toBeGreaterThan(at);
            const last = Math.max(...boundaries.filter((time) => time <= at && time > from - SIGHT_MS));
            expect(active).toBe(last > -Infinity ? startTimes.includes(last) : active);
            expect(boundaries.filter((time) => time > at && time < until)).toEqual([]);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

function textUsable(text: string): boolean {
  try {
    parseCron(text);
    return true;
  } catch {
    return false;
  }
}
