import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CalendarError } from "../calendar-error.ts";
import { dayNumber } from "../zone.ts";
import { holidayYearProblems, WorkdayCalendar, type HolidayYear } from "./holidays.ts";

const SATURDAY_SUNDAY = [6, 7];

const year = (more: Partial<HolidayYear> = {}): HolidayYear => ({ year: 2026, days: [], source: "a test", ...more });
const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
const kindOf = (date: string, years: HolidayYear[], weekend = SATURDAY_SUNDAY): string =>
  new WorkdayCalendar({ weekend, years }).kind(dayOf(date));

test.each<[string, string, HolidayYear[], string]>([
  ["a Wednesday is a workday", "2026-10-14", [year()], "workday"],
  ["a Saturday is none", "2026-10-17", [year()], "restday"],
  ["nor a Sunday", "2026-10-18", [year()], "restday"],
  ["a holiday is off", "2026-10-01", [year({ days: ["2026-10-01"] })], "restday"],
  ["a Saturday that is worked is a workday", "2026-10-10", [year({ workdays: ["2026-10-10"] })], "workday"],
  ["nothing is known of the year after the last", "2027-01-04", [year()], "unknown"],
  ["not even of its Sundays: one may be worked", "2027-01-03", [year()], "unknown"],
  ["nor of a year between two that are known", "2026-03-04", [year({ year: 2025 }), year({ year: 2027 })], "unknown"],
  ["a day that may be off is not known", "2026-03-20", [year({ unsure: ["2026-03-20"] })], "unknown"],
  ["on a weekend it is off in either case", "2026-03-21", [year({ unsure: ["2026-03-21"] })], "restday"],
  ["the later of two entries of a year counts", "2026-10-01", [year({ days: ["2026-10-01"] }), year()], "workday"],
])("%s", (_, date, years, kind) => {
  expect(kindOf(date, years)).toBe(kind);
});

test("the weekend of Riyadh is Friday and Saturday", () => {
  const week = ["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"].map((date) => kindOf(date, [year()], [5, 6]));
  expect(week).toEqual(["workday", "restday", "restday", "workday"]);
});

test("a holiday is one also on a Sunday, a plain Sunday is none", () => {
  const calendar = new WorkdayCalendar({ weekend: [7], years: [year({ days: ["2026-11-01"] })] });
  const holidays = ["2026-11-01", "2026-11-08", "2027-11-01"].map((date) => calendar.isHoliday(dayOf(date)));
  expect(holidays).toEqual([true, false, false]);
});

test("a date that there is not is an error", () => {
  expect(() => new WorkdayCalendar({ weekend: [], years: [year({ days: ["2026-02-30"] })] })).toThrow(CalendarError);
});

describe("what is wrong with a year", () => {
  test.each<[string, Partial<HolidayYear>, { field: string; value: string; message: RegExp }[]]>([
    ["nothing", { days: ["2026-01-01"], workdays: ["2026-01-03"], unsure: ["2026-01-05"] }, []],
    [
      "a date of another year",
      { days: ["2026-01-01", "2025-12-31"] },
      [{ field: "f.days[1]", value: "2025-12-31", message: /not in 2026: write it in the entry of its own year/ }],
    ],
    [
      "no date",
      { workdays: ["10 October"] },
      [{ field: "f.workdays[0]", value: "10 October", message: /not a date: write it as/ }],
    ],
    [
      "a day that there is not",
      { unsure: ["2026-02-29"] },
      [{ field: "f.unsure[0]", value: "2026-02-29", message: /does not exist/ }],
    ],
    [
      "a day both off and worked",
      { days: ["2026-10-10"], workdays: ["2026-10-10"] },
      [{ field: "f.workdays", value: "2026-10-10", message: /in days too/ }],
    ],
  ])("%s", (_, more, expected) => {
    const wanted = expected.map(({ message, ...rest }) => ({ ...rest, message: expect.stringMatching(message) }));
    expect(holidayYearProblems("f", year(more))).toEqual(wanted);
  });
});

/** Some days of a year, no two the same, dealt to the three lists. */
const anyYear = (of: number): fc.Arbitrary<HolidayYear> =>
  fc
    .uniqueArray(fc.integer({ min: 0, max: 364 }), { maxLength: 40 })
    .chain((days) => fc.tuple(fc.constant(days), fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 40 })))
    .map(([days, lists]) => {
      const dates = (list: number): string[] =>
        days
          .filter((_, index) => lists[index] === list)
          .map((day) => new Date((dayNumber(of, 1, 1) + day) * 86_400_000).toISOString().slice(0, 10));
      return { year: of, days: dates(0), workdays: dates(1), unsure: dates(2), source: "generated" };
    });
const anyYears = fc.tuple(anyYear(2025), anyYear(2026), anyYear(2028));
const anyDay = fc.integer({ min: dayNumber(2024, 12, 20), max: dayNumber(2029, 1, 10) });
const anyWeekend = fc.subarray([1, 2, 3, 4, 5, 6, 7], { maxLength: 3 });

test("each day is what the lists say, and one of a year that nobody gave is unknown", () => {
  fc.assert(
    fc.property(anyYears, anyWeekend, anyDay, (years, weekend, day) => {
      const date = new Date(day * 86_400_000).toISOString().slice(0, 10);
      const given = years.find((one) => one.year === Number(date.slice(0, 4)));
      const restOfWeek = weekend.includes(((day + 3) % 7) + 1);
      const expected = !given
        ? "unknown"
        : given.workdays?.includes(date)
          ? "workday"
          : given.days.includes(date) || restOfWeek
            ? "restday"
            : given.unsure?.includes(date)
              ? "unknown"
              : "workday";
      expect(new WorkdayCalendar({ weekend, years }).kind(day)).toBe(expected);
    }),
  );
});

test("knowing less never makes a workday of a day", () => {
  fc.assert(
    fc.property(anyYears, anyWeekend, anyDay, fc.nat({ max: 2 }), (years, weekend, day, gone) => {
      const all = new WorkdayCalendar({ weekend, years }).kind(day);
      const fewer = new WorkdayCalendar({ weekend, years: years.filter((_, index) => index !== gone) }).kind(day);
      expect([all, "unknown"]).toContain(fewer);
    }),
  );
});
