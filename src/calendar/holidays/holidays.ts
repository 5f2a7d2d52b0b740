import type { Problem } from "../../api/v1alpha1/fields.ts";
import { CalendarError } from "../calendar-error.ts";
import { parseDate } from "../local-time.ts";
import { problemOf } from "../problem.ts";
import { dateOf } from "../zone.ts";

/** The days off of one calendar year in one country, or in one part of it. Dates are written as 2026-10-01. */
export interface HolidayYear {
  year: number;
  /** Days off by law or by arrangement, also those that fall on a weekend. */
  days: readonly string[];
  /** Days of the weekend on which people work, in exchange for a day off. */
  workdays?: readonly string[];
  /** Days of which nobody can tell yet: a feast that depends on the moon, or one that half of a region has. */
  unsure?: readonly string[];
  /** Where it is written: a link, a document, or a package with its version. */
  source: string;
}

/** Nobody may take an unknown day for a workday: what cannot be known is announced later, and may move a deadline. */
export type DayKind = "workday" | "restday" | "unknown";

/** Which days are workdays. Days are counted since the epoch (`dayNumber`), so no zone has a part in it. */
export class WorkdayCalendar {
  readonly #weekend: ReadonlySet<number>;
  readonly #years = new Map<number, Days>();

  /**
   * Of a year that is given twice the later one counts. `weekend` has days of the week, 1 is Monday and 7 Sunday.
   * Throws a CalendarError for a date that there is not: `holidayYearProblems` tells beforehand.
   */
  constructor(options: { weekend: readonly number[]; years: readonly HolidayYear[] }) {
    this.#weekend = new Set(options.weekend);
    for (const { year, days, workdays = [], unsure = [] } of options.years) {
      this.#years.set(year, { off: dayNumbers(days), worked: dayNumbers(workdays), unsure: dayNumbers(unsure) });
    }
  }

  /** Whether anything is known of the year that a day is in. */
  knowsYearOf(day: number): boolean {
    return this.#years.has(dateOf(day).year);
  }

  kind(day: number): DayKind {
    const { year, dayOfWeek } = dateOf(day);
    const known = this.#years.get(year);
    if (!known) return "unknown";
    if (known.worked.has(day)) return "workday";
    if (known.off.has(day) || this.#weekend.has(dayOfWeek === 0 ? 7 : dayOfWeek)) return "restday";
    return known.unsure.has(day) ? "unknown" : "workday";
  }

  /** Whether it is off by more than its place in the week; false where nothing is known of it. */
  isHoliday(day: number): boolean {
    return this.#years.get(dateOf(day).year)?.off.has(day) ?? false;
  }
}

interface Days {
  off: ReadonlySet<number>;
  worked: ReadonlySet<number>;
  unsure: ReadonlySet<number>;
}

function dayNumbers(dates: readonly string[]): ReadonlySet<number> {
  return new Set(dates.map(parseDate));
}

/** What makes a year unusable. It is to be left out as a whole then: half a year would make workdays of days off. */
export function holidayYearProblems(field: string, holidays: HolidayYear): Problem[] {
  const { year, days, workdays = [], unsure = [] } = holidays;
  const lists = Object.entries({ days, workdays, unsure });
  const dates = lists.flatMap(([list, values]) =>
    values.flatMap((date, index) => problemOf(`${field}.${list}[${index}]`, date, (text) => dateIn(year, text))),
  );
  const worked = new Set(workdays);
  const both = days
    .filter((date) => worked.has(date))
    .map((date) => ({
      field: `${field}.workdays`,
      value: date,
      message: `"${date}" is in days too: a day is either off or worked, remove it from one of them`,
    }));
  return [...dates, ...both];
}

function dateIn(year: number, text: string): void {
  if (dateOf(parseDate(text)).year === year) return;
  throw new CalendarError(`"${text}" is not in ${year}: write it in the entry of its own year`);
}
