/**
 * Lead time: how long before capacity is needed it must be asked for.
 */

/** What is kept of a pod for this: when it was created and first became ready, milliseconds since the epoch. */
export interface PodStart {
  createdAt: number;
  readyAt: number;
}

/** One evaluation of ours, one sync of the HPA and the scheduler's turn lie between the plan and the new pod. */
const MARGIN_MS = 60_000;
const SHORTEST_MS = 120_000;
/** A pod that took longer than this was stuck, not starting. */
const LONGEST_START_MS = 3_600_000;
/** Spread of start times (standard deviation of their logarithm) taken for granted until the pods have shown theirs. */
const PRIOR_SPREAD = 0.7;
const PRIOR_WEIGHT = 3;

export interface Lead {
  ms: number;
  /** How many pods it was measured on; 0 when it is the least lead or the user's. */
  pods: number;
}

/**
 * The lead of a workload: 95th percentile of created-to-ready of its own pods plus a margin, at least two
 * minutes. The user's own number wins.
 */
export function leadOf(starts: readonly PodStart[], userMs?: number): Lead {
  if (userMs !== undefined) return { ms: userMs, pods: 0 };
  const durations = starts
    .map(({ createdAt, readyAt }) => readyAt - createdAt)
    .filter((ms) => Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_START_MS);
  if (durations.length === 0) return { ms: SHORTEST_MS, pods: 0 };
  const p95 = Math.max(nearestRank(durations, 0.95), durations.length < 20 ? predictive95(durations) : 0);
  return { ms: Math.max(SHORTEST_MS, Math.round(p95) + MARGIN_MS), pods: durations.length };
}

function nearestRank(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/**
 * Upper 95 % bound for the next pod's start from few pods: Student-t predictive bound of the logarithms, the
 * variance shrunk to a prior (normal-inverse-gamma; Gelman et al., Bayesian Data Analysis, section 3.3).
 * The highest of three starts says little about the slowest of thirty.
 */
function predictive95(durations: readonly number[]): number {
  const logs = durations.map((ms) => Math.log(Math.max(ms, 1_000)));
  const n = logs.length;
  const mean = logs.reduce((sum, value) => sum + value, 0) / n;
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const freedom = n - 1 + PRIOR_WEIGHT;
  const spread = Math.sqrt((squares + PRIOR_WEIGHT * PRIOR_SPREAD ** 2) / freedom);
  return Math.exp(mean + studentT95(freedom) * spread * Math.sqrt(1 + 1 / n));
}

/** 95 % quantile of Student's t, Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); 0.02 off at 3 degrees. */
function studentT95(freedom: number): number {
  const z = 1.6449;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
