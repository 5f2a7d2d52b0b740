/**
 * What the HorizontalPodAutoscaler alone would have done with the same load: its arithmetic for one External metric
 * with an AverageValue target, and its default behaviour (Kubernetes 1.36, pkg/controller/podautoscaler).
 */

const SYNC_MS = 15_000;
const TOLERANCE = 0.1;
const DOWN_STABILIZATION_MS = 300_000;

/** A value from `at` (ms since the epoch) until the next one. */
export interface Sample {
  at: number;
  value: number;
}

export interface PlainHpaOptions {
  minReplicas: number;
  maxReplicas: number;
  /** Requests/s that a replica is to have, the target's averageValue. */
  averageValue: number;
  /** How long the n-th pod takes from creation to ready, ms. */
  startOf: (pod: number) => number;
  /** Simulated span, ms since the epoch. It begins with as many replicas as the load asks for, all of them ready. */
  from: number;
  to: number;
}

export interface ReplicaCount {
  at: number;
  replicas: number;
  ready: number;
}

/** Replicas over time, once a second. `load` is what the autoscaler reads, in requests/s, oldest first. */
export function simulatePlainHpa(load: readonly Sample[], options: PlainHpaOptions): ReplicaCount[] {
  const { from, to, averageValue, startOf } = options;
  const clamp = (replicas: number): number => Math.min(options.maxReplicas, Math.max(options.minReplicas, replicas));
  const first = clamp(Math.ceil((valueAt(load, from) ?? 0) / averageValue));
  let pods: number[] = Array.from({ length: first }, () => from);
  let started = 0;
  const recommendations: Sample[] = [];
  const counts: ReplicaCount[] = [];
  for (let at = from; at <= to; at += 1_000) {
    const value = valueAt(load, at);
    if ((at - from) % SYNC_MS === 0 && value !== undefined) {
      const recommended = recommend(value, averageValue, pods.length);
      recommendations.push({ at, value: recommended });
      const wanted = clamp(limit(recommended, pods.length, recommendations, at));
      while (pods.length < wanted) {
        pods.push(at + startOf(started));
        started += 1;
      }
      // A ReplicaSet gives up first what is not ready, and of that the youngest.
      pods = pods.toSorted((a, b) => a - b).slice(0, wanted);
    }
    counts.push({ at, replicas: pods.length, ready: pods.filter((readyAt) => readyAt <= at).length });
  }
  return counts;
}

/** `GetExternalPerPodMetricReplicas`: the ratio decides whether anything changes, the load alone how many there are to be. */
function recommend(value: number, averageValue: number, current: number): number {
  const ratio = value / (averageValue * current);
  return Math.abs(ratio - 1) <= TOLERANCE ? current : Math.ceil(value / averageValue);
}

/** Up at once, by at most as many again or four pods a sync; down to no less than the highest of the last five minutes. */
function limit(recommended: number, current: number, recommendations: readonly Sample[], at: number): number {
  if (recommended > current) return Math.min(recommended, Math.max(2 * current, current + 4));
  const recent = recommendations.filter((past) => past.at > at - DOWN_STABILIZATION_MS);
  return Math.min(current, Math.max(...recent.map(({ value }) => value)));
}

/** The last value at or before `at`. */
function valueAt(samples: readonly Sample[], at: number): number | undefined {
  return samples.findLast((sample) => sample.at <= at)?.value;
}
