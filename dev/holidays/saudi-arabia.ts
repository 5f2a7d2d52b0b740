import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { daysOf, type LawDay } from "./law-days.ts";
import { around, daysIn } from "./lunar.ts";
import { holidayYear, YEARS } from "./years.ts";

const LAW = "royal orders on Founding Day (2022) and National Day (2005)";

const DAYS: LawDay[] = [{ on: "09-23" }, { on: "02-22", since: 2022 }];
/** The weekend became Friday and Saturday in June 2013. */
const SINCE = 2014;

/**
 * The feasts are announced days before, by the moon, and offices close for longer than shops: from late Ramadan into
 * Shawwal, and around 10 Dhu al-Hijja. All those days are unsure, and so are those beside a day on a weekend.
 */
export function saudiArabia(): CountryHolidays {
  const years = YEARS.filter((year) => year >= SINCE).map((year) => {
    const days = daysOf(year, DAYS);
    const fitr = daysIn(year, "islamic-umalqura", 10, 1).flatMap((day) => around(day, 7, 8));
    const adha = daysIn(year, "islamic-umalqura", 12, 10).flatMap((day) => around(day, 6, 7));
    const beside = days.flatMap((day) => around(day, 1, 1));
    return holidayYear(year, { days, unsure: [...fitr, ...adha, ...beside] }, LAW);
  });
  return { country: "SA", notice: `By the ${LAW}; feasts by the Umm al-Qura calendar of ICU.`, years };
}
