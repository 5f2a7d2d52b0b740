import type { Clock } from "../runtime/clock.ts";

/** How long a failure stands for those who ask the same. Short, so that a recovery is seen by the next to ask. */
const FAILURE_MS = 1_000;
/** How often answers that are too old for everybody are dropped. */
const SWEEP_MS = 30_000;

interface Entry<T> {
  answer: Promise<T>;
  askedAt: number;
  /** Absent while the flight lasts. */
  landed?: { at: number; ok: boolean };
  /** The longest of the ages that askers accept. */
  maxAgeMs: number;
}

/**
 * Equal questions share one flight, and its answer until it is too old, counted from when it was asked. A failure
 * counts for all who shared the flight and for a second more.
 */
export class SingleFlight<T extends { ok: boolean }> {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry<T>>();
  #lastSweep: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastSweep = clock.monotonic();
  }

  /** Questions remembered, in flight or answered. */
  get size(): number {
    return this.#entries.size;
  }

  /** The answer under this key that was asked for at most `maxAgeMs` ago or is under way; else that of `ask`. */
  get(key: string, maxAgeMs: number, ask: () => Promise<T>): Promise<T> {
    const now = this.#clock.monotonic();
    this.sweep();
    const known = this.#entries.get(key);
    if (known && isFresh(known, now, maxAgeMs)) {
      known.maxAgeMs = Math.max(known.maxAgeMs, maxAgeMs);
      return known.answer;
    }
    const entry: Entry<T> = { answer: this.#launch(key, ask), askedAt: now, maxAgeMs };
    this.#entries.set(key, entry);
    return entry.answer;
  }

  async #launch(key: string, ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      const entry = this.#entries.get(key);
      if (entry) entry.landed = { at: this.#clock.monotonic(), ok: answer.ok };
      return answer;
    } catch (error) {
      this.#entries.delete(key);
      throw error;
    }
  }

  /** Drops the answers that are too old for everybody, now and then. Whoever asks does so as well. */
  sweep(): void {
    const now = this.#clock.monotonic();
    if (now - this.#lastSweep < SWEEP_MS) return;
    this.#lastSweep = now;
    for (const [key, entry] of this.#entries) {
      if (!isFresh(entry, now, entry.maxAgeMs)) this.#entries.delete(key);
    }
  }
}

function isFresh<T>({ landed, askedAt }: Entry<T>, now: number, maxAgeMs: number): boolean {
  if (!landed) return true;
  return landed.ok ? now - askedAt <= maxAgeMs : now - landed.at <= FAILURE_MS;
}
