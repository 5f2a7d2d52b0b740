import type { HolidayYear } from "./holidays.ts";

/** The data of one country as it is kept in `data/`. */
export interface CountryHolidays {
  country: string;
  /** Where it comes from, and under which licence. */
  notice: string;
  /** Days that hold for all of it. */
  years: readonly HolidayYear[];
  /** Further days of its parts, by the second half of their code. */
  regions?: Readonly<Record<string, readonly HolidayYear[]>>;
}
