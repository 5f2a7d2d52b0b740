import { smallDemand } from "./baseline.ts";
import { deadlineShare } from "./deadline-law.ts";
import { HOUR_MS } from "./local-hours.ts";
import { weightedMedian } from "./quantile.ts";
import type { WindowProfile } from "./state.ts";

/** The deadline law that fits a window that was seen: how high its peak is, and how steep the way to it. */
export interface Law {
  peakFactor: number;
  exponent: number;
}

const EXPONENTS = [0.8, 1, 1.2, 1.4, 1.6, 1.8, 2, 2.2];

/**
 * For each exponent the peak factor is the median of what the hours imply, the later ones weighing more; the
 * exponent is the one whose law is nearest to the loads, by the sum of absolute differences of logarithms. Undefined
 * when no hour with a good share of usual demand was seen.
 */
export function fitLaw(window: Pick<WindowProfile, "opens" | "deadline" | "load" | "baseline">): Law | undefined {
  const hours = readHours(window);
  if (hours.length === 0) return undefined;
  const fits = EXPONENTS.map((exponent) => {
    const rising = hours.map((hour) => ({ ...hour, share: deadlineShare({ ...window, at: hour.at, exponent }) }));
    const peakFactor = Math.max(
      1,
      weightedMedian(rising.map(({ factor, share }) => ({ value: 1 + (factor - 1) / share, weight: share }))),
    );
    const misfit = rising.reduce(
      (sum, { factor, share }) => sum + share * Math.abs(Math.log((factor + 0.1) / (1.1 + (peakFactor - 1) * share))),
      0,
    );
    const weight = rising.reduce((sum, { share }) => sum + share, 0);
    return { peakFactor, exponent, misfit: misfit / weight };
  });
  const { peakFactor, exponent } = fits.reduce((best, fit) => (fit.misfit < best.misfit ? fit : best));
  return { peakFactor, exponent };
}

/** Hours with a usual demand that a factor can be told from. */
function readHours({ deadline, load, baseline }: Pick<WindowProfile, "deadline" | "load" | "baseline">) {
  const enough = 2.5 * smallDemand(baseline);
  const hours: { at: number; factor: number }[] = [];
  for (const [back, each] of load.entries()) {
    const usual = baseline[back] ?? 0;
    if (each === null || usual <= 0 || usual < enough) continue;
    hours.push({ at: deadline - back * HOUR_MS, factor: each / usual });
  }
  return hours;
}
