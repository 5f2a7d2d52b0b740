import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { holidayYear } from "./years.ts";

/**
 * The office calendars of the Executive Yuan, as it announced them. No package has them; the coming year's appears in
 * June: add it here. Days of the weekend that are off anyway are left out.
 */
const ANNOUNCED: readonly { year: number; days: string; workdays?: string; source: string }[] = [
  {
    year: 2024,
    days: "01-01 02-08 02-09 02-12 02-13 02-14 02-28 04-04 04-05 06-10 09-17 10-10",
    workdays: "02-17",
    source: "office calendar 113 of the Executive Yuan (announced 2023-06)",
  },
  {
    year: 2025,
    days: "01-01 01-27 01-28 01-29 01-30 01-31 02-28 04-03 04-04 05-30 09-29 10-06 10-10 10-24 12-25",
    workdays: "02-08",
    source: "office calendar 114 of the Executive Yuan, as changed 2025-06-13 (授人培字第11430248312號)",
  },
  {
    year: 2026,
    days: "01-01 02-16 02-17 02-18 02-19 02-20 02-27 04-03 04-06 05-01 06-19 09-25 09-28 10-09 10-26 12-25",
    source: "office calendar 115 of the Executive Yuan (2025-06-13, 授人培字第11430248312號)",
  },
];

export function taiwan(): CountryHolidays {
  const years = ANNOUNCED.map(({ year, days, workdays, source }) =>
    holidayYear(year, { days: datesOf(year, days), workdays: datesOf(year, workdays) }, source),
  );
  return { country: "TW", notice: "Copied from the announcements that each year names.", years };
}

function datesOf(year: number, days = ""): string[] {
  return days.split(" ").flatMap((day) => (day === "" ? [] : [`${year}-${day}`]));
}
