import type { Grade } from "../api/v1alpha1/fields.ts";

/** A filing window: from `opens` to `deadline`, ms since the epoch. */
export interface Window {
  /** Name of the FilingCalendar. */
  calendar: string;
  /** The period. A window whose deadline was moved is two in a row: to the earlier deadline, and on to the later. */
  name?: string;
  opens: number;
  deadline: number;
  grade: Grade;
}

/** A window of one period, before it is put in order with its neighbours. */
export interface PeriodWindow {
  period: string;
  opens: number;
  deadline: number;
  grade: Grade;
}

/**
 * The same time in windows that follow one another. Every deadline stays one, so the load before each is seen;
 * where two overlap, the later one opens when the earlier one ends, and time that only the later one covered
 * goes to the earlier one.
 */
export function inOrder(windows: readonly PeriodWindow[]): PeriodWindow[] {
  const byDeadline = windows.toSorted((a, b) => a.deadline - b.deadline || a.opens - b.opens);
  const ordered: PeriodWindow[] = [];
  let earliest = Infinity;
  for (const [index, window] of [...byDeadline.entries()].toReversed()) {
    earliest = Math.min(earliest, window.opens);
    const opens = Math.max(earliest, byDeadline[index - 1]?.deadline ?? -Infinity);
    if (opens < window.deadline) ordered.push({ ...window, opens });
  }
  return ordered.toReversed();
}
