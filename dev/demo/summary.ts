import type { Offered } from "./load-source.ts";
import type { ReplicaCount } from "./plain-hpa.ts";

/** What came of it, from what was measured. */

/** One way to run the service through the window, second by second. */
export interface Course {
  /** Since when enough replicas were ready, without a break up to the peak; ms since the epoch, absent for never. */
  readySince?: number;
  readyAtPeak: number;
  /** Seconds in which more was offered than the ready replicas serve inside their objective. */
  secondsShort: number;
  /** Requests that were offered beyond that. */
  requestsBeyond: number;
  /** What it cost. */
  replicaMinutes: number;
}

export interface Summary {
  /** The five seconds in which most was offered: their middle, and requests/s. */
  peak: { at: number; load: number };
  /** Replicas that the peak needs at the utilization that is planned with. */
  needed: number;
  operator: Course;
  plain: Course;
  /** The peak was met. */
  met: boolean;
}

export interface Measured {
  /** Window of the comparison, ms since the epoch. */
  from: number;
  to: number;
  offered: readonly Offered[];
  /** Replicas as they were, oldest first, about once a second. */
  operator: readonly ReplicaCount[];
  /** Replicas as the autoscaler alone would have had them. */
  plain: readonly ReplicaCount[];
  /** Requests/s that a replica serves inside its objective, and the share of it to plan with. */
  perReplica: number;
  utilization: number;
}

const PEAK_MS = 5_000;

export function summarize(measured: Measured): Summary {
  const { from, to, perReplica, utilization } = measured;
  const offered = measured.offered.filter(({ at }) => at >= from && at <= to);
  const peak = peakOf(offered);
  const needed = Math.ceil(peak.load / (perReplica * utilization));
  const [operator, plain] = [measured.operator, measured.plain].map((counts) =>
    courseOf(counts, offered, { peakAt: peak.at, needed, perReplica }),
  ) as [Course, Course];
  return { peak, needed, operator, plain, met: operator.readySince !== undefined };
}

/** The highest mean over five seconds: one second alone is high by chance. */
function peakOf(offered: readonly Offered[]): Summary["peak"] {
  let peak = { at: offered[0]?.at ?? 0, load: 0 };
  for (const { at: end } of offered) {
    const span = offered.filter(({ at }) => at > end - PEAK_MS && at <= end);
    const seconds = span.reduce((sum, part) => sum + part.seconds, 0);
    const load = span.reduce((sum, { requests }) => sum + requests, 0) / seconds;
    if (seconds > PEAK_MS / 2_000 && load > peak.load) peak = { at: end - PEAK_MS / 2, load };
  }
  return peak;
}

function courseOf(
  counts: readonly ReplicaCount[],
  offered: readonly Offered[],
  { peakAt, needed, perReplica }: { peakAt: number; needed: number; perReplica: number },
): Course {
  const countAt = (at: number): ReplicaCount | undefined => counts.findLast((count) => count.at <= at);
  const untilPeak = counts.filter(({ at }) => at <= peakAt);
  const tooFew = untilPeak.findLastIndex(({ ready }) => ready < needed);
  const readySince = untilPeak[tooFew + 1]?.at;
  let [secondsShort, requestsBeyond, replicaMinutes] = [0, 0, 0];
  for (const { at, requests, seconds } of offered) {
    const { replicas, ready } = countAt(at) ?? { replicas: 0, ready: 0 };
    const beyond = requests - ready * perReplica * seconds;
    if (beyond > 0) {
      secondsShort += seconds;
      requestsBeyond += beyond;
    }
    replicaMinutes += (replicas * seconds) / 60;
  }
  return {
    ...(readySince === undefined ? {} : { readySince }),
    readyAtPeak: countAt(peakAt)?.ready ?? 0,
    secondsShort,
    requestsBeyond,
    replicaMinutes,
  };
}
