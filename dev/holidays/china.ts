import arrangements from "chinese-days/dist/chinese-days.json" with { type: "json" };
import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { packageNotice, packageSource } from "./packages.ts";
import { holidayYear } from "./years.ts";

/** What the State Council has arranged, year by year, with the days of the weekend that are worked. Never a year ahead. */
export function china(): CountryHolidays {
  const source = packageSource("chinese-days");
  const days = Object.groupBy(Object.keys(arrangements.holidays), yearOf);
  const workdays = Object.groupBy(Object.keys(arrangements.workdays), yearOf);
  const years = Object.entries(days).map(([year, off = []]) =>
    holidayYear(Number(year), { days: off, workdays: workdays[year] ?? [] }, source),
  );
  return { country: "CN", notice: packageNotice("chinese-days"), years };
}

function yearOf(day: string): string {
  return day.slice(0, 4);
}
