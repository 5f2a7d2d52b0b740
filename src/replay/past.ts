import { endOf, highestIn, loadAt, type Trace } from "./trace.ts";

/**
 * What is known of a load at a moment: the trace up to there and not a sample more. A policy sees a trace only
 * through this, so that none can be told its future.
 */
export class Past {
  readonly #trace: Trace;
  readonly #unread: readonly { from: number; to: number }[];
  #now: number;

  /** `unread`: spans in which nothing could be read, and which leave gaps. */
  constructor(trace: Trace, now: number, unread: readonly { from: number; to: number }[] = []) {
    this.#trace = trace;
    this.#now = now;
    this.#unread = unread;
  }

  /** The first moment that is not known. */
  get now(): number {
    return this.#now;
  }

  get start(): number {
    return this.#trace.start;
  }

  /** Time goes on; it never goes back. */
  advance(now: number): void {
    this.#now = Math.max(this.#now, now);
  }

  /** The load at a moment before now; NaN in gaps. */
  at(time: number): number {
    if (time >= this.#now) throw new RangeError(`${new Date(time).toISOString()} is not known yet`);
    return this.#isUnread(time) ? Number.NaN : loadAt(this.#trace, time);
  }

  /** The highest load of [from, to). */
  highest(from: number, to: number): number {
    if (to > this.#now) throw new RangeError(`${new Date(to).toISOString()} is not known yet`);
    return highestIn(this.#trace, from, to);
  }

  /** Samples of [from, to) that were measured, `everyMs` apart or as far as the trace's own are. */
  *samples(from: number, to: number, everyMs: number): Generator<readonly [at: number, value: number]> {
    const { start, stepMs } = this.#trace;
    const step = Math.max(stepMs, Math.round(everyMs / stepMs) * stepMs);
    const end = Math.min(to, this.#now, endOf(this.#trace));
    for (let at = start + Math.max(0, Math.ceil((from - start) / step)) * step; at < end; at += step) {
      const value = loadAt(this.#trace, at);
      if (!Number.isNaN(value) && !this.#isUnread(at)) yield [at, value];
    }
  }

  #isUnread(time: number): boolean {
    return this.#unread.some(({ from, to }) => time >= from && time < to);
  }
}
