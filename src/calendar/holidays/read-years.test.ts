import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { WorkdayCalendar } from "./holidays.ts";
import { readHolidayYears } from "./read-years.ts";

const NEW_YEAR = `
- year: 2027
  days: [2027-01-01, "2027-01-02"]
  workdays:
    - 2027-01-09
  source: Notice 1
`;

test("YAML, with dates in quotes or without", () => {
  expect(readHolidayYears(NEW_YEAR)).toEqual({
    years: [{ year: 2027, days: ["2027-01-01", "2027-01-02"], workdays: ["2027-01-09"], source: "Notice 1" }],
    problems: [],
  });
});

test("JSON", () => {
  const years = [{ year: 2027, days: [], unsure: ["2027-03-10"], source: "Notice 1" }];
  expect(readHolidayYears(JSON.stringify(years))).toEqual({ years, problems: [] });
});

test.each<[string, string, string, RegExp]>([
  ["no YAML", "[", "", /neither YAML nor JSON: /],
  ["a file that is empty", "", "", /is no list/],
  ["one year outside of a list", "year: 2027", "", /is no list: begin with - year/],
  ["a word in the list", "- 2027", "[0]", /is no year: write year, days and source/],
  ["no year", "- {days: [], source: x}", "[0].year", /is no year: write 2027/],
  ["a year in words", "- {year: '2027', days: [], source: x}", "[0].year", /is no year/],
  ["no source", "- {year: 2027, days: []}", "[0].source", /say where the dates are written/],
  ["no days", "- {year: 2027, source: x}", "[0].days", /is no list of dates/],
  ["days that are numbers", "- {year: 2027, days: [1], source: x}", "[0].days", /is no list of dates/],
  ["a misspelt list", "- {year: 2027, days: [], workday: [2027-01-09], source: x}", "[0].workday", /is not known/],
  ["a date of another year", "- {year: 2027, days: [2026-12-31], source: x}", "[0].days[0]", /not in 2027/],
])("%s is told by its place", (_, text, field, message) => {
  const { years, problems } = readHolidayYears(text);
  expect(years).toEqual([]);
  expect(problems).toEqual([{ field, value: expect.any(String), message: expect.stringMatching(message) }]);
});

test("a year that is refused stops no other", () => {
  const { years, problems } = readHolidayYears(`- {year: 2026}${NEW_YEAR}`);
  expect([years.length, problems.map(({ field }) => field)]).toEqual([1, ["[0].source", "[0].days"]]);
});

const anything = fc.oneof(
  fc.jsonValue(),
  fc.array(
    fc.record(
      {
        year: fc.oneof(fc.constant(2027), fc.jsonValue()),
        days: fc.oneof(fc.constant(["2027-01-01"]), fc.jsonValue()),
        workdays: fc.oneof(fc.constant(["2027-01-02"]), fc.constant(["2027-01-01"]), fc.jsonValue()),
        source: fc.oneof(fc.constant("Notice 1"), fc.jsonValue()),
      },
      { requiredKeys: [] },
    ),
    { maxLength: 4 },
  ),
);

test("whatever is in a file, each of its years can be used, or something is told", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        anything.map((value) => JSON.stringify(value)),
        fc.string(),
      ),
      (text) => {
        const { years, problems } = readHolidayYears(text);
        expect(() => new WorkdayCalendar({ weekend: [6, 7], years })).not.toThrow();
        // Silent about nothing but an empty list.
        expect(years.length + problems.length > 0 || JSON.stringify(parse(text)) === "[]").toBe(true);
      },
    ),
    { numRuns: 400 },
  );
});
