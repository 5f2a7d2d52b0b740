import { pino } from "pino";
import type { Counter, Gauge } from "prom-client";
import { createClient } from "../../src/kube/client.ts";
import type { ClusterConfig } from "../../src/kube/config.ts";
import type { Informer } from "../../src/kube/informer.ts";
import type { KubeObject } from "../../src/kube/resource.ts";
import { createTransport } from "../../src/kube/transport.ts";
import { createOperator, type Operator } from "../../src/operator/operator.ts";
import { realClock, type Clock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { Manager } from "../../src/runtime/manager.ts";
import { createMetrics } from "../../src/runtime/metrics.ts";
import type { CatchingUp } from "./catching-up.ts";

export interface InstanceOptions {
  /** As whom it speaks to the API server. */
  config: ClusterConfig;
  namespace: string;
  prometheusUrl: string;
  /** What it decides by. Its talk with the API server is timed by the real clock. */
  clock: Clock;
  evaluationIntervalMs: number;
  concurrency: number;
  holidaysDir?: string;
  /** Told of what it writes and of what its caches hold. */
  catchingUp: CatchingUp;
  /** Takes its log, line by line. */
  onLog: (line: string) => void;
}

/** One life of the operator, put together as main.ts does, without a lease and without probes. */
export class OperatorInstance {
  readonly #metrics = createMetrics();
  readonly #informers: Informer<KubeObject>[] = [];
  readonly #catchingUp: CatchingUp;
  readonly #operator: Operator;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #closeWire: () => Promise<void>;

  constructor({ config, namespace, catchingUp, onLog, ...options }: InstanceOptions) {
    this.#catchingUp = catchingUp;
    const metrics = this.#metrics;
    const wire = createTransport({ config, clock: realClock, onRequest: metrics.onRequest });
    const transport = catchingUp.following(wire);
    const manager = new Manager({ clock: realClock, log: silentLogger, metrics, health: NO_PROBES });
    this.#operator = createOperator({
      ...options,
      client: createClient(transport),
      transport,
      watchClock: realClock,
      log: pino({ level: "info", base: null }, { write: onLog }),
      metrics,
      instance: "instance",
      watchNamespaces: [namespace],
      onInformer: (informer, plural) => {
        this.#informers.push(informer);
        catchingUp.expectOf(plural, informer);
        manager.addInformer(informer, plural);
      },
    });
    for (const controller of this.#operator.controllers) manager.addController(controller);
    for (const runnable of [this.#operator.events, ...this.#operator.checks])
      manager.addRunnable(runnable, { leaderOnly: true });
    this.#running = manager.run(this.#stop.signal);
    this.#closeWire = () => wire.close();
  }

  /** Resolves when its caches are filled; rejects when it has failed. */
  async ready(): Promise<void> {
    await Promise.race([this.#running, Promise.all(this.#informers.map((informer) => informer.synced))]);
  }

  /** Ends it in order; rejects when it had failed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#operator.close();
    await this.#closeWire();
    for (const informer of this.#informers) this.#catchingUp.forget(informer);
  }

  /** What /metrics shows. */
  metricsText(): Promise<string> {
    return this.#metrics.registry.metrics();
  }

  /** The sum of a metric over its series that have these labels. */
  async sum(name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
    const metric = this.#metrics.registry.getSingleMetric(name) as Counter | Gauge;
    const { values } = await metric.get();
    const wanted = Object.entries(labels);
    return values
      .filter((series) => wanted.every(([label, value]) => series.labels[label] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}

const NO_PROBES = { addLiveness: () => {}, addReadiness: () => {}, listen: async () => 0, close: async () => {} };
