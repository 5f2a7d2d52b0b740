import { microTime } from "./micro-time.ts";
import type { Lease } from "./resource.ts";

export type LeaseRecord = NonNullable<Lease["spec"]>;

/** How to judge another holder's lease without its clock: by how long its record has stood still for us. */
export class LeaseWatch {
  readonly #defaultDurationMs: number;
  #record = "";
  /** Monotonic time at which the observed lease ends if its record does not change before. */
  expiresAt = -Infinity;

  /** @param defaultDurationMs used for a record that names no duration. */
  constructor(defaultDurationMs: number) {
    this.#defaultDurationMs = defaultDurationMs;
  }

  /** Takes note of a record read or written at monotonic time `at`. */
  observe(spec: LeaseRecord | undefined, at: number): void {
    const record = JSON.stringify(spec ?? {});
    if (record === this.#record) return;
    this.#record = record;
    const seconds = spec?.leaseDurationSeconds;
    this.expiresAt = at + (seconds === undefined ? this.#defaultDurationMs : seconds * 1000);
  }
}

/** The record that makes `identity` the holder at wall-clock time `now` (for people to read, never compared). */
export function claim(
  previous: LeaseRecord | undefined,
  holder: { identity: string; durationMs: number; now: number },
): LeaseRecord {
  const held = previous?.holderIdentity === holder.identity;
  const now = microTime(holder.now);
  return {
    ...previous,
    holderIdentity: holder.identity,
    leaseDurationSeconds: Math.ceil(holder.durationMs / 1000),
    acquireTime: (held && previous.acquireTime) || now,
    renewTime: now,
    leaseTransitions: previous ? (previous.leaseTransitions ?? 0) + (held ? 0 : 1) : 0,
  };
}

/** The record of a lease that nobody holds: free at once for everybody. */
export function disclaim(previous: LeaseRecord, now: number): LeaseRecord {
  const at = microTime(now);
  return { ...previous, holderIdentity: "", leaseDurationSeconds: 1, renewTime: at, acquireTime: at };
}
