const DAY_MS = 86_400_000;
/** The law counts days. A window of less than three of them, as in a demo, is cut into fifteen parts instead. */
const SHORT_MS = 3 * DAY_MS;
const PARTS = 15;
export const USUAL_EXPONENT = 1.3;

interface InWindow {
  at: number;
  opens: number;
  deadline: number;
  exponent?: number;
}

/**
 * How many times the usual demand is expected at `at` in a filing window, before the first window has been seen:
 *
 *     factor = 1 + (peakFactor - 1) / (d + 1)^exponent,   d = days to the deadline
 *
 * 1 before the window opens, `peakFactor` (1 at least) from the deadline on: the caller ends the hold. All times in
 * ms since the epoch.
 *
 * The pressure to act grows with the inverse of the time left: Alfi, Parisi, Pietronero, "Conference registration:
 * how people react to a deadline", Nature Physics 3, 746 (2007). For acts that cannot be taken back, as filing,
 * people wait longer; 1.3 fits the 40 % of India's GST returns of August 2017 that came on the last day.
 */
export function deadlineFactor(window: InWindow & { peakFactor: number }): number {
  const peakFactor = window.peakFactor > 1 ? window.peakFactor : 1;
  return Math.min(peakFactor, 1 + (peakFactor - 1) * deadlineShare(window));
}

/** 1 / (d + 1)^exponent: how much of the peak's additional load is there at `at`. 0 before the window opens. */
export function deadlineShare({ at, opens, deadline, exponent = USUAL_EXPONENT }: InWindow): number {
  if (at < opens) return 0;
  if (at >= deadline) return 1;
  const unit = deadline - opens < SHORT_MS ? (deadline - opens) / PARTS : DAY_MS;
  return ((deadline - at) / unit + 1) ** -exponent;
}
