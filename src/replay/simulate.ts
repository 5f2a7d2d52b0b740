import type { Window } from "../calendar/window.ts";
import { Hpa, type HpaMetric, type HpaSettings } from "./hpa.ts";
import { Past } from "./past.ts";
import { Pods, type StartTimes } from "./pods.ts";
import type { Policy, Want } from "./policy.ts";
import { seeded } from "./random.ts";
import { loadAt, type Trace } from "./trace.ts";

/** Plays a load against a workload with an HPA, and with a policy that works on it. */

export interface Workload {
  /** Requests/s that one replica serves inside its objective. */
  perReplica: number;
  /** Share of it that the HPA and every plan aim at. */
  utilization: number;
  minReplicas: number;
  maxReplicas: number;
  /** How many times the usual load the peak of a window is said to be, before one has been seen. */
  expectedPeakFactor: number;
}

/** What goes on around the workload. */
export interface World {
  workload: Workload;
  hpa: HpaSettings;
  times: StartTimes;
  /** How old a metric is when it is read, ms. */
  metricLagMs: number;
  /** Spans in which no metric can be read. */
  outages: readonly { from: number; to: number }[];
}

/** A stretch of a load, with what is known of its calendar. */
export interface Scene {
  trace: Trace;
  from: number;
  to: number;
  windowsAt: (now: number) => readonly Window[];
}

/** What came of it, one entry for each tick from `from` on. */
export interface Run {
  policy: string;
  from: number;
  tickMs: number;
  /** Pods that are paid for, those that serve, and the minimum that was in force. */
  pods: Int32Array;
  ready: Int32Array;
  floor: Int32Array;
}

/** The HPA's sync period. */
export const TICK_MS = 15_000;

/** `everyMs`: how often the policy looks, 30 s as the operator does unless told otherwise. */
export function simulate(policy: Policy, scene: Scene, world: World, seed: number, everyMs = 30_000): Run {
  const { trace, from, to } = scene;
  const { workload, outages } = world;
  const ticks = Math.ceil((to - from) / TICK_MS);
  const run: Run = {
    policy: policy.name,
    from,
    tickMs: TICK_MS,
    pods: new Int32Array(ticks),
    ready: new Int32Array(ticks),
    floor: new Int32Array(ticks),
  };
  const past = new Past(trace, from, outages);
  const playing = policy.begin({ past, workload, windowsAt: scene.windowsAt });
  const target = workload.perReplica * workload.utilization;
  const readAt = (now: number): number | undefined => {
    const at = now - world.metricLagMs;
    const value = outages.some((outage) => now >= outage.from && now < outage.to) ? Number.NaN : loadAt(trace, at);
    return Number.isNaN(value) ? undefined : value;
  };

  const hpa = new Hpa(world.hpa);
  // It has been running: as many as demand asks for.
  const first = Math.ceil((readAt(from) ?? 0) / target);
  const pods = new Pods(clamp(first, workload), world.times, seeded(seed));
  let want: Want = {};
  let lookAt = from;
  for (let tick = 0, now = from; tick < ticks; tick += 1, now += TICK_MS) {
    pods.advance(now);
    const demand = readAt(now);
    if (now >= lookAt) {
      past.advance(now);
      want = playing.look({ now, replicas: pods.count, ready: pods.ready, demand, starts: pods.starts });
      lookAt += everyMs;
    }
    const min = clamp(want.floor ?? workload.minReplicas, workload);
    const metrics: HpaMetric[] = [{ value: demand, perReplica: target }];
    if (want.metric !== undefined) metrics.push({ value: want.metric, perReplica: 1 });
    pods.scaleTo(hpa.sync({ now, current: pods.count, min, max: workload.maxReplicas, metrics }), now);
    run.pods[tick] = pods.count;
    run.ready[tick] = pods.ready;
    run.floor[tick] = min;
  }
  return run;
}

function clamp(replicas: number, { minReplicas, maxReplicas }: Workload): number {
  return Math.max(minReplicas, Math.min(maxReplicas, replicas));
}
