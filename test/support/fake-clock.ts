import type { Clock } from "../../src/runtime/clock.ts";

interface Timer {
  at: number;
  run: () => void;
}

/**
 * A clock that moves only when told to. `advance` runs due timers in order of time and lets promises
 * settle between them, so code under test sees the same order as it would in real time.
 */
export class FakeClock implements Clock {
  #now: number;
  readonly #start: number;
  readonly #settle: () => Promise<void>;
  readonly #timers = new Set<Timer>();

  /** `settle` resolves when nothing is under way any more that a timer has begun; by default when promises are settled. */
  constructor(start: string | number = "2027-01-01T00:00:00Z", settle: () => Promise<void> = settlePromises) {
    this.#now = typeof start === "number" ? start : Date.parse(start);
    this.#start = this.#now;
    this.#settle = settle;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#start;
  }

  /** Timers that wait, for tests that prove nothing is left behind. */
  get pending(): number {
    return this.#timers.size;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, ms), run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** Moves time on by `ms`, running what becomes due on the way. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.#settle();
    while (await this.#runNext(until));
    this.#now = until;
    await this.#settle();
  }

  /** Lets `ms` pass at once, as on a machine that slept: what became due meanwhile runs late. */
  async jump(ms: number): Promise<void> {
    await this.#settle();
    this.#now += ms;
    while (await this.#runNext(this.#now));
  }

  /** Moves on to the next timer and runs it; false, and nothing happens, when none is due by `until`. */
  async step(until = Infinity): Promise<boolean> {
    await this.#settle();
    return this.#runNext(until);
  }

  async #runNext(until: number): Promise<boolean> {
    const [next] = [...this.#timers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at);
    if (!next) return false;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    await this.#settle();
    return true;
  }
}

/** Lets everything that is ready to run do so: a macrotask drains the microtasks before it. */
async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
