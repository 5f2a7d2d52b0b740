import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { CORPUS_CHRISTI, daysOf, each, EASTER_MONDAY, EASTER_SUNDAY, once } from "./law-days.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "Ustawa o dniach wolnych od pracy (18 January 1951)";

const DAYS = [
  ...each("01-01 05-01 05-03 08-15 11-01 11-11 12-25 12-26"),
  { on: "01-06", since: 2011 },
  { on: "12-24", since: 2025 },
  EASTER_SUNDAY,
  EASTER_MONDAY,
  { on: 49 },
  CORPUS_CHRISTI,
  // A hundred years of independence.
  once("2018-11-12"),
];

export function poland(): CountryHolidays {
  const years = YEARS.map((year) => holidayYear(year, { days: daysOf(year, DAYS) }, LAW));
  return { country: "PL", notice: `By the rules of ${LAW}.`, years };
}
