import type { ReplicaCount } from "../../../../dev/demo/plain-hpa.ts";
import type { Outcome } from "./ground.ts";
import type { Timeline } from "./timeline.ts";

/** What a run has shown, for who reads the log of the tests. */
export function report({ served, summary, replicas }: Outcome, { deadline }: Timeline): string {
  const steps = replicas.filter(
    ({ replicas: count, ready }, index) =>
      count !== replicas[index - 1]?.replicas || ready !== replicas[index - 1]?.ready,
  );
  const since = ({ at, replicas: count, ready }: ReplicaCount): string =>
    `${Math.round((at - deadline) / 1_000)} s: ${ready} of ${count}`;
  const { requests, failed, slow, p50Ms, p99Ms } = served;
  const { readyAtPeak, replicaMinutes } = summary.operator;
  return [
    `${requests} requests: ${failed} failed, ${slow} slow; p50 ${p50Ms.toFixed(0)} ms, p99 ${p99Ms.toFixed(0)} ms`,
    `peak ${summary.peak.load} requests/s needs ${summary.needed} replicas: ${readyAtPeak} were ready`,
    `${replicaMinutes.toFixed(1)} replica-minutes; ready of replicas by the deadline: ${steps.map(since).join(", ")}`,
  ].join("\n");
}

export function countsOf(replicas: readonly ReplicaCount[], from: number, to: number): readonly ReplicaCount[] {
  return replicas.filter(({ at }) => at >= from && at <= to);
}
