import Holidays from "date-holidays";
import { expect, test } from "vitest";
import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { holidayTable } from "../../src/calendar/holidays/holiday-table.ts";
import { brazil } from "./brazil.ts";
import { britain } from "./britain.ts";
import { germany } from "./germany.ts";
import { italy } from "./italy.ts";
import { poland } from "./poland.ts";
import { spain } from "./spain.ts";

/**
 * What we make of the laws, against date-holidays, which knows them from other sources. Its data is under a licence
 * that asks for the same of what is made from it, so it is asked here and nothing of it is kept.
 */
const made: readonly CountryHolidays[] = [brazil(), britain(), germany(), italy(), poland(), spain()];

function theirs(code: string, year: number): string[] {
  const [country = "", region] = code.split("-");
  const holidays = region === undefined ? new Holidays(country) : new Holidays(country, region);
  const days = holidays.getHolidays(year).filter(({ type }) => type === "public");
  return days.map(({ date }) => date.slice(0, 10));
}

const isSunday = (day: string): boolean => new Date(day).getUTCDay() === 0;

/** Days that one of the two has, and the other neither has nor calls unsure. Sundays make no difference to a deadline. */
function differences(code: string): string[] {
  return holidayTable(new Map(), made)
    .yearsOf(code)
    .flatMap(({ year, days, unsure = [] }) => {
      const others = theirs(code === "GB" ? "GB-ENG" : code, year);
      return [
        ...days.filter((day) => !others.includes(day)).map((day) => `+${day}`),
        ...others.filter((day) => !days.includes(day) && !unsure.includes(day)).map((day) => `-${day}`),
      ];
    })
    .filter((difference) => !isSunday(difference.slice(1)));
}

test.each<[string, string[]]>([
  // The centenary, by a law of that month.
  ["PL", ["+2018-11-12"]],
  ["IT", []],
  ["ES", []],
  ["BR", []],
  ["BR-CE", []],
  // The day of the law (since 2018), which it has on the Sunday before.
  [
    "BR-PE",
    made[0]?.regions?.["PE"]?.flatMap(({ days }) => days.filter((day) => !isSunday(day)).map((day) => `+${day}`)) ?? [],
  ],
  // A wedding; and the bank holiday of May 2012 that made room for a jubilee.
  ["GB", ["+2011-04-29", "+2012-06-04", "-2012-05-28"]],
  ["DE", []],
  ...Object.keys(made[2]?.regions ?? {}).map((land): [string, string[]] => [`DE-${land}`, []]),
])("%s: days that date-holidays has not (+), or has beside ours (-)", (code, expected) => {
  expect(differences(code)).toEqual(expected);
});
