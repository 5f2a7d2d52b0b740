import { setTimeout as sleepFor } from "node:timers/promises";

/**
 * Time as a parameter. Every part takes a Clock, so that the same code runs in the operator, in a replay
 * of last year and in a test that steps through forty days in a second.
 */
export interface Clock {
  /** Wall-clock time, milliseconds since the epoch. */
  now(): number;
  /** Monotonic time in milliseconds, for durations: it never jumps when the wall clock is set. */
  monotonic(): number;
  /** Resolves after `ms`; rejects with the signal's reason when that aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `run` once after `ms` (0 at least); the returned function cancels it. */
  after(ms: number, run: () => void): () => void;
}

/** The longest delay that setTimeout takes; anything above fires at once (2^31 - 1 ms, 24.8 days). */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The process's own time. Delays over 24.8 days are cut into legs, so none is replaced by 1 ms. */
export const realClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    for (let left = Math.max(0, ms); ; left -= LONGEST_TIMER_MS) {
      await sleepFor(Math.min(left, LONGEST_TIMER_MS), undefined, signal ? { signal } : undefined);
      if (left <= LONGEST_TIMER_MS) return;
    }
  },
  after(ms, run) {
    let timer: NodeJS.Timeout;
    const arm = (left: number): void => {
      timer = setTimeout(
        () => (left > LONGEST_TIMER_MS ? arm(left - LONGEST_TIMER_MS) : run()),
        Math.min(Math.max(0, left), LONGEST_TIMER_MS),
      );
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};
