import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, each, weekdayOf } from "./law-days.ts";
import { around, daysIn } from "./lunar.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "Bộ luật Lao động, art. 112";

/**
 * The dates that the law names. Which days around Tết and National Day are off is announced each year, and so is what
 * takes the place of a day on a weekend; the lunar calendar of Vietnam may differ by a day. All of those are unsure.
 */
export function vietnam(): CountryHolidays {
  const years = YEARS.map((year) => {
    const days = daysOf(year, each("01-01 04-30 05-01 09-02"));
    const tet = daysIn(year, "chinese", 1, 1).flatMap((day) => around(day, 4, 9));
    const kings = daysIn(year, "chinese", 3, 10).flatMap((day) => around(day, 1, 3));
    const nationalDay = around(`${year}-09-02`, 1, 3);
    const beside = days.filter((day) => [0, 6].includes(weekdayOf(day))).flatMap((day) => around(day, 1, 3));
    const cultureDay = year >= 2026 ? [`${year}-11-24`] : [];
    return holidayYear(year, { days, unsure: [...tet, ...kings, ...nationalDay, ...beside, ...cultureDay] }, LAW);
  });
  return { country: "VN", notice: `By the rules of ${LAW}; lunar days by the Chinese calendar of ICU.`, years };
}
