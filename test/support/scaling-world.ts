import type { Reading } from "../../src/prometheus/reading.ts";
import {
  decide,
  type Decision,
  type Observed,
  type ScalingMemory,
  type ScalingSettings,
} from "../../src/scaling/decide.ts";
import { afterWrite } from "../../src/scaling/floor.ts";
import { initialReactiveState, type SignalReading } from "../../src/scaling/reactive.ts";
import type { Recurrence } from "../../src/scaling/sources.ts";
import type { LiveField } from "./live-field.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The baseline S0 of the field cases: requests/s, 100 a replica, 2 to 20 replicas, an evaluation each 30 s. */
export const S0: ScalingSettings = {
  minReplicas: 2,
  maxReplicas: 20,
  tolerance: 0.1,
  stabilizationUpMs: 0,
  stabilizationDownMs: 300 * SECOND,
  fallback: { afterFailures: 3, replicas: 6 },
  stepPercent: 20,
  everyMs: 10 * MINUTE,
  takeOver: false,
};

export const value = (requests: number): Reading => ({ ok: true, value: requests, at: 0 });
export const partial = (requests: number): Reading => ({
  ok: true,
  value: requests,
  at: 0,
  partial: "store-2 is away",
});
export const missing: Reading = { ok: false, reason: "NoData", message: "the query gives no series" };

function signals(...readings: readonly Reading[]): SignalReading[] {
  return readings.map((reading, index) => ({ name: `s${index + 1}`, reading, perReplica: 100 }));
}

/** A recurrence over given boundaries: active when the last one that passed was a start. */
export function recurrenceOf(boundaries: readonly { at: number; start: boolean }[]): Recurrence {
  const sorted = boundaries.toSorted((a, b) => a.at - b.at);
  return {
    at(time) {
      const last = sorted.findLast(({ at }) => at <= time);
      const next = sorted.find(({ at }) => at > time);
      return { active: last?.start ?? false, until: next?.at ?? Infinity };
    },
  };
}

/** The memory of a process that has just started and has read the status. */
function afterRestart({ inForce, countBefore, floor }: ScalingMemory): ScalingMemory {
  return {
    reactive: initialReactiveState,
    ...(countBefore === undefined ? {} : { countBefore }),
    ...(inForce ? { inForce } : {}),
    floor: { resets: [], ...(floor.contest ? { contest: floor.contest } : {}) },
  };
}

/** A workload, the field that carries its floor, and a controller that looks, decides, writes and remembers. */
export class World {
  readonly field: LiveField;
  now: number;
  settings: ScalingSettings = S0;
  memory: ScalingMemory = { reactive: initialReactiveState, floor: { resets: [] } };
  /** What the autoscaler runs beside its minimum. */
  own = 0;
  /** No write gets through. */
  failing = false;
  /** Everything else that is observed; what stands here overrides. */
  observed: Partial<Observed> = {};

  constructor(field: LiveField, now: number) {
    this.field = field;
    this.now = now;
  }

  get replicas(): number {
    return this.field.kind === "Scale" ? this.field.value : Math.max(this.field.value, this.own);
  }

  /** One look, `afterMs` later; an evaluation if there are readings. */
  look(afterMs: number, ...readings: readonly Reading[]): Decision {
    this.now += afterMs;
    const observed: Observed = {
      now: this.now,
      generation: 1,
      settings: this.settings,
      ...(readings.length > 0 ? { signals: signals(...readings) } : {}),
      sources: [],
      planComplete: true,
      leadMs: 10 * MINUTE,
      horizonMs: 7 * DAY,
      target: this.field.target(),
      workload: { replicas: this.replicas, ready: this.replicas },
      ...this.observed,
    };
    const decision = decide(observed, this.memory);
    this.memory = decision.memory;
    const { field } = decision;
    if (field?.write && !this.failing) {
      this.field.write(field.write);
      this.memory = { ...this.memory, floor: afterWrite(field, observed, this.field.object()) };
    }
    return decision;
  }

  /** Looks each 30 s, `count` times, and tells the replicas after each. */
  watch(count: number, ...readings: readonly Reading[]): number[] {
    return Array.from({ length: count }, () => {
      this.look(30 * SECOND, ...readings);
      return this.replicas;
    });
  }

  restart(): void {
    this.memory = afterRestart(this.memory);
  }
}
