import { describe, expect, test } from "vitest";
import deadlines from "../../../test/data/filing-deadlines.json" with { type: "json" };
import type { FilingCalendarSpec } from "../../api/v1alpha1/filing-calendar.ts";
import { BUILT_IN } from "../holidays/holiday-table.ts";
import { monthOf } from "../months.ts";
import type { PeriodWindow } from "../window.ts";
import { periodsOf } from "../windows.ts";
import { DAY_MS, instantOf, resolveZone } from "../zone.ts";
import { knownRegimes, regimeCalendar, regimeOf, regimes, unknownRegime } from "./regimes.ts";

const calendarOf = (code: string, more: Partial<FilingCalendarSpec> = {}): FilingCalendarSpec => ({
  ...regimeCalendar(code)!,
  ...more,
});

/** The rules of a regime as a calendar of somebody's own, without what the regime knows to be published. */
function written(code: string, more: Partial<FilingCalendarSpec>): FilingCalendarSpec {
  const { overrides: _, ...spec } = regimeOf(code)!.spec;
  return { openTime: "00:00", closeTime: "24:00", ...spec, ...more };
}

/** The end of a day in a zone. */
const endOf = (date: string, zone: string): number => instantOf(zone, Date.parse(date) / DAY_MS, DAY_MS);

/** What a calendar has for the month of a day. */
function inMonth(calendar: FilingCalendarSpec, date: string): { periods: PeriodWindow[]; zone: string } {
  const month = monthOf(Date.parse(date) / DAY_MS);
  const { periods, zone = "", problems } = periodsOf(calendar, { from: month, to: month });
  expect(problems).toEqual([]);
  return { periods, zone };
}

describe("deadlines that were published, or follow from the law", () => {
  test.each(deadlines)("$regime, $what, regularly $base: $deadline", ({ regime, zone, base, deadline }) => {
    const found = inMonth(calendarOf(regime), base);
    expect(found.zone).toBe(zone);
    expect(found.periods.map((window) => window.deadline)).toContain(endOf(deadline, zone));
  });

  test("Korea in January 2009, from the holidays alone: Seollal is the 25th to the 27th", () => {
    const seollal = {
      year: 2009,
      days: ["2009-01-01", "2009-01-25", "2009-01-26", "2009-01-27"],
      source: "hankyung.com/article/2009011636341",
    };
    const { periods } = inMonth(written("KR", { holidays: [seollal] }), "2009-01-25");
    expect(periods).toMatchObject([
      { filing: "e-tax invoices", grade: "Computed", deadline: endOf("2009-01-12", "Asia/Seoul") },
      { filing: "VAT", grade: "Computed", deadline: endOf("2009-01-28", "Asia/Seoul") },
    ]);
  });

  test.each([
    ["KR", "2016-01", "VAT", "2016-01-26"],
    ["KR", "2015-11", "e-tax invoices", "2015-11-13"],
    ["IN", "2025-01", "GSTR-1", "2025-01-13"],
  ])("%s %s as an override of its author's, when nobody else knows of it", (regime, period, filing, deadline) => {
    const overrides = [{ period, deadline, source: "the press" }];
    const { periods, zone } = inMonth(written(regime, { overrides }), `${period}-01`);
    const moved = periods.find((window) => window.grade === "Published");
    expect(moved).toMatchObject({ filing, period, deadline: endOf(deadline, zone), source: "the press" });
  });

  test.each<[string, string, string, string]>([
    ["DE-BY", "2020-04-10", "2020-04-14", "Good Friday, and Easter Monday"],
    ["DE-BW", "2027-01-10", "2027-01-11", "Epiphany is not in the way"],
    ["MX", "2025-11-17", "2025-11-18", "the third Monday of November"],
    ["MX-9", "2025-11-17", "2025-11-24", "five working days"],
    ["MX-0", "2026-04-17", "2026-04-24", "five working days"],
    ["IT", "2025-05-31", "2025-06-03", "the Republic's day on Monday"],
    ["ES", "2026-06-30", "2026-06-30", "a Tuesday"],
    ["JP", "2026-03-15", "2026-03-16", "a Sunday"],
    ["KR", "2026-10-10", "2026-10-12", "a Saturday"],
    ["BR-CE", "2026-11-20", "2026-11-23", "Black Awareness Day on Friday"],
    ["PL", "2026-12-25", "2026-12-28", "Christmas, and a weekend"],
  ])("%s, regularly %s: %s (%s)", (code, base, deadline) => {
    const { periods, zone } = inMonth(calendarOf(code), base);
    expect(periods.map((window) => window.deadline)).toContain(endOf(deadline, zone));
  });
});

describe("every regime", () => {
  test.each(regimes.map(({ code, title, spec }) => [code, title, spec] as const))("%s: %s", (code, _, spec) => {
    expect(resolveZone(spec.timeZone)).toBe(spec.timeZone);
    for (const { source } of spec.filings) expect(source).toMatch(/\w{3}/);
    const { periods, problems } = periodsOf(calendarOf(code), { from: 2026 * 12, to: 2026 * 12 + 11 });
    expect(problems).toEqual([]);
    expect(new Set(periods.map(({ name, period, filing }) => `${name ?? period}/${filing}`)).size).toBe(periods.length);
    for (const { grade, missing, opens, deadline, heldUntil = deadline } of periods) {
      expect(opens).toBeLessThan(deadline);
      expect(missing !== undefined).toBe(grade === "Provisional");
      expect(heldUntil > deadline).toBe(grade === "Provisional");
    }
    const moves = spec.filings.some(({ shift, settled }) => shift !== "none" && settled !== false);
    // Where a day off moves a date, the days off are known of the years that people look at.
    const known = spec.holidaysFrom === undefined ? [] : BUILT_IN.yearsOf(spec.holidaysFrom).map(({ year }) => year);
    expect(known).toEqual(expect.arrayContaining(moves ? [2024, 2025, 2026] : []));
  });

  test("has a code of its own, and an unknown one is told with those that there are", () => {
    expect(new Set(regimes.map(({ code }) => code)).size).toBe(regimes.length);
    expect(regimeOf("XX")).toBeUndefined();
    expect(regimeCalendar("XX")).toBeUndefined();
    expect(unknownRegime("EU-OS")).toMatch(
      /^"EU-OS" is not a regime that is built in: did you mean EU-OSS\? known are BR/,
    );
    expect(knownRegimes()).toMatch(/BR \(also BR-PE, BR-CE\), CN, DE \(also DE-BB, .*EU-OSS, EU-IOSS, GB, IN/);
  });
});

describe("a year that is not announced", () => {
  const { periods } = periodsOf(calendarOf("CN"), { from: 2199 * 12, to: 2199 * 12 + 11 });

  test("has the regular days, provisional, held for twelve days more", () => {
    expect(periods).toHaveLength(12);
    for (const window of periods) {
      expect(window).toMatchObject({
        grade: "Provisional",
        missing: { reason: "HolidayYearNotPublished", year: 2199 },
        deadline: endOf(`${window.period}-15`, "Asia/Shanghai"),
        heldUntil: endOf(`${window.period}-27`, "Asia/Shanghai"),
      });
    }
  });

  test("is computed once its holidays are given, and published once its dates are", () => {
    const holidays = [{ year: 2199, days: ["2199-01-01"], source: "notice 1" }];
    const overrides = [{ period: "2199-02", deadline: "2199-02-21", source: "notice 2" }];
    expect(inMonth(calendarOf("CN", { holidays }), "2199-01-01").periods).toMatchObject([{ grade: "Computed" }]);
    const { periods: announced } = inMonth(calendarOf("CN", { overrides }), "2199-02-01");
    expect(announced).toMatchObject([{ grade: "Published", deadline: endOf("2199-02-21", "Asia/Shanghai") }]);
    expect(announced[0]).not.toHaveProperty("heldUntil");
  });
});

describe("what is not settled", () => {
  test.each(["VN", "SA", "TW"])("%s: all dates are provisional, whatever is known of holidays", (code) => {
    const { periods } = periodsOf(calendarOf(code), { from: 2026 * 12, to: 2026 * 12 + 11 });
    for (const window of periods) {
      expect(window).toMatchObject({ grade: "Provisional", missing: { reason: "RuleUnsettled" } });
    }
  });

  test("a feast of half of a country makes its date provisional: Carnival in Pernambuco", () => {
    const { periods } = inMonth(calendarOf("BR-PE"), "2026-02-15");
    expect(periods).toMatchObject([{ grade: "Provisional", missing: { reason: "HolidayUnsure", day: "2026-02-16" } }]);
  });
});
