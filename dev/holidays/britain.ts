import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, EASTER_MONDAY, GOOD_FRIDAY, mondayOf, weekdayOf } from "./law-days.ts";
import { holidayYear, plusDays, YEARS } from "./years.ts";

const LAW = "Banking and Financial Dealings Act 1971, England and Wales, with royal proclamations";

/** Weddings, jubilees, a funeral and a coronation. */
const PROCLAIMED = "2011-04-29 2012-06-05 2022-06-03 2022-09-19 2023-05-08".split(" ");
/** Days of May that were moved in one year. */
const MOVED: Readonly<Record<string, string>> = {
  "2012-05-28": "2012-06-04",
  "2020-05-04": "2020-05-08",
  "2022-05-30": "2022-06-02",
};

export function britain(): CountryHolidays {
  const years = YEARS.map((year) => {
    const mondays = [mondayOf(year, 5, 1), mondayOf(year, 5, -1), mondayOf(year, 8, -1)];
    const days = [
      ...withSubstitutes([`${year}-01-01`]),
      ...daysOf(year, [GOOD_FRIDAY, EASTER_MONDAY]),
      ...mondays.map((day) => MOVED[day] ?? day),
      ...withSubstitutes([`${year}-12-25`, `${year}-12-26`]),
      ...PROCLAIMED.filter((day) => day.startsWith(`${year}-`)),
    ];
    return holidayYear(year, { days }, LAW);
  });
  return { country: "GB", notice: `By the rules of the ${LAW}.`, years };
}

/** For each that falls on a weekend, the next day of the week that is not off yet. */
function withSubstitutes(days: readonly string[]): string[] {
  const off = [...days];
  for (const day of days.filter(onWeekend)) {
    let substitute = day;
    while (onWeekend(substitute) || off.includes(substitute)) substitute = plusDays(substitute, 1);
    off.push(substitute);
  }
  return off;
}

function onWeekend(day: string): boolean {
  return [0, 6].includes(weekdayOf(day));
}
