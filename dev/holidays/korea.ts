import { getHolidayPreset } from "@hyunbinseo/holidays-kr";
import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import { packageNotice, packageSource } from "./packages.ts";
import { FIRST_YEAR, holidayYear, LAST_YEAR } from "./years.ts";

const PACKAGE = "@hyunbinseo/holidays-kr";
const LAW = "국세기본법 art. 5";

/** The years of the official calendar that the package has, with 1 May, on which no tax term ends either. */
export async function korea(): Promise<CountryHolidays> {
  const years = [];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year += 1) {
    const days = await announced(year);
    if (days) years.push(holidayYear(year, { days: [...days, `${year}-05-01`] }, `${packageSource(PACKAGE)}; ${LAW}`));
  }
  return { country: "KR", notice: packageNotice(PACKAGE), years };
}

async function announced(year: number): Promise<string[] | undefined> {
  try {
    return Object.keys(await getHolidayPreset(String(year)));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
