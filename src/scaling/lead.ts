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
/** From so many pods on their own 95th percentile is taken; the slowest of 19 is just about that. */
const ENOUGH_PODS = 20;
/** Tail index of start times taken for granted until enough pods have shown theirs: a standard deviation of 0.7 of the logarithm. */
const TAIL = 0.55;

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
  const p95 = durations.length < ENOUGH_PODS ? boundOfFew(durations) : nearestRank(durations, 0.95);
  return { ms: Math.max(SHORTEST_MS, Math.round(p95) + MARGIN_MS), pods: durations.length };
}

function nearestRank(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
}

/**
 * The 95th percentile from few pods. The slowest of n is about the n/(n+1) quantile of all; the assumed tail
 * carries it from there to 19/20: by (19/n)^TAIL. That bound is exact for a Fréchet distribution of this tail and
 * holds for a log-normal one with p95 up to 3.3 times the median; it never falls when a pod takes longer.
 * `durations` are ENOUGH_PODS - 1 at most.
 */
function boundOfFew(durations: readonly number[]): number {
  return Math.min(LONGEST_START_MS, Math.max(...durations) * (19 / durations.length) ** TAIL);
}
