import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, each, GOOD_FRIDAY, weekdayOf } from "./law-days.ts";
import { holidayYear, plusDays, YEARS } from "./years.ts";

const LAW = "Real Decreto 2001/1983, art. 45";

const DAYS = [...each("01-01 01-06 05-01 08-15 10-12 11-01 12-06 12-08 12-25"), GOOD_FRIDAY];
const MAUNDY_THURSDAY = { on: -3 };

/**
 * The days of all of Spain. The communities decide about Maundy Thursday, and whether the Monday after a holiday on a
 * Sunday is off; local holidays, which move returns too, are not here.
 */
export function spain(): CountryHolidays {
  const years = YEARS.map((year) => {
    const days = daysOf(year, DAYS);
    const mondays = days.filter((day) => weekdayOf(day) === 0).map((day) => plusDays(day, 1));
    return holidayYear(year, { days, unsure: [...daysOf(year, [MAUNDY_THURSDAY]), ...mondays] }, LAW);
  });
  return { country: "ES", notice: `By the rules of ${LAW}.`, years };
}
