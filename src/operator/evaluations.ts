import { createHash } from "node:crypto";

/** Moments of an interval. Services that share one wake the process once: waking costs more than looking at one. */
const MOMENTS = 120;

/**
 * When each service is evaluated: every interval, at one of its moments, so that thousands of services
 * do not all ask at once and a restart does not move them together.
 */
export class Evaluations {
  readonly #intervalMs: number;
  readonly #due = new Map<string, { at: number; phase: number }>();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** How late an evaluation that is due at `now` comes, ms; undefined when none is due. The first is never late. */
  lateness(key: string, now: number): number | undefined {
    const due = this.next(key) ?? now;
    if (now >= due) return now - due;
    // Further ahead than we ever set it: the clock has been set back since.
    return due - now > 1.5 * this.#intervalMs ? 0 : undefined;
  }

  /** Notes an evaluation; the next is due at the service's own moment, at least half an interval later. */
  done(key: string, now: number): void {
    const phase = this.#due.get(key)?.phase ?? this.#phaseOf(key);
    const earliest = now + this.#intervalMs / 2;
    const rounds = Math.ceil((earliest - phase) / this.#intervalMs);
    this.#due.set(key, { at: rounds * this.#intervalMs + phase, phase });
  }

  /** When the next one is due, ms since the epoch. */
  next(key: string): number | undefined {
    return this.#due.get(key)?.at;
  }

  /** Makes the next one due at once. */
  forget(key: string): void {
    this.#due.delete(key);
  }

  #phaseOf(key: string): number {
    const digest = createHash("sha256").update(key).digest();
    return ((digest.readUInt32BE(0) % MOMENTS) / MOMENTS) * this.#intervalMs;
  }
}
