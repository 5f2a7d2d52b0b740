import type { PodStart } from "../scaling/lead.ts";
import { logNormal, type Random } from "./random.ts";

/** How long pods and nodes take. */
export interface StartTimes {
  /** Created to ready, log-normal: median and 95th percentile, ms. */
  podMedianMs: number;
  podP95Ms: number;
  /** What a pod waits for a node more, where no room is left, ms. */
  nodeLeadMs: number;
}

/** The 95th percentile of a standard normal. */
const P95 = 1.645;
/** A node that is not needed goes after this (the default of cluster-autoscaler). */
const NODE_KEPT_MS = 600_000;
/** Share of the pods that run which nodes have room for beside them. */
const SPARE = 1.1;
/** Starts that are remembered for the lead, as the operator sees those of the pods that are there. */
const KNOWN_STARTS = 50;

/** The pods of one workload: asked for, starting, ready. */
export class Pods {
  readonly #random: Random;
  readonly #times: StartTimes;
  readonly #deviation: number;
  /** When each pod that starts will be ready, earliest first. */
  readonly #starting: PodStart[] = [];
  readonly #starts: PodStart[] = [];
  #ready: number;
  /** Pods that fit on the nodes there are, and since when fewer would do. */
  #room: number;
  #roomySince: number | undefined;

  constructor(count: number, times: StartTimes, random: Random) {
    this.#ready = count;
    this.#room = Math.ceil(count * SPARE);
    this.#times = times;
    this.#random = random;
    this.#deviation = Math.log(times.podP95Ms / times.podMedianMs) / P95;
  }

  get count(): number {
    return this.#ready + this.#starting.length;
  }

  get ready(): number {
    return this.#ready;
  }

  /** How long the last ones took. */
  get starts(): readonly PodStart[] {
    return this.#starts;
  }

  advance(now: number): void {
    while (this.#starting[0] && this.#starting[0].readyAt <= now) {
      this.#starts.push(this.#starting.shift()!);
      if (this.#starts.length > KNOWN_STARTS) this.#starts.shift();
      this.#ready += 1;
    }
    const wanted = Math.ceil(this.count * SPARE);
    if (wanted >= this.#room) {
      this.#roomySince = undefined;
      // A node comes with the pods that wait for it, and whole.
      if (this.#starting.length === 0) this.#room = wanted;
    } else {
      this.#roomySince ??= now;
      if (now - this.#roomySince >= NODE_KEPT_MS) this.#room = wanted;
    }
  }

  scaleTo(count: number, now: number): void {
    if (count < this.count) this.#stop(this.count - count);
    else for (let index = this.count; index < count; index++) this.#start(index, now);
  }

  /** Those that are not ready go first, the youngest of them before the others, as a ReplicaSet does it. */
  #stop(many: number): void {
    const starting = Math.min(many, this.#starting.length);
    this.#starting.splice(this.#starting.length - starting, starting);
    this.#ready -= many - starting;
  }

  #start(index: number, now: number): void {
    const { podMedianMs, nodeLeadMs } = this.#times;
    const wait = index < this.#room ? 0 : nodeLeadMs;
    const start = { createdAt: now, readyAt: now + wait + logNormal(this.#random, podMedianMs, this.#deviation) };
    const before = this.#starting.findLastIndex(({ readyAt }) => readyAt <= start.readyAt);
    this.#starting.splice(before + 1, 0, start);
  }
}
