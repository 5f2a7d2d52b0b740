import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { InformerMetrics } from "../kube/informer.ts";
import type { QueueMetrics, WorkQueue } from "./workqueue.ts";

/** How a reconcile ended, in controller-runtime's words. */
export type ReconcileResult = "success" | "error" | "requeue_after" | "requeue";

export interface ControllerMetrics {
  ended(result: ReconcileResult, seconds: number): void;
  error(): void;
  terminalError(): void;
  panic(): void;
  timeout(): void;
}

/** One answer of the API server, or with code `<error>` none. */
export interface RequestSeen {
  method: string;
  code: string | number;
  host: string;
  seconds: number;
}

const RESULTS: ReconcileResult[] = ["success", "error", "requeue_after", "requeue"];

/** controller-runtime's buckets, so that its dashboards read ours. */
const RECONCILE_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
const QUEUE_SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900];
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

const HELP = {
  rest_client_requests_total: "Answers of the API server by status, or code <error> when there was none.",
  rest_client_request_duration_seconds: "Time from a request to the API server until its answer.",
  controller_runtime_reconcile_total: "Reconciles by how they ended.",
  controller_runtime_reconcile_errors_total: "Reconciles that failed.",
  controller_runtime_terminal_reconcile_errors_total:
    "Reconciles that failed and are not retried: the user has to act.",
  controller_runtime_reconcile_panics_total: "Reconciles that failed by a bug (TypeError and its like).",
  controller_runtime_reconcile_timeouts_total: "Reconciles that were aborted because they took too long.",
  controller_runtime_reconcile_time_seconds: "Time that a reconcile took.",
  controller_runtime_max_concurrent_reconciles: "Reconciles that may run at the same time.",
  controller_runtime_active_workers: "Reconciles that run now.",
  workqueue_depth: "Keys that wait for a worker.",
  workqueue_adds_total: "Keys added.",
  workqueue_retries_total: "Keys added again after a failure.",
  workqueue_queue_duration_seconds: "Time a key waited for a worker.",
  workqueue_work_duration_seconds: "Time a worker held a key.",
  workqueue_unfinished_work_seconds: "Age of the work in hand, summed over the workers.",
  workqueue_longest_running_processor_seconds: "Age of the oldest work in hand.",
  informer_relists_total: "Collections listed, at the start or because the watch had fallen behind.",
  informer_watch_restarts_total: "Watches that ended, by why.",
  informer_faults_total: "Handlers, indexes and transforms that have thrown.",
  informer_objects: "Objects in the copy of the collection.",
  informer_last_event_timestamp_seconds: "When the server was last heard of, seconds since the epoch.",
  leader_election_master_status: "1 while this process leads, else 0.",
} as const;
type Name = keyof typeof HELP;

/**
 * One registry with the names that Go operators use, so that existing dashboards and alerts work unchanged.
 * Every label set that is known at start begins at 0: a rate over a series that appears with its first
 * error would miss that error. Parts register their own metrics in `registry`.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly #requests = this.#counter("rest_client_requests_total", ["code", "method", "host"]);
  readonly #requestSeconds = this.#histogram("rest_client_request_duration_seconds", ["verb", "host"], REQUEST_SECONDS);

  readonly #reconciles = this.#counter("controller_runtime_reconcile_total", ["controller", "result"]);
  readonly #errors = this.#counter("controller_runtime_reconcile_errors_total", ["controller"]);
  readonly #terminalErrors = this.#counter("controller_runtime_terminal_reconcile_errors_total", ["controller"]);
  readonly #panics = this.#counter("controller_runtime_reconcile_panics_total", ["controller"]);
  readonly #timeouts = this.#counter("controller_runtime_reconcile_timeouts_total", ["controller"]);
  readonly #seconds = this.#histogram("controller_runtime_reconcile_time_seconds", ["controller"], RECONCILE_SECONDS);
  readonly #maxConcurrent = this.#read("controller_runtime_max_concurrent_reconciles", ["controller"]);
  readonly #activeWorkers = this.#read("controller_runtime_active_workers", ["controller"]);

  readonly #depth = this.#read("workqueue_depth", ["name", "controller"]);
  readonly #adds = this.#counter("workqueue_adds_total", ["name", "controller"]);
  readonly #retries = this.#counter("workqueue_retries_total", ["name", "controller"]);
  readonly #waited = this.#histogram("workqueue_queue_duration_seconds", ["name", "controller"], QUEUE_SECONDS);
  readonly #worked = this.#histogram("workqueue_work_duration_seconds", ["name", "controller"], QUEUE_SECONDS);
  readonly #unfinished = this.#read("workqueue_unfinished_work_seconds", ["name", "controller"]);
  readonly #longest = this.#read("workqueue_longest_running_processor_seconds", ["name", "controller"]);

  readonly #relists = this.#counter("informer_relists_total", ["resource", "reason"]);
  readonly #watchRestarts = this.#counter("informer_watch_restarts_total", ["resource", "reason"]);
  readonly #faults = this.#counter("informer_faults_total", ["resource"]);
  readonly #objects = this.#read("informer_objects", ["resource"]);
  readonly #lastEvent = this.#read("informer_last_event_timestamp_seconds", ["resource"]);

  readonly #leading = this.#read("leader_election_master_status", ["name"]);

  /** For the transport's `onRequest`. */
  readonly onRequest = ({ method, code, host, seconds }: RequestSeen): void => {
    this.#requests.inc({ code, method, host });
    this.#requestSeconds.observe({ verb: method, host }, seconds);
  };

  /** `active` is asked at each scrape for the reconciles that run. */
  controller(controller: string, workers: { concurrency: number; active: () => number }): ControllerMetrics {
    const labels = { controller };
    for (const result of RESULTS) this.#reconciles.inc({ controller, result }, 0);
    for (const counter of [this.#errors, this.#terminalErrors, this.#panics, this.#timeouts]) counter.inc(labels, 0);
    this.#seconds.zero(labels);
    this.#maxConcurrent(labels, () => workers.concurrency);
    this.#activeWorkers(labels, workers.active);
    return {
      ended: (result, seconds) => {
        this.#reconciles.inc({ controller, result });
        this.#seconds.observe(labels, seconds);
      },
      error: () => this.#errors.inc(labels),
      terminalError: () => this.#terminalErrors.inc(labels),
      panic: () => this.#panics.inc(labels),
      timeout: () => this.#timeouts.inc(labels),
    };
  }

  /** `queue` is asked at each scrape for what is so at the moment; what happens, the queue tells the returned value. */
  queue(name: string, queue: () => WorkQueue): QueueMetrics {
    const labels = { name, controller: name };
    for (const counter of [this.#adds, this.#retries]) counter.inc(labels, 0);
    for (const histogram of [this.#waited, this.#worked]) histogram.zero(labels);
    this.#depth(labels, () => queue().length);
    this.#unfinished(labels, () => queue().unfinished().totalMs / 1000);
    this.#longest(labels, () => queue().unfinished().longestMs / 1000);
    return {
      added: () => this.#adds.inc(labels),
      retried: () => this.#retries.inc(labels),
      taken: (ms) => this.#waited.observe(labels, ms / 1000),
      done: (ms) => this.#worked.observe(labels, ms / 1000),
    };
  }

  /** What an informer tells as it happens; `resource` is the plural name of what it holds. */
  informer(resource: string): InformerMetrics {
    for (const reason of ["start", "expired"]) this.#relists.inc({ resource, reason }, 0);
    for (const reason of ["closed", "inactive", "expired", "error"]) this.#watchRestarts.inc({ resource, reason }, 0);
    this.#faults.inc({ resource }, 0);
    return {
      listed: (reason) => this.#relists.inc({ resource, reason }),
      watchEnded: (reason) => this.#watchRestarts.inc({ resource, reason }),
      faulted: () => this.#faults.inc({ resource }),
    };
  }

  /** What an informer is asked for at each scrape; `lastContact` in milliseconds since the epoch. */
  cache(resource: string, informer: { readonly size: number; readonly lastContact: number }): void {
    this.#objects({ resource }, () => informer.size);
    this.#lastEvent({ resource }, () => informer.lastContact / 1000);
  }

  /** `name` is the Lease's; `isLeader` is asked at each scrape, so a stale 1 is never shown. */
  leader(name: string, isLeader: () => boolean): void {
    this.#leading({ name }, () => Number(isLeader()));
  }

  #counter<L extends string>(name: Name, labelNames: L[]): Counter<L> {
    return new Counter({ name, help: HELP[name], labelNames, registers: [this.registry] });
  }

  #histogram<L extends string>(name: Name, labelNames: L[], buckets: number[]): Histogram<L> {
    return new Histogram({ name, help: HELP[name], labelNames, buckets, registers: [this.registry] });
  }

  /** A gauge that reads its values when it is scraped, and so costs nothing in between. */
  #read<L extends string>(name: Name, labelNames: L[]): (labels: Record<L, string>, read: () => number) => void {
    const series: { labels: Record<L, string>; read: () => number }[] = [];
    const gauge: Gauge<L> = new Gauge({
      name,
      help: HELP[name],
      labelNames,
      registers: [this.registry],
      collect: () => series.forEach(({ labels, read }) => gauge.set(labels, read())),
    });
    return (labels, read) => series.push({ labels, read });
  }
}

/** The metrics of an operator process: ours and those of Node itself (CPU, memory, event-loop lag, garbage collection). */
export function createMetrics(): Metrics {
  const metrics = new Metrics();
  // Sampled every 50 ms: at the default of 10 ms the sampling alone takes 0.4 CPU seconds a minute.
  collectDefaultMetrics({ register: metrics.registry, eventLoopMonitoringPrecision: 50 });
  return metrics;
}
