/** What the forecast needs to know of a filing window; `Window` of src/calendar is one. Times in ms since the epoch. */
export interface FilingWindow {
  /** The calendar's name, or the code of its regime. */
  calendar: string;
  /** The period, and the filing where a calendar has several: `2026-02`, `2026-02 GSTR-1`. */
  name?: string;
  /** monthly, quarterly, annual: each has peaks of its own. */
  type?: string;
  opens: number;
  deadline: number;
  /** Until when the deadline may still turn out to be: later than `deadline` while a date is provisional. */
  heldUntil?: number;
}

const HOUR_MS = 3_600_000;
/** Stragglers: what comes after a deadline is not usual yet. */
const AFTER_MS = 24 * HOUR_MS;
/** The yearly return may be open for half a year; only its last days are no usual time. */
export const LONGEST_HOURS = 31 * 24;

/** [from, to) that a baseline leaves out. */
export function unusualSpan({ opens, deadline, heldUntil }: FilingWindow): { from: number; to: number } {
  return { from: Math.max(opens, deadline - LONGEST_HOURS * HOUR_MS), to: (heldUntil ?? deadline) + AFTER_MS };
}
