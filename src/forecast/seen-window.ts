import { smallDemand } from "./baseline.ts";
import type { LocalHours } from "./local-hours.ts";
import type { WindowProfile } from "./state.ts";

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
    const then = baseline[back] ?? 0;
    const came = load[back] ?? Number.NaN;
    logs[back] = Math.log((came + small) / (then + small));
    usual[back] = usualness(then, smallThen);
  }
  return { ...about, last: clock.hourOf(window.deadline - 1), logs, usual };
}

/** How busy an hour usually is: the logarithm of its usual demand and one that is nothing, in units of the latter. */
export function usualness(usual: number, small: number): number {
  return small > 0 ? Math.log(usual / small + 1) : 0;
}
