import { studentQuantile } from "./student-t.ts";

/** Before a window has been seen: its loads are a little above the forecast, and by how much is not sure. */
const PRIOR_MEAN = Math.log(1.15);
const PRIOR_MEAN_WINDOWS = 2;
const PRIOR_DEVIATION = 0.25;
const PRIOR_DEGREES = 3;
/** From so many windows on, what was seen speaks for itself. */
const CONFORMAL_WINDOWS = 9;
/** The level at which misses are counted, and how much one moves it. */
const WATCHED = 0.1;
const STEP = 0.05;

/** By how much (logarithm) a past window was above what the others foretell. */
export interface WindowError {
  value: number;
  /** How much the window tells about the one to come, 0 to 1. */
  weight: number;
  /** The window was cut off by overload: it was at least so far above. */
  atLeast: boolean;
}

/**
 * The quantile `q` of how far (logarithm) the next window will be above its forecast. `errors`: oldest first, those
 * of the same kind of window with weight 1.
 *
 * Below nine windows the predictive Student-t of a normal sample whose mean is shrunk to log 1.15 by two
 * pseudo-windows and whose variance has the prior 0.25 with three degrees of freedom (normal-inverse-gamma). From
 * nine on split conformal: the ceil((n + 1) q)-th smallest; where n is too small for that quantile, the higher of the
 * two. The level follows the misses that it would have had (adaptive conformal inference, Gibbs and Candès 2021).
 */
export function upperError(q: number, errors: readonly WindowError[]): number {
  const student = studentBound(q, errors);
  const own = errors.filter(({ weight }) => weight === 1).map(({ value }) => value);
  if (own.length < CONFORMAL_WINDOWS) return student;
  const highest = Math.max(...own);
  return conformal(1 - (1 - q) * strictness(own), own) ?? Math.max(highest, student);
}

function studentBound(q: number, errors: readonly WindowError[]): number {
  const sure = posterior(errors.filter(({ atLeast }) => !atLeast));
  // A lower bound that lies below what is expected anyway tells nothing.
  const { mean, variance, windows } = posterior(errors.filter(({ atLeast, value }) => !atLeast || value > sure.mean));
  const degrees = PRIOR_DEGREES + windows;
  const scale = Math.sqrt(variance * (1 + 1 / (PRIOR_MEAN_WINDOWS + windows)));
  return mean + scale * studentQuantile(q, degrees);
}

function posterior(errors: readonly WindowError[]): { mean: number; variance: number; windows: number } {
  const windows = errors.reduce((sum, { weight }) => sum + weight, 0);
  const total = errors.reduce((sum, { value, weight }) => sum + weight * value, 0);
  const own = windows > 0 ? total / windows : PRIOR_MEAN;
  const mean = (PRIOR_MEAN_WINDOWS * PRIOR_MEAN + total) / (PRIOR_MEAN_WINDOWS + windows);
  const within = errors.reduce((sum, { value, weight }) => sum + weight * (value - own) ** 2, 0);
  const between = ((PRIOR_MEAN_WINDOWS * windows) / (PRIOR_MEAN_WINDOWS + windows)) * (own - PRIOR_MEAN) ** 2;
  const squares = PRIOR_DEGREES * PRIOR_DEVIATION ** 2 + within + between;
  return { mean, variance: squares / (PRIOR_DEGREES + windows), windows };
}

/** Split conformal; undefined when there are too few errors for so high a quantile. */
function conformal(q: number, errors: readonly number[]): number | undefined {
  const rank = Math.ceil((errors.length + 1) * Math.min(1, q) - 1e-9);
  return errors.toSorted((a, b) => a - b)[Math.max(0, rank - 1)];
}

/** How much of the wanted miss rate to aim at: below 1 after misses, above after a long time without. */
function strictness(errors: readonly number[]): number {
  let level = WATCHED;
  for (let next = CONFORMAL_WINDOWS; next < errors.length; next += 1) {
    const bound = conformal(1 - level, errors.slice(0, next)) ?? Number.POSITIVE_INFINITY;
    const missed = (errors[next] ?? 0) > bound ? 1 : 0;
    level = Math.min(0.5, Math.max(0.01, level + STEP * (WATCHED - missed)));
  }
  return level / WATCHED;
}
