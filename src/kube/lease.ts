import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import { Attempt } from "./attempt.ts";
import type { Client } from "./client.ts";
import { isAlreadyExists, isConflict, isNotFound, KubeError } from "./errors.ts";
import { claim, disclaim, LeaseWatch } from "./lease-record.ts";
import { keyOf, leases, type Lease, type Ref } from "./resource.ts";

export interface LeaderElectorOptions {
  /** Without `beforeWrite`, and on a transport of its own, so that no other traffic delays a renewal. */
  client: Client;
  clock: Clock;
  log: Logger;
  lease: Ref;
  /** Unique per process, such as `hostname_uuid`. */
  identity: string;
  /** How long the others wait for a renewal before they take over. */
  leaseDurationMs?: number;
  /** How long after its last renewal the leader still counts itself as one; shorter than the duration. */
  renewDeadlineMs?: number;
  retryPeriodMs?: number;
  random?: () => number;
}

/**
 * A candidate looks every 1 to 1.2 retry periods. client-go waits up to 2.2; a late look counts as a late renewal, so
 * the shorter wait has a dead leader replaced within its lease duration plus 1.2 retry periods.
 */
const JITTER = 1.2;

/**
 * Leader election on a Lease, by client-go's algorithm. Clocks of different machines are never compared: another
 * holder's lease is over when its record has not changed for its own `leaseDurationSeconds` of our monotonic time.
 *
 * A leader that was stopped (SIGSTOP, a blocked event loop, a frozen node) is not one when it resumes: `isLeader`
 * asks the monotonic clock, which went on meanwhile.
 */
export class LeaderElector {
  readonly #options: Required<LeaderElectorOptions>;
  readonly #watch: LeaseWatch;
  /** What we wrote last, to renew without reading first. */
  #written: Lease | undefined;
  /** Monotonic start of the last successful write; the others begin to count later than that. */
  #renewedAt = -Infinity;
  #released = false;
  #round: Promise<unknown> = Promise.resolve();

  /** Why the last round failed; undefined after one that got an answer. */
  lastError: unknown = undefined;
  /** Whether the last round got an answer from the API server. */
  canContactServer = false;

  /** Throws a RangeError unless duration > deadline > 1.2 x retry period. */
  constructor(options: LeaderElectorOptions) {
    this.#options = {
      leaseDurationMs: 15_000,
      renewDeadlineMs: 10_000,
      retryPeriodMs: 2000,
      random: Math.random,
      ...options,
    };
    const { leaseDurationMs, renewDeadlineMs, retryPeriodMs } = this.#options;
    this.#watch = new LeaseWatch(leaseDurationMs);
    if (leaseDurationMs <= renewDeadlineMs || renewDeadlineMs <= JITTER * retryPeriodMs)
      throw new RangeError("leader election needs leaseDuration > renewDeadline > 1.2 x retryPeriod");
  }

  get isLeader(): boolean {
    return this.#msLeft() > 0;
  }

  /** For a client's `beforeWrite`: throws a KubeError with reason NotLeader unless this process leads. */
  readonly assertLeader = (): void => {
    if (this.isLeader) return;
    const message = `held back: this process does not hold the lease ${keyOf(this.#options.lease)}`;
    throw new KubeError(message, { status: 0, reason: "NotLeader" });
  };

  /**
   * Waits for the lease, calls `onStarted`, and renews until `signal` aborts or the lease is lost. A loss aborts the
   * signal given to `onStarted` and calls `onLost`, where the process should end without any further write.
   * After an abort the lease is neither renewed nor given up: drain first, then abort, then `release`.
   */
  async run(
    signal: AbortSignal,
    handlers: { onStarted: (leading: AbortSignal) => void; onLost: () => void },
  ): Promise<void> {
    const { log, identity, lease } = this.#options;
    await this.#acquire(signal);
    if (this.#over(signal)) return;
    log.info({ lease: keyOf(lease), identity }, "leading");
    const leading = new AbortController();
    handlers.onStarted(leading.signal);
    await this.#keep(signal);
    const lost = !this.#over(signal);
    if (lost) this.#renewedAt = -Infinity;
    leading.abort();
    if (!lost) return;
    log.error({ lease: keyOf(lease), identity, err: this.lastError }, "the lease is lost");
    handlers.onLost();
  }

  /** Gives the lease up, so that another process can take it at once. Best effort; does nothing when not leading. */
  async release(): Promise<void> {
    const { client, clock, lease: ref, identity, log } = this.#options;
    const led = this.isLeader;
    this.#released = true;
    this.#renewedAt = -Infinity;
    if (!led) return;
    await this.#round;
    try {
      await this.#bounded(async (signal) => {
        const lease = await client.get(leases, ref, { signal });
        if (lease.spec?.holderIdentity !== identity) return;
        await client.replace(leases, { ...lease, spec: disclaim(lease.spec, clock.now()) }, { signal });
        log.info({ lease: keyOf(ref) }, "the lease is released");
      });
    } catch (err) {
      log.warn({ lease: keyOf(ref), err }, "the lease could not be released; it ends by itself");
    }
  }

  /** Resolves when we lead, or when it is over. */
  async #acquire(signal: AbortSignal): Promise<void> {
    const { clock, retryPeriodMs, random } = this.#options;
    while (!this.#over(signal)) {
      if ((await this.#tryOnce(signal)) === "held" && this.isLeader) return;
      const waitMs = retryPeriodMs * (1 + (JITTER - 1) * random());
      const expiresInMs = this.#watch.expiresAt - clock.monotonic() + 10;
      await this.#sleep(expiresInMs > 0 ? Math.min(waitMs, expiresInMs) : waitMs, signal);
    }
  }

  /** Resolves when the lease is lost, or when it is over. */
  async #keep(signal: AbortSignal): Promise<void> {
    while (!this.#over(signal) && this.isLeader) {
      await this.#sleep(Math.min(this.#options.retryPeriodMs, this.#msLeft()), signal);
      // A process that was stopped meanwhile finds its time used up here: it must not renew as if nothing had been.
      if (this.#over(signal) || !this.isLeader) return;
      if ((await this.#tryOnce(signal)) === "foreign") return;
    }
  }

  /** One round within its time limit; never rejects. */
  async #tryOnce(signal: AbortSignal): Promise<Round> {
    const round = this.#bounded((limited) => this.#takeOrRenew(limited), signal);
    this.#round = round.catch(() => undefined);
    try {
      const outcome = await round;
      this.lastError = undefined;
      this.canContactServer = true;
      return outcome;
    } catch (error) {
      if (this.#over(signal)) return "failed";
      this.lastError = error;
      this.canContactServer = error instanceof KubeError && error.status > 0;
      this.#options.log.warn({ lease: keyOf(this.#options.lease), err: error }, "a lease round failed");
      return "failed";
    }
  }

  /** Writes the lease when it is ours, free or expired. What we wrote last is tried first, then what is read. */
  async #takeOrRenew(signal: AbortSignal): Promise<Round> {
    const startedAt = this.#options.clock.monotonic();
    for (let known = this.#written; ; known = undefined) {
      this.#written = undefined;
      const lease = known ?? (await this.#read(signal));
      if (lease && !this.#mayTake(lease)) return "foreign";
      if (this.#released) return "failed";
      try {
        this.#written = await this.#write(lease, signal);
        this.#renewedAt = startedAt;
        return "held";
      } catch (error) {
        // Somebody wrote since: who, the next reading tells.
        if (!isConflict(error) && !isNotFound(error) && !isAlreadyExists(error)) throw error;
        if (!known) return "failed";
      }
    }
  }

  async #read(signal: AbortSignal): Promise<Lease | undefined> {
    const { client, clock, lease: ref } = this.#options;
    try {
      const lease = await client.get(leases, ref, { signal });
      this.#watch.observe(lease.spec, clock.monotonic());
      return lease;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return undefined;
    }
  }

  #mayTake(lease: Lease): boolean {
    const { clock, identity } = this.#options;
    const holder = lease.spec?.holderIdentity;
    return !holder || holder === identity || clock.monotonic() > this.#watch.expiresAt;
  }

  #write(lease: Lease | undefined, signal: AbortSignal): Promise<Lease> {
    const { client, clock, identity, leaseDurationMs, lease: ref } = this.#options;
    const spec = claim(lease?.spec, { identity, durationMs: leaseDurationMs, now: clock.now() });
    if (!lease) return client.create(leases, { metadata: { ...ref }, spec }, { signal });
    return client.replace(leases, { ...lease, spec }, { signal });
  }

  /** Half the deadline, a second at least; a leader never waits past the end of its own time. */
  async #bounded<T>(call: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const { clock, lease, renewDeadlineMs } = this.#options;
    const limitMs = Math.max(1000, renewDeadlineMs / 2);
    const timeMs = this.isLeader ? Math.min(limitMs, this.#msLeft()) : limitMs;
    const attempt = new Attempt({ doing: `hold lease ${keyOf(lease)}`, signal }, clock, timeMs);
    try {
      return await attempt.until(call(attempt.signal));
    } finally {
      attempt.end();
    }
  }

  #msLeft(): number {
    return this.#renewedAt + this.#options.renewDeadlineMs - this.#options.clock.monotonic();
  }

  #over(signal: AbortSignal): boolean {
    return signal.aborted || this.#released;
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(ms, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

/** How a round ended: we hold the lease, another holder's record stands, or neither is known. */
type Round = "held" | "foreign" | "failed";
