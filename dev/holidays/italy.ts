import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, each, EASTER_MONDAY, EASTER_SUNDAY, once } from "./law-days.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "Legge 27 maggio 1949, n. 260";

const DAYS = [
  ...each("01-01 01-06 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26"),
  EASTER_SUNDAY,
  EASTER_MONDAY,
  // San Francesco, again a holiday by the law of 1 October 2025.
  { on: "10-04", since: 2026 },
  // A hundred and fifty years of unity.
  once("2011-03-17"),
];

export function italy(): CountryHolidays {
  const years = YEARS.map((year) => holidayYear(year, { days: daysOf(year, DAYS) }, LAW));
  return { country: "IT", notice: `By the rules of ${LAW}.`, years };
}
