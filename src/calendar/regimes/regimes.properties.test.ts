import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Filing, Weekday } from "../../api/v1alpha1/filing-calendar-rules.ts";
import type { FilingCalendarSpec } from "../../api/v1alpha1/filing-calendar.ts";
import { BUILT_IN } from "../holidays/holiday-table.ts";
import { WorkdayCalendar, type HolidayYear } from "../holidays/holidays.ts";
import { dayIn, parseMonthName } from "../months.ts";
import { holdsUntil, type PeriodWindow } from "../window.ts";
import { periodsOf, windowsOf } from "../windows.ts";
import { DAY_MS, instantOf } from "../zone.ts";
import { regimes } from "./regimes.ts";

/** A calendar as its author may write it, by a regime or by rules of his own, and what its rules say apart from it. */
interface Given {
  calendar: FilingCalendarSpec;
  zone: string;
  filings: readonly Filing[];
  workdays: WorkdayCalendar;
}

const WEEKDAYS: readonly Weekday[] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const frame = { openTime: "00:00", closeTime: "24:00" };
const zones = fc.constantFrom(
  "UTC",
  "Asia/Shanghai",
  "Asia/Kolkata",
  "Asia/Riyadh",
  "America/Mexico_City",
  "America/Santiago",
  "Europe/Warsaw",
  "Pacific/Auckland",
  "Pacific/Kiritimati",
  "Pacific/Apia",
);

function workdaysOf(weekend: readonly Weekday[] | undefined, years: readonly HolidayYear[]): WorkdayCalendar {
  return new WorkdayCalendar({ weekend: (weekend ?? ["Sat", "Sun"]).map((day) => WEEKDAYS.indexOf(day) + 1), years });
}

const ofRegime = fc.tuple(fc.constantFrom(...regimes), fc.option(zones)).map(([{ code, spec }, elsewhere]): Given => {
  const zone = elsewhere ?? spec.timeZone;
  return {
    calendar: { ...frame, regime: code, timeZone: zone },
    zone,
    filings: spec.filings,
    workdays: workdaysOf(spec.weekend, spec.holidaysFrom === undefined ? [] : BUILT_IN.yearsOf(spec.holidaysFrom)),
  };
});

const YEARS = [2024, 2025, 2026];
const dayOfYear = (year: number): fc.Arbitrary<string> =>
  fc
    .integer({ min: Date.UTC(year, 0, 1) / DAY_MS, max: Date.UTC(year, 11, 31) / DAY_MS })
    .map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10));
/** Days off in rows of up to nine, as in China. */
const holidayYear = (year: number): fc.Arbitrary<HolidayYear> =>
  fc
    .tuple(
      fc.array(fc.tuple(dayOfYear(year), fc.integer({ min: 1, max: 9 })), { maxLength: 10 }),
      fc.array(dayOfYear(year), { maxLength: 8 }),
      fc.array(dayOfYear(year), { maxLength: 2 }),
    )
    .map(([runs, workdays, unsure]) => {
      const off = runs.flatMap(([first, length]) =>
        Array.from({ length }, (_, index) => new Date(Date.parse(first) + index * DAY_MS).toISOString().slice(0, 10)),
      );
      const days = [...new Set(off)].filter((day) => day.startsWith(`${year}`) && !workdays.includes(day));
      return { year, days, workdays, unsure, source: "x" };
    });
const filing: fc.Arbitrary<Filing> = fc.record(
  {
    name: fc.constantFrom("VAT", "list", "return"),
    type: fc.constantFrom("monthly" as const, "quarterly" as const, "annual" as const),
    months: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
    deadline: fc.oneof(
      fc.record({ day: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.constant("last")) }),
      fc.record({ workday: fc.integer({ min: 1, max: 12 }) }),
    ),
    shift: fc.constantFrom("none", "nextWorkday", "previousWorkday", "workdaysAfterHolidays"),
    extraWorkdays: fc.integer({ min: 1, max: 5 }),
    opens: fc.oneof(
      fc.record({ day: fc.integer({ min: 1, max: 31 }) }),
      fc.record({ daysBefore: fc.integer({ min: 0, max: 60 }) }),
    ),
    settled: fc.boolean(),
  },
  { requiredKeys: ["name", "type", "deadline", "shift", "opens"] },
);
const ofOwnRules = fc
  .record({
    timeZone: zones,
    weekend: fc.constantFrom<Weekday[]>(["Sat", "Sun"], ["Fri", "Sat"], ["Sun"]),
    filings: fc.uniqueArray(filing, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
    holidays: fc.tuple(...YEARS.map(holidayYear)),
  })
  .map(({ holidays, ...spec }): Given => ({
    calendar: { ...frame, ...spec, holidays: holidays.map((year) => structuredClone(year) as never) },
    zone: spec.timeZone,
    filings: spec.filings,
    workdays: workdaysOf(spec.weekend, holidays),
  }));
const anyCalendar = fc.oneof(ofRegime, ofOwnRules);
const anyYear = fc.integer({ min: 2022, max: 2032 });
const moments = fc.integer({ min: Date.parse("2023-06-01"), max: Date.parse("2027-12-31") });

/** Each window of a year that follows from a rule alone, with that rule and its regular day where that is a plain one. */
function byRule(
  { calendar, filings, zone }: Given,
  year: number,
): { window: PeriodWindow; rule: Filing; base?: number }[] {
  const { periods } = periodsOf(calendar, { from: year * 12, to: year * 12 + 11 });
  return periods
    .filter(({ grade }) => grade !== "Published")
    .map((window) => {
      const { month } = parseMonthName(window.period)!;
      const rule = filings.find(
        ({ name, months }) => name === window.filing && (months?.includes((month % 12) + 1) ?? true),
      )!;
      const { day } = rule.deadline;
      const base = day === undefined ? undefined : dayIn(month, day === "last" ? day : Number(day));
      expect(instantOf(zone, lastDayOf(window.deadline, zone), DAY_MS)).toBe(window.deadline);
      return { window, rule, ...(base === undefined ? {} : { base }) };
    });
}

/** They take long to make. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The day in a zone that ends at a moment, in days since the epoch. */
function lastDayOf(at: number, zone: string): number {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("sv", { timeZone: zone });
  formats.set(zone, format);
  return Date.parse(format.format(at - 1)) / DAY_MS;
}

test("a deadline is a working day, unless its rule does not move it or it is a guess", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, (given, year) => {
      for (const { window, rule } of byRule(given, year)) {
        const stays = rule.shift === "none" && rule.extraWorkdays === undefined && rule.deadline.workday === undefined;
        if (stays || window.grade === "Provisional") continue;
        expect(given.workdays.kind(lastDayOf(window.deadline, given.zone))).toBe("workday");
      }
    }),
  );
});

test("a deadline is never before the regular day, unless its rule says so, and a guess is that day itself", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, (given, year) => {
      for (const { window, rule, base = -Infinity } of byRule(given, year)) {
        const day = lastDayOf(window.deadline, given.zone);
        const goesBack = rule.shift === "previousWorkday" && rule.extraWorkdays === undefined;
        expect(day).toBeGreaterThanOrEqual(goesBack ? -Infinity : base);
        if (window.grade !== "Provisional") continue;
        expect(day === base || base === -Infinity).toBe(true);
        expect(lastDayOf(window.heldUntil!, given.zone)).toBe(day + 12);
      }
    }),
  );
});

test("an unsettled rule, and a day that would have to be known, give a guess and no working day", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, (given, year) => {
      for (const { window, rule } of byRule(given, year)) {
        const { missing } = window;
        expect(missing?.reason === "RuleUnsettled").toBe(rule.settled === false);
        const days = missing?.reason === "HolidayUnsure" ? [missing.day] : [];
        expect(days.map((day) => given.workdays.kind(Date.parse(day) / DAY_MS))).toEqual(days.map(() => "unknown"));
      }
    }),
  );
});

test("windows never overlap, and every moment has one answer in any zone", () => {
  fc.assert(
    fc.property(anyCalendar, fc.array(moments, { minLength: 1, maxLength: 6 }), ({ calendar }, asked) => {
      const all = windowsOf({ ...calendar }, "x", { from: Date.parse("2023-01-01"), to: Date.parse("2028-06-01") });
      for (const [index, { opens, deadline }] of all.windows.entries()) {
        expect(opens).toBeLessThan(deadline);
        expect(opens).toBeGreaterThanOrEqual(all.windows[index - 1]?.deadline ?? -Infinity);
      }
      for (const at of asked) {
        const open = all.windows.filter(({ opens, deadline }) => opens <= at && at < deadline);
        expect(open.length).toBeLessThanOrEqual(1);
        // The same whatever was asked before, and however little is asked.
        const { windows } = windowsOf(calendar, "x", { from: at, to: at });
        expect(windows.filter(({ opens, deadline }) => opens <= at && at < deadline)).toEqual(open);
      }
    }),
  );
});

test("no filing is lost where windows are put in order: each deadline is one, and capacity is held as long", () => {
  const range = { from: Date.parse("2026-01-01"), to: Date.parse("2026-12-31") };
  fc.assert(
    fc.property(anyCalendar, fc.constantFrom(0, DAY_MS), ({ calendar }, graceMs) => {
      const { periods } = periodsOf({ ...calendar }, { from: 2026 * 12, to: 2026 * 12 + 11 });
      const { windows } = windowsOf(calendar, "x", range);
      for (const window of periods.filter(({ opens, deadline }) => opens < deadline && deadline <= range.to)) {
        const same = windows.find(({ deadline }) => deadline === window.deadline);
        expect(same && holdsUntil(same, graceMs)).toBeGreaterThanOrEqual(holdsUntil(window, graceMs));
      }
    }),
  );
});
