import type { HolidayYear } from "../../src/calendar/holidays/holidays.ts";

/** Years of countries whose holidays follow from a rule. Before them no filing is replayed, after them laws change. */
export const FIRST_YEAR = 2009;
export const LAST_YEAR = 2030;

export const YEARS: readonly number[] = Array.from(
  { length: LAST_YEAR - FIRST_YEAR + 1 },
  (_, index) => FIRST_YEAR + index,
);

/** A year with each day once, in order; lists that are empty are left out. */
export function holidayYear(
  year: number,
  lists: { days: Iterable<string>; workdays?: Iterable<string>; unsure?: Iterable<string> },
  source: string,
): HolidayYear {
  const days = ordered(lists.days);
  const workdays = ordered(lists.workdays ?? []);
  const unsure = ordered(lists.unsure ?? []).filter((day) => !days.includes(day));
  return {
    year,
    days,
    ...(workdays.length > 0 ? { workdays } : {}),
    ...(unsure.length > 0 ? { unsure } : {}),
    source,
  };
}

function ordered(days: Iterable<string>): string[] {
  return [...new Set(days)].toSorted();
}

/** The day `count` days after one, such as 2026-03-01 for 1 day after 2026-02-28. */
export function plusDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10);
}
