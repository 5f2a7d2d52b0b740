import holidays from "@holiday-jp/holiday_jp";
import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { packageNotice, packageSource } from "./packages.ts";
import { holidayYear, YEARS } from "./years.ts";

/** On which no tax term ends either: 29 to 31 December by the order on the tax act (art. 2), 2 and 3 January by practice. */
const TAX_DAYS = ["01-02", "01-03", "12-29", "12-30", "12-31"];

export function japan(): CountryHolidays {
  const all = Object.keys(holidays.holidays);
  const years = YEARS.map((year) => {
    const days = all.filter((day) => day.startsWith(`${year}-`));
    return holidayYear(
      year,
      { days: [...days, ...TAX_DAYS.map((day) => `${year}-${day}`)] },
      `${packageSource("@holiday-jp/holiday_jp")}; 通則令 art. 2`,
    );
  });
  return { country: "JP", notice: packageNotice("@holiday-jp/holiday_jp"), years };
}
