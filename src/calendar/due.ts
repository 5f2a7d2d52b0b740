import type { Filing } from "../api/v1alpha1/filing-calendar-rules.ts";
import { dayIn } from "./months.ts";
import {
  nextWorkday,
  previousWorkday,
  workdaysAfter,
  workdaysAfterHolidays,
  type Shifted,
  type Workdays,
} from "./shift.ts";
import type { Missing } from "./window.ts";
import { DAY_MS, dateOf } from "./zone.ts";

/** The day on which a filing is due. Days are numbers since the epoch. */
export interface Due {
  /** The regular day, before it is shifted. */
  base: number;
  day: number;
  /** Present where the day is a guess: it is the regular one then, so that nobody is late who prepares for it. */
  missing?: Missing;
}

/** When the filing of a month is due. */
export function dueIn(filing: Filing, month: number, workdays: Workdays): Due {
  const base = regularDay(filing, month, workdays);
  if (filing.settled === false) return { base: base.day, day: base.day, missing: { reason: "RuleUnsettled" } };
  if (base.unknown !== undefined) return guess(base.day, base.unknown, workdays);
  const shifted = shift(filing, base.day, workdays);
  return "day" in shifted ? { base: base.day, day: shifted.day } : guess(base.day, shifted.unknown, workdays);
}

function guess(base: number, unknown: number, workdays: Workdays): Due {
  const missing: Missing = workdays.knowsYearOf(unknown)
    ? { reason: "HolidayUnsure", day: new Date(unknown * DAY_MS).toISOString().slice(0, 10) }
    : { reason: "HolidayYearNotPublished", year: dateOf(unknown).year };
  return { base, day: base, missing };
}

/** A working day that cannot be counted is guessed early, as if each day were one: the hold makes up for it. */
function regularDay(
  { deadline: { day, workday = 1 } }: Filing,
  month: number,
  workdays: Workdays,
): { day: number; unknown?: number } {
  const first = dayIn(month, 1);
  if (day !== undefined) return { day: dayIn(month, day === "last" ? "last" : Number(day)) };
  const counted = workdaysAfter(first - 1, workday, workdays);
  if ("day" in counted) return counted;
  return { day: first + workday - 1, unknown: counted.unknown };
}

function shift({ shift: policy, extraWorkdays }: Filing, base: number, workdays: Workdays): Shifted {
  if (extraWorkdays !== undefined) return workdaysAfter(base, extraWorkdays, workdays);
  return SHIFTS[policy](base, workdays);
}

/** What each policy does. */
export const SHIFTS: Readonly<Record<Filing["shift"], (day: number, workdays: Workdays) => Shifted>> = {
  none: (day) => ({ day }),
  nextWorkday,
  previousWorkday,
  workdaysAfterHolidays,
};
