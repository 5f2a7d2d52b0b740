import { setImmediate as nextTurn } from "node:timers/promises";
import { isConflict, isNotLeader, KubeError } from "../kube/errors.ts";
import { keyOf, type KubeObject } from "../kube/resource.ts";
import type { Change } from "../kube/store.ts";
import type { Clock } from "./clock.ts";
import type { Logger } from "./logger.ts";
import type { ControllerMetrics, Metrics, ReconcileResult } from "./metrics.ts";
import type { Predicate } from "./predicates.ts";
import type { RateLimiter } from "./ratelimit.ts";
import { WorkQueue } from "./workqueue.ts";

/** Which object to look at. Never what happened to it: a reconcile reads all it needs and enforces all of it. */
export interface Request {
  namespace?: string;
  name: string;
}

/** Nothing: done until something changes. `requeueAfterMs`: look again by then, changed or not. */
export type Result = void | { requeueAfterMs: number };

export interface ReconcileContext {
  /** Aborts when the reconcile takes too long, or when the process cannot wait for it any longer. */
  signal: AbortSignal;
  log: Logger;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export type Reconciler = (request: Request, context: ReconcileContext) => Promise<Result>;

/** The object itself is wrong and only a change of it can help: counted and logged, not retried. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** Where changes come from; an Informer is one. */
export interface Source<T extends KubeObject> {
  /** Whether the first list is complete. */
  readonly hasSynced: boolean;
  /** Whoever comes late is told "added" for all that is there. The returned function ends the subscription. */
  onChange(handler: (change: Change<T>) => void): () => void;
}

export interface ControllerOptions {
  /** Label of the metrics and field of the log lines. */
  name: string;
  reconcile: Reconciler;
  /** Objects that are reconciled at the same time; default 1. */
  concurrency?: number;
  /** After how long a reconcile's signal aborts; default 2 min. */
  timeoutMs?: number;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  /** Spaces the retries; default: the back-off for work inside the cluster. */
  rateLimiter?: RateLimiter;
}

const TIMEOUT_MS = 120_000;
/** A reconcile that is asked for again "at once", because a time has just passed, must not become a busy loop. */
const SHORTEST_REQUEUE_MS = 100;
/** How long reconciles may run without letting the event loop turn. */
const TURN_MS = 10;

/**
 * Keeps one kind of object as it should be: changes put keys into a queue, workers reconcile them, a key at a time.
 * What a reconcile throws is logged, counted and retried; it never ends the worker.
 */
export class Controller {
  readonly name: string;
  readonly #options: Required<Omit<ControllerOptions, "rateLimiter">>;
  readonly #queue: WorkQueue;
  readonly #metrics: ControllerMetrics;
  readonly #subscribe: (() => () => void)[] = [];
  readonly #running = new Set<AbortController>();
  #cut: AbortSignal | undefined;
  #started = 0;
  #turnBegan = 0;

  constructor(options: ControllerOptions) {
    const { name, clock, metrics, concurrency = 1, timeoutMs = TIMEOUT_MS, rateLimiter } = options;
    this.name = name;
    this.#options = { ...options, concurrency, timeoutMs, log: options.log.child({ controller: name }) };
    this.#queue = new WorkQueue({ clock, limiter: rateLimiter, metrics: metrics.queue(name, () => this.#queue) });
    this.#metrics = metrics.controller(name, { concurrency, active: () => this.#running.size });
  }

  /** Asks for a reconcile as soon as a worker is free. */
  enqueue(request: Request, options?: { priority?: "low" | undefined }): void {
    this.#queue.add(keyOf(request), options);
  }

  /** Asks for a reconcile in `ms` at the latest. */
  enqueueAfter(request: Request, ms: number): void {
    this.#queue.addAfter(keyOf(request), ms);
  }

  /**
   * Reconciles when something changes there, from `run` on; objects that are there already come with low priority.
   * `map` names the objects to reconcile, by default the changed one itself; it is asked about the object before an
   * update too, so that one which is no longer referred to learns of it.
   */
  watch<T extends KubeObject>(
    source: Source<T>,
    options: { predicate?: Predicate<T>; map?: (object: T) => readonly Request[] } = {},
  ): void {
    const { predicate = () => true, map = ({ metadata }: T) => [metadata] } = options;
    this.#subscribe.push(() => {
      let subscribed = false;
      const unsubscribe = source.onChange((change) => {
        if (!predicate(change)) return;
        const wasThere = change.type === "added" && !(subscribed && source.hasSynced);
        const objects = [change.object, ...(change.previous ? [change.previous] : [])];
        for (const request of objects.flatMap(map)) this.enqueue(request, wasThere ? { priority: "low" } : {});
      });
      subscribed = true;
      return unsubscribe;
    });
  }

  /**
   * Works until `stop` aborts, then takes no new key and resolves when the reconciles in hand have ended.
   * `cut` aborts these.
   */
  async run(stop: AbortSignal, cut?: AbortSignal): Promise<void> {
    this.#cut = cut;
    onAbort(stop, () => void this.#queue.shutdown({ drain: false }));
    if (cut) onAbort(cut, () => this.#cutShort(cut.reason));
    const unsubscribes = this.#subscribe.map((subscribe) => subscribe());
    try {
      await Promise.all(Array.from({ length: this.#options.concurrency }, () => this.#work()));
    } finally {
      for (const unsubscribe of unsubscribes) unsubscribe();
    }
  }

  #cutShort(reason: unknown): void {
    void this.#queue.shutdown({ drain: false });
    for (const reconcile of this.#running) reconcile.abort(reason);
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.get(); key !== undefined; key = await this.#queue.get()) {
      try {
        await this.#process(key);
      } finally {
        this.#queue.done(key);
      }
      await this.#letOthersRun();
    }
  }

  async #process(key: string): Promise<void> {
    const { clock, log: parent, reconcile, timeoutMs } = this.#options;
    const request = requestOf(key);
    const log = parent.child({ ...request, reconcileID: ++this.#started });
    const abort = new AbortController();
    const startedAt = clock.monotonic();
    const cancelTimeout = clock.after(timeoutMs, () => {
      this.#metrics.timeout();
      abort.abort(new Error(`the reconcile took longer than ${timeoutMs} ms`));
    });
    this.#running.add(abort);
    let result: ReconcileResult;
    try {
      const context = { signal: abort.signal, log, now: () => clock.now() };
      result = this.#succeeded(key, await reconcile(request, context));
    } catch (error) {
      result = this.#failed(key, error, log);
    }
    cancelTimeout();
    this.#running.delete(abort);
    this.#metrics.ended(result, (clock.monotonic() - startedAt) / 1000);
  }

  #succeeded(key: string, result: Result): ReconcileResult {
    const ms = result?.requeueAfterMs;
    if (ms !== undefined && !Number.isFinite(ms))
      throw new TypeError(`the reconcile asked for a requeue after ${ms} ms`);
    this.#queue.forget(key);
    if (ms === undefined) return "success";
    this.#queue.addAfter(key, Math.max(ms, SHORTEST_REQUEUE_MS));
    return "requeue_after";
  }

  #failed(key: string, thrown: unknown, log: Logger): ReconcileResult {
    const error = thrown instanceof Error ? thrown : new Error(`thrown: ${String(thrown)}`);
    if (this.#cut?.aborted) {
      log.info({ error: error.message }, "reconcile cut short");
      return "requeue";
    }
    if (error instanceof TerminalError) {
      this.#metrics.terminalError();
      this.#metrics.error();
      log.error({ error: error.message }, "reconcile failed until the object changes");
      return "error";
    }
    const retryInMs = this.#queue.addRateLimited(key);
    if (isConflict(error) || isNotLeader(error)) {
      log.info({ error: error.message, retryInMs }, "reconcile starts again: somebody else wrote or leads");
      return "requeue";
    }
    if (isBug(error)) this.#metrics.panic();
    this.#metrics.error();
    // A KubeError says what was being done to which object; of anything else only the stack tells where it comes from.
    const where = error instanceof KubeError ? {} : { stack: error.stack };
    log.error({ error: error.message, ...where, retryInMs, failures: this.#queue.retries(key) }, "reconcile failed");
    return "error";
  }

  /**
   * Reconciles that find all they need in memory never leave the microtasks: without a pause 5,000 of them
   * would keep probes unanswered and the lease unrenewed.
   */
  async #letOthersRun(): Promise<void> {
    const { clock } = this.#options;
    if (clock.monotonic() - this.#turnBegan < TURN_MS) return;
    await nextTurn();
    this.#turnBegan = clock.monotonic();
  }
}

function requestOf(key: string): Request {
  const slash = key.indexOf("/");
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

/** What Go would have panicked on. */
function isBug(error: Error): boolean {
  return error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
}

function onAbort(signal: AbortSignal, run: () => void): void {
  if (signal.aborted) run();
  else signal.addEventListener("abort", run, { once: true });
}
