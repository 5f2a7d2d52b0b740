/** The exponent is for windows of 15 days, counted in days; a window of any length is cut into as many units. */
const UNITS = 15;
const EXPONENT = 1.3;

/**
 * How many times the usual demand is expected at `at` in a filing window, before the first window has been seen:
 *
 *     factor = 1 + (peakFactor - 1) / (d + 1)^exponent,   d = 15 (deadline - at) / (deadline - opens)
 *
 * 1 before the window opens, `peakFactor` (1 at least) from the deadline on: the caller ends the hold. All times
 * in ms since the epoch; the shape depends on the share of the window that is left and not on its length.
 *
 * The pressure to act grows with the inverse of the time left: Alfi, Parisi, Pietronero, "Conference registration:
 * how people react to a deadline", Nature Physics 3, 746 (2007). For acts that cannot be taken back, as filing,
 * people wait longer; 1.3 fits the 40 % of India's GST returns of August 2017 that came on the last day.
 */
export function deadlineFactor(window: {
  at: number;
  opens: number;
  deadline: number;
  peakFactor: number;
  exponent?: number;
}): number {
  const { at, opens, deadline, exponent = EXPONENT } = window;
  const peakFactor = window.peakFactor > 1 ? window.peakFactor : 1;
  if (at < opens) return 1;
  if (at >= deadline) return peakFactor;
  const unitsLeft = (UNITS * (deadline - at)) / (deadline - opens);
  return Math.min(peakFactor, 1 + (peakFactor - 1) / (unitsLeft + 1) ** exponent);
}
