import type { CountryHolidays } from "../../src/calendar/holidays/country-holidays.ts";
import type { HolidayYear } from "../../src/calendar/holidays/holidays.ts";

/** A data file: JSON with one line a year, so that the yearly update is a difference that people can read. */
export function dataText({ country, notice, years, regions }: CountryHolidays): string {
  const parts = [
    `  "country": ${JSON.stringify(country)}`,
    `  "notice": ${JSON.stringify(notice)}`,
    `  "years": ${list(years, "  ")}`,
    ...(regions ? [`  "regions": {\n${regionLines(regions)}\n  }`] : []),
  ];
  return `{\n${parts.join(",\n")}\n}\n`;
}

function regionLines(regions: NonNullable<CountryHolidays["regions"]>): string {
  return Object.entries(regions)
    .map(([region, years]) => `    ${JSON.stringify(region)}: ${list(years, "    ")}`)
    .join(",\n");
}

function list(years: readonly HolidayYear[], indent: string): string {
  return `[\n${years.map((year) => `${indent}  ${JSON.stringify(year)}`).join(",\n")}\n${indent}]`;
}
