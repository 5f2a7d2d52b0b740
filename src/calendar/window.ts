import type { Filing } from "../api/v1alpha1/filing-calendar-rules.ts";
import type { Grade } from "../api/v1alpha1/fields.ts";
import { DAY_MS } from "./zone.ts";

/** Why a date is no more than provisional. */
export type Missing =
  /** The holidays of the year are not announced yet, or not known here. */
  | { reason: "HolidayYearNotPublished"; year: number }
  /** Whether this day is a day off cannot be told: a feast that depends on the moon, or that half of a region has. */
  | { reason: "HolidayUnsure"; day: string }
  /** Whether and how the rule moves the day is not settled. */
  | { reason: "RuleUnsettled" };

/** The same in words. */
export function whyProvisional(missing: Missing): string {
  if (missing.reason === "HolidayYearNotPublished")
    return `the holidays of ${missing.year} are not known: give them once they are published`;
  const what =
    missing.reason === "HolidayUnsure"
      ? `whether ${missing.day} is a day off cannot be told`
      : "whether and how the rule moves the day is not settled";
  return `${what}: give the date as an override once it is known`;
}

/** What is known of a window whoever it belongs to. Moments are ms since the epoch. */
interface Opening {
  opens: number;
  deadline: number;
  grade: Grade;
  type?: Filing["type"];
  /** Until when it may still be open: the date is provisional, and may turn out to be later. */
  heldUntil?: number;
  /** Why it is provisional. */
  missing?: Missing;
  /** The deadline was moved, and not so early that everybody knew: the other one is that of a window beside this. */
  moved?: true;
  /** Where the date, or the rule, is written. */
  source?: string;
}

/** A filing window. */
export interface Window extends Opening {
  /** Name of the FilingCalendar, or code of the regime. */
  calendar: string;
  /**
   * `2026-11`, or `2026-11 GSTR-1` where the calendar has several filings. A window whose deadline was moved is two
   * in a row: to the earlier deadline, and on to the later.
   */
  name?: string;
}

/** A window of one period, before it is put in order with its neighbours. */
export interface PeriodWindow extends Opening {
  /** The month of the regular deadline, or what the author of a list of dates calls it. */
  period: string;
  filing?: string;
  /** Where the period alone does not tell which window it is. */
  name?: string;
}

/** At least so long capacity is held after a deadline that was moved: some follow the old one, some the new. */
const AFTER_MOVED_MS = DAY_MS;

/** Until when capacity is held for a window, `graceMs` being how long its owner wants it held after a deadline. */
export function holdsUntil(
  { deadline, heldUntil = deadline, moved }: Pick<Window, "deadline" | "heldUntil" | "moved">,
  graceMs: number,
): number {
  return heldUntil + (moved ? Math.max(graceMs, AFTER_MOVED_MS) : graceMs);
}

export function nameOf({ name, period }: PeriodWindow): string {
  return name ?? period;
}

/**
 * The same time in windows that follow one another. Every deadline stays one, so the load before each is seen;
 * where two overlap, the later one opens when the earlier one ends, and time that only the later one covered
 * goes to the earlier one.
 */
export function inOrder(windows: readonly PeriodWindow[]): PeriodWindow[] {
  const byDeadline = withOneDeadline(windows.toSorted((a, b) => a.deadline - b.deadline || a.opens - b.opens));
  const ordered: PeriodWindow[] = [];
  let earliest = Infinity;
  for (const [index, window] of [...byDeadline.entries()].toReversed()) {
    earliest = Math.min(earliest, window.opens);
    const opens = Math.max(earliest, byDeadline[index - 1]?.deadline ?? -Infinity);
    if (opens < window.deadline) ordered.push({ ...window, opens });
  }
  return ordered.toReversed();
}

const GRADES: readonly Grade[] = ["Published", "Computed", "Provisional"];

/** Windows that end at the same moment are one: by the name of the surest of them, and held as long as any. */
function withOneDeadline(byDeadline: readonly PeriodWindow[]): PeriodWindow[] {
  const merged: PeriodWindow[] = [];
  for (const window of byDeadline) {
    const before = merged.at(-1);
    if (before?.deadline === window.deadline) merged[merged.length - 1] = merge(before, window);
    else merged.push(window);
  }
  return merged;
}

function merge(a: PeriodWindow, b: PeriodWindow): PeriodWindow {
  const surest = GRADES.indexOf(b.grade) < GRADES.indexOf(a.grade) ? b : a;
  const held = [a.heldUntil, b.heldUntil].filter((at) => at !== undefined);
  return {
    ...surest,
    opens: Math.min(a.opens, b.opens),
    ...(held.length > 0 ? { heldUntil: Math.max(...held) } : {}),
    ...(a.moved || b.moved ? { moved: true } : {}),
  };
}
