import type { Informer } from "../kube/informer.ts";
import type { LeaderElector } from "../kube/lease.ts";
import type { KubeObject } from "../kube/resource.ts";
import type { Clock } from "./clock.ts";
import type { Controller } from "./controller.ts";
import { Group, type Runnable } from "./group.ts";
import type { ProbeServer } from "./health.ts";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";

export type { Runnable };

type Cache = Pick<Informer<KubeObject>, "run" | "synced" | "hasSynced" | "lastContact" | "size">;
type Elector = Pick<LeaderElector, "run" | "release" | "isLeader" | "canContactServer" | "lastError">;
type Probes = Pick<ProbeServer, "addLiveness" | "addReadiness" | "listen" | "close">;

export interface ManagerOptions {
  /** Label of the leadership metric; default "invoiceops". */
  name?: string;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  health: Probes;
  /** Left out, this process leads without asking. */
  elector?: Elector;
  /** How long reconciles in hand may take to end before their signals abort; default 30 s. */
  drainTimeoutMs?: number;
}

/** Another process may be leading by now: exit without another write, and without waiting for anything. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
}

const SYNC_TIMEOUT_MS = 120_000;
const DRAIN_TIMEOUT_MS = 30_000;
/** For what has been told to stop and has no work to finish. */
const STOP_TIMEOUT_MS = 5_000;
/** Beyond this the caches are too old for what this process says to be believed. */
const LONGEST_SILENCE_MS = 5 * 60_000;

/**
 * Starts and stops the parts of an operator process, in controller-runtime's order:
 *
 * - start: probes and metrics (before the caches, or a slow first list gets the process killed) → informers, until
 *   all have listed → what runs on every replica → leader election → what only the leader runs, controllers.
 * - stop: not ready → what runs on every replica → controllers, which finish what they have in hand → informers →
 *   probes and metrics → the lease, last, when nothing of ours can write any more.
 *
 * A process that does not lead is ready and keeps its caches warm. The stop takes 50 s at most; give the pod a minute.
 */
export class Manager {
  readonly #options: ManagerOptions;
  readonly #informers: { name: string; informer: Cache }[] = [];
  readonly #everywhere: Runnable[] = [];
  readonly #leaderOnly: Runnable[] = [];

  readonly #failed = Promise.withResolvers<never>();
  readonly #lost = Promise.withResolvers<never>();
  readonly #cut = new AbortController();
  readonly #caches = new Group(this.#failed.reject);
  readonly #others = new Group(this.#failed.reject);
  readonly #election = new Group(this.#failed.reject);
  readonly #leading = new Group(this.#failed.reject);
  #running = false;
  #hasLed = false;
  #stopping = false;

  constructor(options: ManagerOptions) {
    this.#options = options;
    const { name = "invoiceops", health, metrics, elector } = options;
    health.addReadiness("running", () => (this.#stopping ? "the process stops" : undefined));
    health.addReadiness("caches", () => this.#cacheProblem());
    metrics.leader(name, () => elector?.isLeader ?? this.#hasLed);
    if (!elector) return;
    health.addReadiness("leader election", () => electionProblem(elector));
    health.addLiveness("lease", () => (this.#hasLed && !elector.isLeader ? "not renewed in time" : undefined));
  }

  /**
   * `name` for messages and metrics: the plural name of the kind. One that is added while the manager runs starts at
   * once and does not count for readiness: its kind is one that some user's object names, and may never list.
   */
  addInformer(informer: Cache, name: string): void {
    this.#options.metrics.cache(name, informer);
    if (this.#running) this.#follow(name, informer);
    else this.#informers.push({ name, informer });
  }

  addRunnable(runnable: Runnable, { leaderOnly }: { leaderOnly: boolean }): void {
    (leaderOnly ? this.#leaderOnly : this.#everywhere).push(runnable);
  }

  /** Controllers write, so only the leader runs them. */
  addController(controller: Controller): void {
    const run = (signal: AbortSignal): Promise<void> => controller.run(signal, this.#cut.signal);
    this.#leaderOnly.push({ name: controller.name, run });
  }

  /**
   * Runs until `signal` aborts and everything has stopped. Rejects, after an orderly stop, when a part has failed or
   * the informers have not listed within 2 min; and with a LeaseLostError at once, when the process has to exit.
   */
  async run(signal: AbortSignal): Promise<void> {
    const over = Promise.race([aborted(signal), this.#failed.promise, this.#lost.promise]);
    // Nobody listens to what fails after the end.
    for (const promise of [over, this.#failed.promise, this.#lost.promise]) promise.catch(() => {});
    try {
      await this.#start(over);
      await over;
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      this.#options.log.error({ error: messageOf(error) }, "a part has failed, stopping");
      await this.#stopUnlessLost();
      throw error;
    }
    await this.#stopUnlessLost();
  }

  async #start(over: Promise<void>): Promise<void> {
    const { health, elector, log } = this.#options;
    let isOver = false;
    const orOver = (step: Promise<unknown>): Promise<unknown> => Promise.race([step, over.then(() => (isOver = true))]);

    await health.listen();
    this.#running = true;
    for (const { name, informer } of this.#informers) this.#follow(name, informer);
    await orOver(this.#allListed());
    if (isOver) return;
    log.info({ informers: this.#informers.map(({ name }) => name) }, "all informers have listed");
    for (const runnable of this.#everywhere) this.#others.start(runnable);
    if (!elector) return this.#lead();
    const handlers = { onStarted: () => this.#lead(), onLost: () => this.#lose() };
    this.#election.start({ name: "leader election", run: (stop) => elector.run(stop, handlers) });
  }

  #follow(name: string, informer: Cache): void {
    this.#caches.start({ name: `informer of ${name}`, run: (stop) => informer.run(stop) });
  }

  async #allListed(): Promise<void> {
    const listed = Promise.all(this.#informers.map(({ informer }) => informer.synced));
    if (await this.#within(SYNC_TIMEOUT_MS, listed)) return;
    const missing = this.#informers.filter(({ informer }) => !informer.hasSynced).map(({ name }) => name);
    throw new Error(`not listed within ${SYNC_TIMEOUT_MS / 1000} s: ${missing.join(", ")}`);
  }

  #lead(): void {
    if (this.#stopping) return;
    this.#hasLed = true;
    for (const runnable of this.#leaderOnly) this.#leading.start(runnable);
  }

  /** No drain: each further write could undo one of the new leader's. */
  #lose(): void {
    const error = new LeaseLostError("the lease is lost");
    this.#cut.abort(error);
    for (const group of [this.#leading, this.#others, this.#caches]) void group.stop();
    this.#lost.reject(error);
  }

  #stopUnlessLost(): Promise<void> {
    return Promise.race([this.#stop(), this.#lost.promise]);
  }

  async #stop(): Promise<void> {
    const { health, elector, log } = this.#options;
    this.#stopping = true;
    log.info("stopping");
    await this.#within(STOP_TIMEOUT_MS, this.#others.stop());
    const drained = await this.#drain();
    await this.#within(STOP_TIMEOUT_MS, this.#caches.stop());
    await health.close();
    await this.#election.stop();
    if (drained) await elector?.release();
    log.info({ drained }, "stopped");
  }

  /** Whether all that the leader runs has ended; while something may still write, the lease must not be handed on. */
  async #drain(): Promise<boolean> {
    const { drainTimeoutMs = DRAIN_TIMEOUT_MS, log } = this.#options;
    const ended = this.#leading.stop();
    if (await this.#within(drainTimeoutMs, ended)) return true;
    log.warn({ running: this.#leading.running }, "not drained in time, cutting reconciles short");
    this.#cut.abort(new Error("the process stops"));
    return this.#within(STOP_TIMEOUT_MS, ended);
  }

  #cacheProblem(): string | undefined {
    const now = this.#options.clock.now();
    const problems = this.#informers.flatMap(({ name, informer }) => {
      if (!informer.hasSynced) return [`${name} not listed yet`];
      const silentMs = now - informer.lastContact;
      return silentMs < LONGEST_SILENCE_MS ? [] : [`${name} not heard of for ${Math.round(silentMs / 1000)} s`];
    });
    return problems.length > 0 ? problems.join(", ") : undefined;
  }

  /** Whether the promise resolves within the time. */
  async #within(ms: number, promise: Promise<unknown>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(ms, () => late.resolve(false));
    try {
      return await Promise.race([promise.then(() => true), late.promise]);
    } finally {
      cancel();
    }
  }
}

/** "False while no leader can be elected": a process that cannot even try must not look healthy. */
function electionProblem({ isLeader, canContactServer, lastError }: Elector): string | undefined {
  if (isLeader || (canContactServer && lastError === undefined)) return undefined;
  return lastError === undefined ? "not tried yet" : messageOf(lastError);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
