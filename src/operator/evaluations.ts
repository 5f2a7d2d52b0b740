import { createHash } from "node:crypto";

/**
 * When each service is evaluated: every interval, at a moment of its own in it, so that thousands of services
 * do not all ask at once and a restart does not move them together.
 */
export class Evaluations {
  readonly #intervalMs: number;
  readonly #due = new Map<string, number>();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** How late an evaluation that is due at `now` comes, ms; undefined when none is due. The first is never late. */
  lateness(key: string, now: number): number | undefined {
    const due = this.#due.get(key) ?? now;
    return now >= due ? now - due : undefined;
  }

  /** Notes an evaluation; the next is due at the service's own moment, at least half an interval later. */
  done(key: string, now: number): void {
    const phase = this.#phaseOf(key);
    const earliest = now + this.#intervalMs / 2;
    const rounds = Math.ceil((earliest - phase) / this.#intervalMs);
    this.#due.set(key, rounds * this.#intervalMs + phase);
  }

  /** When the next one is due, ms since the epoch. */
  next(key: string): number | undefined {
    return this.#due.get(key);
  }

  /** Makes the next one due at once. */
  forget(key: string): void {
    this.#due.delete(key);
  }

  #phaseOf(key: string): number {
    const digest = createHash("sha256").update(key).digest();
    return (digest.readUInt32BE(0) / 2 ** 32) * this.#intervalMs;
  }
}
