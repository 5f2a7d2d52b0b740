import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DAY_MS } from "../zone.ts";
import { BUILT_IN_COUNTRIES } from "./built-in.ts";
import { BUILT_IN } from "./holiday-table.ts";
import { holidayYearProblems, WorkdayCalendar, type DayKind, type HolidayYear } from "./holidays.ts";

const FOLDER = join(import.meta.dirname, "data");
const codes = BUILT_IN_COUNTRIES.flatMap(({ country, regions = {} }) => [
  country,
  ...Object.keys(regions).map((region) => `${country}-${region}`),
]);

test("every file of the folder is built in, under its country's name", () => {
  const files = readdirSync(FOLDER).toSorted();
  expect(BUILT_IN_COUNTRIES.map(({ country }) => `${country}.json`)).toEqual(files);
});

describe.each(BUILT_IN_COUNTRIES)("the file of $country", ({ country, notice, years, regions = {} }) => {
  test("says where it comes from, and each year too", () => {
    expect(notice).toMatch(
      /^(Generated from \S+ [\d.]+ \(MIT\): Copyright .*|By the (rules|royal) .*|Copied from .*)\.$/,
    );
    for (const { source } of years) expect(source.length).toBeGreaterThan(5);
  });

  test.each([[country, years] as const, ...Object.entries(regions)])(
    "%s: years in order without a gap, days in order, in their year, and each once",
    (_, of) => {
      const first = of[0]?.year ?? 0;
      expect(of.map(({ year }) => year)).toEqual(of.map((__, index) => first + index));
      for (const year of of) {
        expect(holidayYearProblems("", year)).toEqual([]);
        for (const list of [year.days, year.workdays ?? [], year.unsure ?? []])
          expect(list).toEqual([...new Set(list)].toSorted());
      }
    },
  );

  test("has one line a year, so that an update is read as what it changes", () => {
    const lines = readFileSync(join(FOLDER, `${country}.json`), "utf8").split("\n");
    const ofYears = lines.filter((line) => /^ +\{"year":\d{4},"days":\[.*"source":".+"\},?$/.test(line));
    expect(ofYears).toHaveLength([years, ...Object.values(regions)].flat().length);
  });
});

test.each(codes)("%s: a day that is worked is on a weekend, and is no day off", (code) => {
  for (const { days, workdays = [] } of BUILT_IN.yearsOf(code)) {
    expect(workdays.filter((day) => days.includes(day))).toEqual([]);
    expect(workdays.filter((day) => ![0, 6].includes(new Date(day).getUTCDay()))).toEqual([]);
  }
});

/** The last year there is data of, and so the first of which nothing is known. Announced years end with the last announcement. */
test.each([
  ["CN", 2004, 2026],
  ["KR", 2018, 2027],
  ["TW", 2024, 2026],
  ["JP", 2009, 2030],
  ["DE-BY", 2009, 2030],
  ["BR-PE", 2009, 2030],
  ["SA", 2014, 2030],
])("%s is known from %i to %i", (code, first, last) => {
  const years = BUILT_IN.yearsOf(code).map(({ year }) => year);
  expect([years[0], years.at(-1)]).toEqual([first, last]);
  expect(kindsOf(code, [`${last + 1}-06-15`])).toEqual(["unknown"]);
});

const SATURDAY_SUNDAY = [6, 7];

function kindsOf(code: string, days: readonly string[], weekend = SATURDAY_SUNDAY): DayKind[] {
  const calendar = new WorkdayCalendar({ weekend, years: BUILT_IN.yearsOf(code) });
  return days.map((day) => calendar.kind(Date.parse(day) / DAY_MS));
}

const yearOf = (code: string, year: number): HolidayYear =>
  BUILT_IN.yearsOf(code).find((one) => one.year === year) ?? { year, days: [], source: "none" };

/** `02-15..02-23 10-01` of a year. */
function span(year: number, text: string): string[] {
  return text.split(" ").flatMap((part) => {
    const [from, to = from] = part.split("..").map((day) => Date.parse(`${year}-${day}`));
    const count = ((to ?? 0) - (from ?? 0)) / DAY_MS + 1;
    return Array.from({ length: count }, (_, index) =>
      new Date((from ?? 0) + index * DAY_MS).toISOString().slice(0, 10),
    );
  });
}

/** As the State Council announced them; where a holiday was given as one day beside a weekend, that day. */
test.each([
  [
    2017,
    "01-01..01-02 01-27..02-02 04-02..04-04 05-01 05-28..05-30 10-01..10-08",
    "01-22 02-04 04-01 05-27 09-30",
    "国务院办公厅 2016-12-01",
  ],
  [
    2024,
    "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
    "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    "国务院办公厅 2023-10-25",
  ],
  [
    2025,
    "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
    "01-26 02-08 04-27 09-28 10-11",
    "国务院办公厅 2024-11-12",
  ],
  [
    2026,
    "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
    "01-04 02-14 02-28 05-09 09-20 10-10",
    "国务院办公厅 2025-11-04",
  ],
])("China %i is as it was arranged", (year, days, workdays) => {
  const known = yearOf("CN", year);
  expect(known.days).toEqual(span(year, days));
  expect(known.workdays).toEqual(span(year, workdays));
});

/** Published lists, each by the office that publishes it; Sundays too where the list has them. */
test.each([
  [
    "KR",
    2026,
    "01-01 02-16..02-18 03-01..03-02 05-01 05-05 05-24..05-25 06-03 06-06 07-17 08-15 08-17 09-24..09-26 10-03 10-05 10-09 12-25",
  ],
  [
    "JP",
    2026,
    "01-01..01-03 01-12 02-11 02-23 03-20 04-29 05-03..05-06 07-20 08-11 09-21..09-23 10-12 11-03 11-23 12-29..12-31",
  ],
  ["PL", 2025, "01-01 01-06 04-20..04-21 05-01 05-03 06-08 06-19 08-15 11-01 11-11 12-24..12-26"],
  ["IT", 2027, "01-01 01-06 03-28..03-29 04-25 05-01 06-02 08-15 10-04 11-01 12-08 12-25..12-26"],
  ["ES", 2024, "01-01 01-06 03-29 05-01 08-15 10-12 11-01 12-06 12-08 12-25"],
  ["DE", 2026, "01-01 04-03 04-06 05-01 05-14 05-25 10-03 12-25..12-26"],
  ["BR", 2025, "01-01 04-18 04-21 05-01 09-07 10-12 11-02 11-15 11-20 12-25"],
  ["MX", 2025, "01-01 02-03 03-17 05-01 05-05 09-16 11-17 12-25"],
  ["GB", 2022, "01-01 01-03 04-15 04-18 05-02 06-02..06-03 08-29 09-19 12-25..12-27"],
  ["TW", 2026, "01-01 02-16..02-20 02-27 04-03 04-06 05-01 06-19 09-25 09-28 10-09 10-26 12-25"],
])("%s %i is as it was published", (code, year, days) => {
  expect(yearOf(code, year).days).toEqual(span(year, days));
});

test.each<[string, string, DayKind]>([
  ["CN", "2024-02-18", "workday"],
  ["CN", "2026-10-08", "workday"],
  ["CN", "2027-01-01", "unknown"],
  ["KR", "2026-05-01", "restday"],
  ["JP", "2027-12-31", "restday"],
  ["JP", "2028-01-04", "workday"],
  ["MX", "2026-05-05", "restday"],
  ["MX", "2018-12-01", "restday"],
  ["MX", "2030-10-01", "unknown"],
  ["DE", "2026-01-06", "workday"],
  ["DE-BY", "2026-01-06", "restday"],
  ["DE-BY", "2027-01-01", "restday"],
  ["DE-BY", "2029-08-15", "unknown"],
  ["DE-SL", "2029-08-15", "restday"],
  ["DE-SN", "2026-11-18", "restday"],
  ["DE-BE", "2025-05-08", "restday"],
  ["DE-BE", "2024-05-08", "workday"],
  ["DE-HH", "2017-10-31", "restday"],
  ["BR-PE", "2026-03-06", "restday"],
  ["BR-CE", "2026-03-06", "workday"],
  ["BR-PE", "2026-02-16", "unknown"],
  ["PL", "2024-12-24", "workday"],
  ["PL", "2025-12-24", "restday"],
  ["IT", "2027-10-04", "restday"],
  ["ES", "2026-12-07", "unknown"],
  ["GB", "2023-05-08", "restday"],
  ["TW", "2025-02-08", "workday"],
  ["VN", "2026-02-17", "unknown"],
  ["SA", "2026-03-20", "unknown"],
])("%s: %s is a %s", (code, day, kind) => {
  expect(kindsOf(code, [day])).toEqual([kind]);
});
