import { backIn, type AlignedHour } from "./aligned-hour.ts";
import { smallDemand } from "./baseline.ts";
import { USUAL_EXPONENT } from "./deadline-law.ts";
import type { Law } from "./law-fit.ts";
import { weighted, type WindowIdentity } from "./likeness.ts";
import { boundedMedian } from "./quantile.ts";
import { usualness, type SeenWindow } from "./seen-window.ts";
import type { ForecastState } from "./state.ts";

/** So many pseudo-windows speak for the deadline law, and for its usual exponent. */
const PRIOR_WINDOWS = 2;
/** Hours whose usual demand differs by so much, in logarithm, tell each other half of what equal ones do. */
const ALIKE = 0.7;

interface Weighted {
  window: SeenWindow;
  /** How much it tells about the wanted window, 0 to 1. */
  weight: number;
}

/**
 * What past windows tell about one to come, on the clock "hours to the deadline": logarithms of load to usual
 * demand, shrunk to the deadline law by n / (n + 2) for n windows' worth of evidence.
 */
export class EventProfile {
  /** The law to shrink to: fitted to the windows, with the user's factor as long as there is none. */
  readonly law: Law;
  readonly #seen: readonly Weighted[];

  constructor(wanted: WindowIdentity, windows: readonly SeenWindow[], expectedPeakFactor: number) {
    this.#seen = weighted(wanted, windows);
    this.law = lawOf(this.#seen, expectedPeakFactor);
  }

  /**
   * The logarithm of (load + small) / (usual + small) as it was seen in an hour, and the share of the answer that this
   * is; the rest is for the law. `usual` is the usual demand of that hour and `small` that of its baseline: a Saturday
   * on which nobody works tells little about a Wednesday.
   */
  seen(hour: AlignedHour, usual: number, small: number): { log: number; share: number } {
    const now = usualness(usual, small);
    const entries = [];
    let evidence = 0;
    for (const { window, weight } of this.#seen) {
      const back = backIn(window.last, hour);
      const value = window.logs[back] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const unlike = ((window.usual[back] ?? now) - now) / ALIKE;
      const each = weight / (1 + unlike * unlike);
      evidence += each;
      entries.push({ value, weight: each, atLeast: window.censored });
    }
    if (!(evidence > 0)) return { log: 0, share: 0 };
    return { log: boundedMedian(entries), share: evidence / (evidence + PRIOR_WINDOWS) };
  }
}

/** A demand that is nothing beside the usual one and beside the highest, and is not 0 unless there never was any. */
export function smallOf({ baseline, highest }: Pick<ForecastState, "baseline" | "highest">): number {
  return Math.max(smallDemand(baseline?.levels ?? []) + highest / 1_000, Number.MIN_VALUE);
}

function lawOf(seen: readonly Weighted[], expectedPeakFactor: number): Law {
  const fits = seen.flatMap(({ window: { law, censored }, weight }) => (law ? [{ ...law, weight, censored }] : []));
  const total = fits.reduce((sum, { weight }) => sum + weight, 0);
  if (fits.length === 0) return { peakFactor: expectedPeakFactor, exponent: USUAL_EXPONENT };
  const peak = boundedMedian(
    fits.map(({ peakFactor, weight, censored }) => ({ value: Math.log(peakFactor), weight, atLeast: censored })),
  );
  const sum = fits.reduce((exponents, { exponent, weight }) => exponents + exponent * weight, 0);
  const exponent = (sum + PRIOR_WINDOWS * USUAL_EXPONENT) / (total + PRIOR_WINDOWS);
  // What was cut off at every deadline says only that the user may be right.
  const least = fits.every(({ censored }) => censored) ? expectedPeakFactor : 1;
  return { peakFactor: Math.max(least, Math.exp(peak)), exponent };
}
