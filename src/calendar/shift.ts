import type { WorkdayCalendar } from "./holidays/holidays.ts";
import { dayIn, monthOf } from "./months.ts";

/**
 * How a deadline moves past days that are no working days. Days are numbers since the epoch. A day of which it is
 * not known what it is never counts as a working day: it ends the search.
 */

export type Workdays = Pick<WorkdayCalendar, "kind" | "isHoliday" | "knowsYearOf">;

/** Where a deadline moves to, or the first day that would have to be known to tell. */
export type Shifted = { day: number } | { unknown: number };

/** More days off in a row than any country has; a longer search is a mistake in the data. */
const MOST_DAYS = 62;

/** The first working day on or after `day`. */
export function nextWorkday(day: number, workdays: Workdays): Shifted {
  return search(day, 1, 1, workdays);
}

/** The last working day on or before `day`. */
export function previousWorkday(day: number, workdays: Workdays): Shifted {
  return search(day, -1, 1, workdays);
}

/** The n-th working day after `day`, which itself does not count. */
export function workdaysAfter(day: number, n: number, workdays: Workdays): Shifted {
  return search(day + 1, 1, n, workdays);
}

/**
 * China. Days off in a row are cut to the days from the first of the month to `day`; those runs of three and more
 * that have a public holiday among them put the deadline off by as many working days as they are days. Otherwise it
 * is the next working day. Make-up workdays are working days throughout. The law (rules for the implementation of
 * the tax collection law, article 109) speaks of days; that they are working days is what all dates published for
 * 2022 to 2026 have in common (shift.test.ts).
 */
export function workdaysAfterHolidays(day: number, workdays: Workdays): Shifted {
  let daysOff = 0;
  let run: number[] = [];
  const endRun = (): void => {
    if (run.length >= 3 && run.some((one) => workdays.isHoliday(one))) daysOff += run.length;
    run = [];
  };
  for (let one = dayIn(monthOf(day), 1); one <= day; one++) {
    const kind = workdays.kind(one);
    if (kind === "unknown") return { unknown: one };
    if (kind === "restday") run.push(one);
    else endRun();
  }
  endRun();
  return daysOff > 0 ? workdaysAfter(day, daysOff, workdays) : nextWorkday(day, workdays);
}

/** The n-th working day from `from` on, going forward (1) or back (-1). */
function search(from: number, step: 1 | -1, n: number, workdays: Workdays): Shifted {
  let left = n;
  for (let day = from; Math.abs(day - from) < MOST_DAYS; day += step) {
    const kind = workdays.kind(day);
    if (kind === "unknown") return { unknown: day };
    if (kind === "workday" && --left === 0) return { day };
  }
  return { unknown: from };
}
