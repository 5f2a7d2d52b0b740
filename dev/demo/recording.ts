import type { Snapshot } from "./observer.ts";
import type { ReplicaCount } from "./plain-hpa.ts";

/** A step of the floor after the deadline. */
export interface ReleaseStep {
  at: number;
  from: number;
  to: number;
}

/** What was seen in the course of the demo. */
export class Recording {
  readonly counts: ReplicaCount[] = [];
  readonly #floors: { at: number; floor: number }[] = [];

  add({ at, replicas, ready, scaling }: Snapshot): void {
    this.counts.push({ at, replicas, ready });
    const floor = scaling?.floor;
    if (floor !== undefined && floor !== this.#floors.at(-1)?.floor) this.#floors.push({ at, floor });
  }

  get mostReplicas(): number {
    return Math.max(0, ...this.counts.map(({ replicas }) => replicas));
  }

  /** How the floor came down after a moment. */
  releaseSteps(after: number): ReleaseStep[] {
    return this.#floors.flatMap(({ at, floor }, index) => {
      const from = this.#floors[index - 1]?.floor;
      return from !== undefined && at > after && floor < from ? [{ at, from, to: floor }] : [];
    });
  }
}
