import { LAST_HOURS } from "./aligned-hour.ts";
import { smallDemand } from "./baseline.ts";
import type { LocalHours } from "./local-hours.ts";
import type { WindowProfile } from "./state.ts";

/** How far around an hour to look, in the last 72 hours and before. */
const NEAR_HOURS = 4;
const FAR_HOURS = 10;

/** A past window made ready for comparison. */
export interface SeenWindow extends Pick<
  WindowProfile,
  "calendar" | "period" | "type" | "deadline" | "censored" | "law" | "error"
> {
  /** The local hour its deadline lies in. */
  last: number;
  /** Of each hour back from it the logarithm of load to usual demand; NaN where it was not seen. */
  logs: Float64Array;
  /** And its usual demand, as `usualness`. */
  usual: Float64Array;
}

/** `small` as in `smallOf` of the state: it is added to both sides of ratios. */
export function seenWindow(window: WindowProfile, { clock, small }: { clock: LocalHours; small: number }): SeenWindow {
  const { load, baseline, opens: _, ...about } = window;
  const smallThen = smallDemand(baseline);
  const logs = new Float64Array(baseline.length);
  const usual = new Float64Array(baseline.length);
  for (let back = 0; back < baseline.length; back += 1) {
    logs[back] = Math.log(around(load, baseline, back, small));
    usual[back] = usualness(baseline[back] ?? 0, smallThen);
  }
  return { ...about, last: clock.hourOf(window.deadline - 1), logs, usual };
}

/**
 * The ratio of load to usual demand around an hour, as one of sums, the nearer hours weighing more: an hour of few
 * requests is mostly chance, and the highest of many such ratios would be the luckiest. NaN where the hour itself was
 * not seen.
 */
function around(load: WindowProfile["load"], usual: readonly number[], back: number, small: number): number {
  if (typeof load[back] !== "number") return Number.NaN;
  const reach = back < LAST_HOURS ? NEAR_HOURS : FAR_HOURS;
  let [came, expected] = [0, 0];
  for (let other = Math.max(0, back - reach); other <= back + reach; other += 1) {
    const each = load[other];
    if (typeof each !== "number") continue;
    const weight = reach + 1 - Math.abs(other - back);
    came += weight * (each + small);
    expected += weight * ((usual[other] ?? 0) + small);
  }
  return came / expected;
}

/** How busy an hour usually is: the logarithm of its usual demand and one that is nothing, in units of the latter. */
export function usualness(usual: number, small: number): number {
  return small > 0 ? Math.log(usual / small + 1) : 0;
}
