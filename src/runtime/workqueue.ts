import type { Clock } from "./clock.ts";
import { DelayHeap } from "./delay-heap.ts";
import { Fifo } from "./fifo.ts";
import { CLUSTER_BACKOFF, exponentialBackoff, type RateLimiter } from "./ratelimit.ts";

/** What the queue tells its metrics; durations in milliseconds. */
export interface QueueMetrics {
  added(): void;
  /** A worker took a key that had waited for `waitedMs`. */
  taken(waitedMs: number): void;
  done(workedMs: number): void;
  retried(): void;
}

interface Mark {
  /** When the key was asked for, on the monotonic clock. */
  since: number;
  low: boolean;
}

/**
 * The keys that somebody wants looked at, each once however often it was asked for. The three sets are client-go's:
 *
 * - `dirty`: asked for and not yet taken. A key that is taken leaves it, so a later `add` counts as new.
 * - `ready`: the part of `dirty` that a worker may take now, first in, first out.
 * - `processing`: taken and not yet `done`. A key in here is never handed out; asked for again meanwhile,
 *   it is dirty and becomes ready on `done`. So no two workers hold one key, and no `add` is lost.
 *
 * Delays (`addAfter`, `addRateLimited`) ask for a look by a time: of two the earlier wins, and a plain `add`
 * fulfils both. Whoever is called says anew when it wants to be called next.
 *
 * Low priority is for the objects that are listed at start: while both wait, low and ordinary keys take turns.
 * So a change made by a user overtakes 5,000 old objects, and work that comes back every 30 s cannot starve them.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #limiter: RateLimiter;
  readonly #metrics: QueueMetrics | undefined;

  readonly #dirty = new Map<string, Mark>();
  readonly #ready = new Fifo();
  readonly #readyLow = new Fifo();
  /** When each key was taken, on the monotonic clock. */
  readonly #processing = new Map<string, number>();
  readonly #delayed = new DelayHeap();
  readonly #waiters = new Set<(key: string | undefined) => void>();

  #lowIsNext = false;
  #serveSoon = false;
  #timer: { at: number; cancel: () => void } | undefined;
  #closed = false;
  readonly #idle = Promise.withResolvers<void>();

  /** `limiter` spaces `addRateLimited`; left out, it is the back-off for work inside the cluster. */
  constructor(options: { clock: Clock; limiter?: RateLimiter | undefined; metrics?: QueueMetrics | undefined }) {
    this.#clock = options.clock;
    this.#limiter = options.limiter ?? exponentialBackoff(CLUSTER_BACKOFF);
    this.#metrics = options.metrics;
  }

  /** Keys that a worker could take now. */
  get length(): number {
    return this.#ready.size + this.#readyLow.size;
  }

  /** Keys held for any reason: waiting, delayed, being worked on, or with failures that count. Zero at rest. */
  get held(): number {
    return this.#dirty.size + this.#delayed.size + this.#processing.size + this.#limiter.size;
  }

  /** How long the keys now being worked on have been so: all together and the longest, in milliseconds. */
  unfinished(): { totalMs: number; longestMs: number } {
    const now = this.#clock.monotonic();
    const ages = [...this.#processing.values()].map((since) => now - since);
    return { totalMs: ages.reduce((sum, age) => sum + age, 0), longestMs: Math.max(0, ...ages) };
  }

  /** Asks for the key to be looked at as soon as a worker is free. */
  add(key: string, options?: { priority?: "low" | undefined }): void {
    if (this.#closed) return;
    const low = options?.priority === "low";
    this.#delayed.remove(key);
    const known = this.#dirty.get(key);
    if (known) {
      if (known.low && !low) this.#promote(key, known);
      return;
    }
    const mark = { since: this.#clock.monotonic(), low };
    this.#dirty.set(key, mark);
    this.#metrics?.added();
    if (!this.#processing.has(key)) this.#enqueue(key, mark);
  }

  /** Asks for the key to be looked at in `ms` at the latest; at once when that is not above zero. */
  addAfter(key: string, ms: number): void {
    if (this.#closed || this.#dirty.has(key)) return;
    if (!(ms > 0)) return this.add(key);
    this.#delayed.put(key, this.#clock.monotonic() + ms);
    this.#arm();
  }

  /** Counts a failure of the key and asks for it after its back-off, which is returned in milliseconds. */
  addRateLimited(key: string): number {
    const ms = this.#limiter.next(key);
    this.#metrics?.retried();
    this.addAfter(key, ms);
    return ms;
  }

  /** The key has succeeded: its next failure is again its first. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** Failures since the key was last forgotten. */
  retries(key: string): number {
    return this.#limiter.failures(key);
  }

  /**
   * The next key, to be given back by `done`; waits until there is one.
   * Undefined when the signal aborts first, or when the queue is shut down and has nothing left to hand out.
   */
  async get(signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted) return undefined;
    const key = this.#take();
    if (key !== undefined || this.#closed) return key;
    return new Promise((resolve) => {
      const settle = (next: string | undefined): void => {
        this.#waiters.delete(settle);
        signal?.removeEventListener("abort", onAbort);
        resolve(next);
      };
      const onAbort = (): void => settle(undefined);
      signal?.addEventListener("abort", onAbort);
      this.#waiters.add(settle);
    });
  }

  /** Gives the key back; when it was asked for meanwhile, it is ready again. */
  done(key: string): void {
    const since = this.#processing.get(key);
    if (since === undefined) return;
    this.#processing.delete(key);
    this.#metrics?.done(this.#clock.monotonic() - since);
    const mark = this.#dirty.get(key);
    if (mark) this.#enqueue(key, mark);
    this.#settleIdle();
  }

  /**
   * Takes no more keys and drops those that are delayed. With `drain` the ones asked for are still handed out;
   * without, they are dropped. Resolves when all that were handed out are done.
   */
  shutdown({ drain }: { drain: boolean }): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#delayed.clear();
    if (!drain) {
      this.#dirty.clear();
      this.#ready.clear();
      this.#readyLow.clear();
    }
    this.#serve();
    // Who still waits would wait for ever: what becomes ready on `done` is for the worker that calls it.
    for (const settle of this.#waiters) settle(undefined);
    this.#settleIdle();
    return this.#idle.promise;
  }

  #enqueue(key: string, mark: Mark): void {
    (mark.low ? this.#readyLow : this.#ready).push(key);
    if (this.#waiters.size === 0 || this.#serveSoon) return;
    // Not at once: of several requests for one key in a row, a key taken by the first would be run twice.
    this.#serveSoon = true;
    queueMicrotask(() => this.#serve());
  }

  #serve(): void {
    this.#serveSoon = false;
    for (const settle of this.#waiters) {
      if (this.length === 0) return;
      settle(this.#take());
    }
  }

  #take(): string | undefined {
    const low = this.#readyLow.size > 0 && (this.#lowIsNext || this.#ready.size === 0);
    const key = (low ? this.#readyLow : this.#ready).shift();
    if (key === undefined) return undefined;
    this.#lowIsNext = !low;
    const now = this.#clock.monotonic();
    this.#metrics?.taken(now - (this.#dirty.get(key)?.since ?? now));
    this.#dirty.delete(key);
    this.#processing.set(key, now);
    return key;
  }

  #promote(key: string, mark: Mark): void {
    mark.low = false;
    if (this.#readyLow.remove(key)) this.#ready.push(key);
  }

  /** One timer for all delays, set for the earliest. */
  #arm(): void {
    const at = this.#delayed.earliest;
    if (at === undefined || (this.#timer && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    // Whole milliseconds, rounded up: a timer that fires a hair early must not spin.
    const ms = Math.ceil(at - this.#clock.monotonic());
    this.#timer = { at, cancel: this.#clock.after(ms, () => this.#wake()) };
  }

  #wake(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    for (let key = this.#delayed.takeDue(now); key !== undefined; key = this.#delayed.takeDue(now)) this.add(key);
    this.#arm();
  }

  #settleIdle(): void {
    if (this.#closed && this.#dirty.size === 0 && this.#processing.size === 0) this.#idle.resolve();
  }
}
