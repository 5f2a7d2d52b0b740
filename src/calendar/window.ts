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
 * Puts windows in order and makes them follow one another: where two overlap, the later one opens when the
 * earlier one ends. Every deadline stays one, so the load before each is seen. Of two with the same deadline
 * the one that opens earlier stays.
 */
export function inOrder(windows: readonly PeriodWindow[]): PeriodWindow[] {
  const ordered: PeriodWindow[] = [];
  for (const window of windows.toSorted((a, b) => a.deadline - b.deadline || a.opens - b.opens)) {
    const opens = Math.max(window.opens, ordered.at(-1)?.deadline ?? -Infinity);
    if (opens < window.deadline) ordered.push({ ...window, opens });
  }
  return ordered;
}
