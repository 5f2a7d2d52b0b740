import { BUILT_IN_COUNTRIES } from "./built-in.ts";
import type { CountryHolidays } from "./country-holidays.ts";
import type { HolidayYear } from "./holidays.ts";

/** The years known by code: of a country (`CN`), or of a part of one, with those of its country (`DE-BY`). */
export interface HolidayTable {
  /** Oldest first; none for a code that nobody has data of. */
  yearsOf(code: string): readonly HolidayYear[];
}

/**
 * What is built in, with the years of `added`, by code, beside it or in its place. Years added to `DE` are those of
 * the country, years added to `DE-BY` have what Bavaria has beside them; a year of a part of a country is known when
 * both are. The table does not change: new years make a new one.
 */
export function holidayTable(
  added: ReadonlyMap<string, readonly HolidayYear[]> = new Map(),
  countries: readonly CountryHolidays[] = BUILT_IN_COUNTRIES,
): HolidayTable {
  const remembered = new Map<string, readonly HolidayYear[]>();
  return {
    yearsOf(code) {
      const years = remembered.get(code) ?? yearsOf(code, added, countries);
      remembered.set(code, years);
      return years;
    },
  };
}

export const BUILT_IN = holidayTable();

function yearsOf(
  code: string,
  added: ReadonlyMap<string, readonly HolidayYear[]>,
  countries: readonly CountryHolidays[],
): readonly HolidayYear[] {
  const [country = "", region] = code.split("-");
  const known = countries.find((one) => one.country === country);
  const national = replaced(known?.years ?? [], added.get(country) ?? []);
  if (region === undefined) return national;
  const regional = replaced(known?.regions?.[region] ?? [], added.get(code) ?? []);
  return national.flatMap((year) => {
    const more = regional.find((one) => one.year === year.year);
    return more ? [together(year, more)] : [];
  });
}

/** Oldest first; of two of the same year the later given. */
function replaced(years: readonly HolidayYear[], by: readonly HolidayYear[]): HolidayYear[] {
  const byYear = new Map([...years, ...by].map((one) => [one.year, one]));
  return [...byYear.values()].toSorted((a, b) => a.year - b.year);
}

function together(a: HolidayYear, b: HolidayYear): HolidayYear {
  const both = (list: "days" | "workdays" | "unsure"): string[] => [...(a[list] ?? []), ...(b[list] ?? [])];
  const source = a.source === b.source ? a.source : `${a.source}; ${b.source}`;
  return { year: a.year, days: both("days"), workdays: both("workdays"), unsure: both("unsure"), source };
}
