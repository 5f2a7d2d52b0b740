import { backIn, type AlignedHour } from "./aligned-hour.ts";
import { smallDemand } from "./baseline.ts";
import { deadlineFactor, USUAL_EXPONENT } from "./deadline-law.ts";
import type { Law } from "./law-fit.ts";
import { weighted, type WindowIdentity } from "./likeness.ts";
import type { LocalHours } from "./local-hours.ts";
import { boundedMedian } from "./quantile.ts";
import type { ForecastState, WindowProfile } from "./state.ts";

/** So many pseudo-windows speak for the deadline law, and for its usual exponent. */
const PRIOR_WINDOWS = 2;
/** Hours whose usual demand differs by so much, in logarithm, tell each other half of what equal ones do. */
const ALIKE = 0.7;

interface Seen {
  window: WindowProfile;
  /** How much it tells about the wanted window, 0 to 1. */
  weight: number;
  /** The local hour its deadline lies in. */
  last: number;
  /** A demand that is nothing beside its usual one. */
  small: number;
}

/**
 * What past windows tell about one to come, on the clock "hours to the deadline": logarithms of load to usual
 * demand, shrunk to the deadline law by n / (n + 2) for n windows' worth of evidence.
 */
export class EventProfile {
  /** The law to shrink to: fitted to the windows, with the user's factor as long as there is none. */
  readonly law: Law;
  readonly #seen: readonly Seen[];
  readonly #small: number;

  /** `windows` are those to learn from: over, with a baseline. `small` as in `smallDemand`, added to both sides of ratios. */
  constructor(
    wanted: WindowIdentity,
    windows: readonly WindowProfile[],
    options: { clock: LocalHours; small: number; expectedPeakFactor: number },
  ) {
    this.#small = options.small;
    this.#seen = weighted(wanted, windows).map(({ window, weight }) => ({
      window,
      weight,
      last: options.clock.hourOf(window.deadline - 1),
      small: smallDemand(window.baseline),
    }));
    this.law = lawOf(this.#seen, options.expectedPeakFactor);
  }

  /**
   * The logarithm of (load + small) / (usual + small) to expect at a moment of the wanted window. `usual` is the usual
   * demand there and `small` that of its baseline.
   */
  log(moment: {
    at: number;
    opens: number;
    deadline: number;
    hour: AlignedHour;
    usual: number;
    small: number;
  }): number {
    return this.shrunk(this.seen(moment.hour, moment.usual, moment.small), moment);
  }

  /**
   * What was seen in that hour, and the share of the answer that this is: a Saturday on which nobody works tells
   * little about a Wednesday.
   */
  seen(hour: AlignedHour, usual: number, small: number): { log: number; share: number } {
    const entries = [];
    let evidence = 0;
    for (const { window, weight, last, small: smallThen } of this.#seen) {
      const back = backIn(last, hour);
      const load = window.load[back];
      const usualThen = window.baseline[back];
      if (load === null || load === undefined || usualThen === undefined) continue;
      const each = weight * likeness(usualThen / smallThen, usual / small);
      evidence += each;
      const log = Math.log((load + this.#small) / (usualThen + this.#small));
      entries.push({ value: log, weight: each, atLeast: window.censored });
    }
    if (!(evidence > 0)) return { log: 0, share: 0 };
    return { log: boundedMedian(entries), share: evidence / (evidence + PRIOR_WINDOWS) };
  }

  /** What was seen, shrunk to the law. */
  shrunk(
    { log, share }: { log: number; share: number },
    { at, opens, deadline, usual }: { at: number; opens: number; deadline: number; usual: number },
  ): number {
    const factor = deadlineFactor({ at, opens, deadline, ...this.law });
    return share * log + (1 - share) * Math.log((usual * factor + this.#small) / (usual + this.#small));
  }
}

/** A demand that is nothing beside the usual one and beside the highest, and is not 0 unless there never was any. */
export function smallOf({ baseline, highest }: Pick<ForecastState, "baseline" | "highest">): number {
  return Math.max(smallDemand(baseline?.levels ?? []) + highest / 1_000, Number.MIN_VALUE);
}

/** How alike two hours are, 0 to 1, by their usual demand in units of one that is nothing. */
function likeness(one: number, other: number): number {
  const difference = Math.log((one + 1) / (other + 1)) / ALIKE;
  return Number.isFinite(difference) ? 1 / (1 + difference * difference) : 1;
}

function lawOf(seen: readonly Seen[], expectedPeakFactor: number): Law {
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
