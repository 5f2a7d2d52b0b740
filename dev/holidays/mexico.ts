import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, each, mondayOf } from "./law-days.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "Código Fiscal de la Federación, art. 12";

/**
 * Days on which no tax term ends by the fiscal code, which are not the public holidays: 5 May is one of them. The day
 * on which a president takes office moved from 1 December to 1 October in 2024, and the code may name either.
 */
export function mexico(): CountryHolidays {
  const years = YEARS.map((year) => {
    const fixed = daysOf(year, each("01-01 05-01 05-05 09-16 12-25"));
    const mondays = [mondayOf(year, 2, 1), mondayOf(year, 3, 3), mondayOf(year, 11, 3)];
    const takesOffice = year % 6 === 2024 % 6;
    const before = takesOffice && year < 2024 ? [`${year}-12-01`] : [];
    const unsure = takesOffice && year >= 2024 ? [`${year}-10-01`, `${year}-12-01`] : [];
    return holidayYear(year, { days: [...fixed, ...mondays, ...before], unsure }, LAW);
  });
  return { country: "MX", notice: `By the rules of the ${LAW}.`, years };
}
