import { LAST_HOURS } from "./aligned-hour.ts";
import { HOUR_MS } from "./local-hours.ts";

/** Too little before a deadline costs far more than too much; earlier there is time to react. */
const LAST_DAYS = 0.95;
const EARLIER = 0.8;
const OUTSIDE = 0.5;

/**
 * The quantile of demand to have capacity for at a moment: in the last 72 hours before the deadline (and while it is
 * held) the user's, 0.95 by default; earlier in a window 0.8 or the user's if that is less; outside of windows 0.5,
 * which is no more than usual.
 */
export function quantileAt(
  at: number,
  window: { opens: number; deadline: number } | undefined,
  chosen = LAST_DAYS,
): number {
  if (!window || at < window.opens) return OUTSIDE;
  return at >= window.deadline - LAST_HOURS * HOUR_MS ? chosen : Math.min(EARLIER, chosen);
}

/**
 * The quantile at which one more unit of capacity costs as much as it saves (the newsvendor's critical ratio):
 * missCost / (missCost + capacityCost), both for the same amount and time.
 */
export function criticalQuantile(missCost: number, capacityCost: number): number {
  return missCost / (missCost + capacityCost);
}
