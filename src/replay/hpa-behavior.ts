/**
 * How fast an HPA with a `behavior` may move: the policies of kubernetes autoscaling/v2 as its controller applies
 * them (pkg/controller/podautoscaler/horizontal.go, `convertDesiredReplicasWithBehaviorRate` and what it calls).
 */

interface RatePolicy {
  type: "Pods" | "Percent";
  value: number;
  periodMs: number;
}

export interface ScalingRules {
  stabilizationMs: number;
  select: "Max" | "Min" | "Disabled";
  policies: readonly RatePolicy[];
}

export interface Behavior {
  up: ScalingRules;
  down: ScalingRules;
}

/** What the API server fills in where a behavior leaves it open. */
export const DEFAULT_BEHAVIOR: Behavior = {
  up: {
    stabilizationMs: 0,
    select: "Max",
    policies: [
      { type: "Pods", value: 4, periodMs: 15_000 },
      { type: "Percent", value: 100, periodMs: 15_000 },
    ],
  },
  down: { stabilizationMs: 300_000, select: "Max", policies: [{ type: "Percent", value: 100, periodMs: 15_000 }] },
};

/** A change of the count that was made; `by` is above zero. */
interface ScaleEvent {
  at: number;
  by: number;
}

/** The changes that policies count. */
export class ScaleEvents {
  readonly #longestMs: number;
  #up: ScaleEvent[] = [];
  #down: ScaleEvent[] = [];

  constructor({ up, down }: Behavior) {
    this.#longestMs = Math.max(0, ...[...up.policies, ...down.policies].map(({ periodMs }) => periodMs));
  }

  record(at: number, from: number, to: number): void {
    const kept = (events: readonly ScaleEvent[]): ScaleEvent[] =>
      events.filter((event) => event.at > at - this.#longestMs);
    if (to > from) this.#up = [...kept(this.#up), { at, by: to - from }];
    if (to < from) this.#down = [...kept(this.#down), { at, by: from - to }];
  }

  /** The count at the start of the period that ends at `at`. */
  #startOf(at: number, current: number, periodMs: number): number {
    const sum = (events: readonly ScaleEvent[]): number =>
      events.reduce((total, event) => (event.at > at - periodMs ? total + event.by : total), 0);
    return current - sum(this.#up) + sum(this.#down);
  }

  /** Most replicas that may be there now. */
  upLimit(at: number, current: number, { select, policies }: ScalingRules): number {
    if (select === "Disabled") return current;
    const proposals = policies.map(({ type, value, periodMs }) => {
      const start = this.#startOf(at, current, periodMs);
      return type === "Pods" ? start + value : Math.ceil(start * (1 + value / 100));
    });
    return Math.max(current, select === "Min" ? Math.min(...proposals) : Math.max(...proposals));
  }

  /** Fewest replicas that may be there now. */
  downLimit(at: number, current: number, { select, policies }: ScalingRules): number {
    if (select === "Disabled") return current;
    const proposals = policies.map(({ type, value, periodMs }) => {
      const start = this.#startOf(at, current, periodMs);
      return type === "Pods" ? start - value : Math.trunc(start * (1 - value / 100));
    });
    // The policy that changes most leaves fewest.
    return Math.min(current, select === "Min" ? Math.max(...proposals) : Math.min(...proposals));
  }
}
