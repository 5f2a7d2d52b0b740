import type { Clock } from "../runtime/clock.ts";
import { KubeError } from "./errors.ts";

const MIN_MS = 800;
const MAX_MS = 30_000;
const RESET_MS = 120_000;

/**
 * Waits between 0.8 s and a ceiling that doubles from 1.6 s to 30 s with each failure, at random, so that the many
 * clients of a server that comes back do not come back as one. After two minutes without a failure it begins anew.
 * The numbers are those of client-go (tools/cache/reflector.go).
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #failures = 0;
  /** When the last wait was over, by the monotonic clock. */
  #resumedAt = 0;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** How long to wait after this failure, milliseconds; the server's Retry-After is kept, up to 30 s. */
  next(error: unknown): number {
    const now = this.#clock.monotonic();
    this.#failures = now - this.#resumedAt >= RESET_MS ? 1 : this.#failures + 1;
    const ceilingMs = Math.min(MAX_MS, MIN_MS * 2 ** this.#failures);
    const askedMs = error instanceof KubeError ? Math.min(error.retryAfterMs ?? 0, MAX_MS) : 0;
    const waitMs = Math.max(askedMs, MIN_MS + this.#random() * (ceilingMs - MIN_MS));
    this.#resumedAt = now + waitMs;
    return waitMs;
  }
}
