import { ScaleEvents, type Behavior } from "./hpa-behavior.ts";

/**
 * The HorizontalPodAutoscaler's own arithmetic: what one sync of its controller makes of the present count and its
 * metrics (kubernetes pkg/controller/podautoscaler, `reconcileAutoscaler` and `GetExternalPerPodMetricReplicas`).
 */

export interface HpaSettings {
  /** Dead band of the usage ratio; 0.1 unless the controller manager is told otherwise. */
  tolerance: number;
  /** Wait before a decrease without a behavior, ms (`--horizontal-pod-autoscaler-downscale-stabilization`). */
  downscaleStabilizationMs: number;
  behavior?: Behavior;
}

export const DEFAULT_HPA: HpaSettings = { tolerance: 0.1, downscaleStabilizationMs: 300_000 };

/** An external metric with an AverageValue target. */
export interface HpaMetric {
  /** Sum over all replicas; undefined where it could not be read. */
  value: number | undefined;
  /** What one replica is to have of it; above zero. */
  perReplica: number;
}

export interface HpaLook {
  now: number;
  current: number;
  min: number;
  max: number;
  metrics: readonly HpaMetric[];
}

interface Recommendation {
  at: number;
  replicas: number;
}

/** Without a behavior no sync may more than double the count, or go from few to more than this. */
const DOUBLE = 2;
const FREE_UP_TO = 4;

export class Hpa {
  readonly #settings: HpaSettings;
  readonly #events: ScaleEvents | undefined;
  /** As metrics gave them, before limits: what min and max did to them is not remembered. */
  readonly #recommendations: Recommendation[] = [];
  #begun = false;

  constructor(settings: HpaSettings = DEFAULT_HPA) {
    this.#settings = settings;
    this.#events = settings.behavior && new ScaleEvents(settings.behavior);
  }

  /** One sync: the count that it sets, or the present one. */
  sync(look: HpaLook): number {
    const { now, current, min, max } = look;
    if (!this.#begun) this.#recommendations.push({ at: now, replicas: current });
    this.#begun = true;
    const next = this.#next(look, min, max);
    if (next !== current) this.#events?.record(now, current, next);
    return next;
  }

  #next(look: HpaLook, min: number, max: number): number {
    const { now, current } = look;
    // Somebody has parked it there; only who set the zero ends it.
    if (current === 0) return 0;
    // Both come before any metric: exact, with no tolerance, no rate and no wait.
    if (current > max) return max;
    if (current < min) return min;
    const raw = desired(look, this.#settings.tolerance);
    if (raw === undefined) return current;
    const { behavior } = this.#settings;
    return behavior ? this.#withBehavior(behavior, raw, look) : this.#plain(raw, now, look);
  }

  #plain(raw: number, now: number, { current, min, max }: HpaLook): number {
    this.#forget(now - this.#settings.downscaleStabilizationMs);
    let stabilized = raw;
    for (const { replicas } of this.#recommendations) if (replicas > stabilized) stabilized = replicas;
    this.#recommendations.push({ at: now, replicas: raw });
    const most = Math.min(max, Math.max(DOUBLE * current, FREE_UP_TO));
    return stabilized < min ? min : Math.min(stabilized, most);
  }

  #withBehavior({ up, down }: Behavior, raw: number, { now, current, min, max }: HpaLook): number {
    this.#forget(now - Math.max(up.stabilizationMs, down.stabilizationMs));
    let [lowest, highest] = [raw, raw];
    for (const { at, replicas } of this.#recommendations) {
      if (at > now - up.stabilizationMs) lowest = Math.min(lowest, replicas);
      if (at > now - down.stabilizationMs) highest = Math.max(highest, replicas);
    }
    this.#recommendations.push({ at: now, replicas: raw });
    const stabilized = Math.min(Math.max(current, lowest), highest);
    if (stabilized > current) {
      return Math.min(stabilized, max, this.#events?.upLimit(now, current, up) ?? max);
    }
    if (stabilized < current) {
      return Math.max(stabilized, min, this.#events?.downLimit(now, current, down) ?? min);
    }
    return current;
  }

  /** What is as old as the wait still counts. */
  #forget(before: number): void {
    while (this.#recommendations[0] && this.#recommendations[0].at < before) this.#recommendations.shift();
  }
}

/**
 * The most that any metric asks for; undefined where nothing may change: none could be read, or one could not and
 * the others ask for fewer.
 */
function desired({ current, metrics }: HpaLook, tolerance: number): number | undefined {
  let most = 0;
  let unread = 0;
  for (const { value, perReplica } of metrics) {
    if (value === undefined) {
      unread += 1;
      continue;
    }
    const ratio = value / (perReplica * current);
    const tolerated = ratio >= 1 - tolerance && ratio <= 1 + tolerance;
    most = Math.max(most, tolerated ? current : Math.ceil(value / perReplica));
  }
  if (unread === metrics.length || (unread > 0 && most < current)) return undefined;
  return most;
}
