import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Condition, ConditionType } from "../../src/api/v1alpha1/conditions.ts";
import { parseDuration } from "../../src/api/v1alpha1/duration.ts";
import { createClient, type Client } from "../../src/kube/client.ts";
import type { ClusterConfig } from "../../src/kube/config.ts";
import { isNotFound } from "../../src/kube/errors.ts";
import type { Event, KubeObject, Resource } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import type { AuditEvent, AuditFilter } from "../../dev/cluster/audit-log.ts";
import { CatchingUp } from "./catching-up.ts";
import { useCluster } from "./cluster.ts";
import { installCrds } from "./crds.ts";
import { FakeClock } from "./fake-clock.ts";
import { assertHarmless } from "./harmless.ts";
import { InFlight } from "./in-flight.ts";
import { NamespaceView } from "./namespace-view.ts";
import { OperatorInstance } from "./operator-instance.ts";
import { createPrometheusStub, type PrometheusStub } from "./prometheus-stub.ts";
import { becomeOperator, SERVICE_ACCOUNT } from "./rbac.ts";

/**
 * The operator as it is (controllers, caches, manager), in this process, against the real API server, as its own
 * ServiceAccount with exactly its rights. Everything that it decides on runs on a clock that the test moves: a step
 * of the clock ends when all that it set off is over, at the API server and in the caches too.
 */

export interface HarnessOptions {
  /** The time at which the test begins. */
  start?: string;
  evaluationInterval?: string;
  /** Services that are reconciled at the same time. */
  concurrency?: number;
  /** A folder with holiday years. */
  holidaysDir?: string;
  /** What every count of the test's Deployments must lie in, whatever happens; default S0's 2 and 20. */
  bounds?: readonly [least: number, most: number];
  /** False: several tests share it, and the one who started it closes it. */
  endsWithTest?: boolean;
  /** Plurals of what the test has the operator ask for without a right to it. */
  refused?: readonly string[];
  /** The Prometheus of services that name none; default a stub of the harness's own. */
  prometheus?: PrometheusStub;
  /** Another Prometheus that services of the test ask. */
  beside?: PrometheusStub;
}

/** How long something of a step may take before the test gives up on it, in real time. */
const LONGEST_STEP_MS = 20_000;
/** Turns of the event loop without anything under way that prove calm. */
const CALM_TURNS = 3;

let crds: Promise<void> | undefined;

/** An operator in a namespace of its own, with a Prometheus that the test scripts; both end with the test. */
export async function startOperator(options: HarnessOptions = {}): Promise<OperatorHarness> {
  const cluster = await useCluster();
  await (crds ??= installCrds(cluster));
  const prometheus = options.prometheus ?? (await createPrometheusStub());
  const harness = new OperatorHarness(cluster, prometheus, options);
  if (options.endsWithTest ?? true) onTestFinished(() => harness.close());
  await harness.begin();
  return harness;
}

export class OperatorHarness {
  readonly namespace = `case-${randomBytes(4).toString("hex")}`;
  readonly clock: FakeClock;
  readonly prometheus: PrometheusStub;
  /** What there is, as admin sees it. */
  readonly view: NamespaceView;
  /** What the operator has logged, line by line. */
  readonly logged: string[] = [];
  readonly #cluster: ClusterAccess;
  readonly #options: HarnessOptions;
  readonly #admin: Client & { transport: Transport };
  readonly #catchingUp = new CatchingUp();
  readonly #inFlight: { api: InFlight; prometheus: readonly { stub: PrometheusStub; requests: InFlight }[] };
  readonly #end = new AbortController();
  #identity: ClusterConfig | undefined;
  #prometheusUrl: string;
  #instance: OperatorInstance | undefined;

  constructor(cluster: ClusterAccess, prometheus: PrometheusStub, options: HarnessOptions) {
    this.#cluster = cluster;
    this.prometheus = prometheus;
    this.#prometheusUrl = prometheus.url;
    this.#options = options;
    this.clock = new FakeClock(options.start ?? "2027-01-12T08:00:00Z", () => this.settle());
    const transport = createTransport({ config: cluster.adminConfig(), clock: realClock });
    this.#admin = createClient(this.#catchingUp.following(transport), { fieldManager: "test" });
    this.view = new NamespaceView({ client: this.#admin, namespace: this.namespace, clock: this.clock });
    const stubs = [prometheus, ...(options.beside ? [options.beside] : [])];
    this.#inFlight = {
      api: new InFlight(cluster.server),
      prometheus: stubs.map((stub) => ({ stub, requests: new InFlight(stub.url) })),
    };
  }

  async begin(): Promise<void> {
    this.#identity = await becomeOperator(this.#cluster, this.#admin, this.namespace);
    for (const [plural, informer] of this.view.informers) this.#catchingUp.expectOf(plural, informer);
    await this.view.follow(this.#end.signal);
    await this.#start();
  }

  /** Creates objects, with the namespace put in, and waits for what the operator makes of them. */
  async create<T extends KubeObject>(resource: Resource<T>, ...objects: NoInfer<T>[]): Promise<void> {
    for (const object of objects) {
      const metadata = { ...object.metadata, ...(resource.namespaced ? { namespace: this.namespace } : {}) };
      await this.#admin.create(resource, { ...object, metadata });
    }
    await this.settle();
  }

  /** Changes an object by a merge patch. */
  async change(resource: Resource, name: string, patch: object, subresource?: string): Promise<void> {
    await this.#admin.patch(
      resource,
      this.#ref(resource, name),
      patch,
      subresource === undefined ? {} : { subresource },
    );
    await this.settle();
  }

  /** The object as it is now; undefined when there is none. */
  async read<T extends KubeObject>(resource: Resource<T>, name: string): Promise<T | undefined> {
    try {
      return await this.#admin.get<T>(resource, this.#ref(resource, name));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async remove(resource: Resource, name: string): Promise<void> {
    await this.#admin.delete(resource, this.#ref(resource, name));
    await this.settle();
  }

  /** Lets time pass, timer by timer. */
  async advance(duration: string): Promise<void> {
    await this.clock.advance(parseDuration(duration));
  }

  /** Lets time pass up to a moment, timer by timer. */
  async advanceTo(moment: string): Promise<void> {
    await this.clock.advance(Date.parse(moment) - this.clock.now());
  }

  /** Lets time pass until so many more evaluations are over. */
  async evaluate(times = 1): Promise<void> {
    const wanted = (await this.evaluations()) + times;
    const limit = this.clock.now() + 2 * times * this.#intervalMs + 60_000;
    while ((await this.evaluations()) < wanted) {
      if (!(await this.clock.step(limit))) throw new Error(`no evaluation by ${new Date(limit).toISOString()}`);
    }
  }

  /** Ends the process and starts the next one, `after` so much time without any; it may be told of another Prometheus. */
  async restart(after = "0s", prometheusUrl = this.#prometheusUrl): Promise<void> {
    this.#prometheusUrl = prometheusUrl;
    await this.#stop();
    await this.clock.advance(parseDuration(after));
    await this.#start();
  }

  get replicas(): number {
    return this.replicasOf("inv-api");
  }

  replicasOf(deployment: string): number {
    return this.view.deployments.now(deployment).spec?.replicas ?? Number.NaN;
  }

  condition(type: ConditionType, service = "inv"): Condition | undefined {
    return this.view.services.now(service).status?.conditions?.find((condition) => condition.type === type);
  }

  /** The Events about a service. */
  eventsOf(service = "inv"): Event[] {
    const all = this.view.events.informer.list() as Event[];
    return all.filter(({ regarding }) => regarding?.kind === "InvoiceService" && regarding.name === service);
  }

  /** Evaluations of this process. */
  evaluations(): Promise<number> {
    return this.#running.sum("invoiceops_evaluations_total");
  }

  /** Reconciles of InvoiceServices by this process, or those with one result. */
  reconciles(result?: string): Promise<number> {
    return this.#running.sum("controller_runtime_reconcile_total", {
      controller: "invoiceservice",
      ...(result === undefined ? {} : { result }),
    });
  }

  /** What /metrics shows. */
  metricsText(): Promise<string> {
    return this.#running.metricsText();
  }

  /** The operator's requests so far, from the API server's audit log. */
  requests(filter: AuditFilter = {}): Promise<AuditEvent[]> {
    return this.#cluster.auditEvents({ user: `system:serviceaccount:${this.namespace}:${SERVICE_ACCOUNT}`, ...filter });
  }

  /** Resolves when nothing is under way and every cache has what was written. */
  async settle(): Promise<void> {
    const giveUpAt = realClock.monotonic() + LONGEST_STEP_MS;
    for (let calm = 0; calm < CALM_TURNS;) {
      const busy = await this.#busy();
      calm = busy === undefined ? calm + 1 : 0;
      // Whoever waits for an answer that never comes cannot be told from who is about to do something: look longer.
      if (calm > 0 && !this.#hanging) await nextTurn();
      else if (realClock.monotonic() < giveUpAt) await pause(calm > 0 ? 3 : 1);
      else throw new Error(`no calm within ${LONGEST_STEP_MS} ms: ${busy}`);
    }
  }

  /** Ends everything, and holds the operator to what is true in every case. */
  async close(): Promise<void> {
    await this.prometheus.close();
    try {
      await this.#stop();
      assert.equal(this.clock.pending, 0, "timers left behind");
      const { bounds = [2, 20], refused = [] } = this.#options;
      assertHarmless(this.view, await this.requests(), { bounds, refused });
    } finally {
      this.#end.abort();
      this.#inFlight.api.close();
      for (const { requests } of this.#inFlight.prometheus) requests.close();
      await this.#admin.transport.close();
    }
  }

  get #running(): OperatorInstance {
    if (!this.#instance) throw new Error("the operator does not run");
    return this.#instance;
  }

  get #intervalMs(): number {
    return parseDuration(this.#options.evaluationInterval ?? "30s");
  }

  /** Somebody waits for an answer that never comes, and goes on when the clock does. */
  get #hanging(): boolean {
    return this.#inFlight.prometheus.some(({ stub }) => stub.hanging > 0);
  }

  #ref({ namespaced }: Resource, name: string): { name: string; namespace?: string } {
    return namespaced ? { name, namespace: this.namespace } : { name };
  }

  async #start(): Promise<void> {
    this.#instance = new OperatorInstance({
      config: this.#identity ?? this.#cluster.adminConfig(),
      namespace: this.namespace,
      prometheusUrl: this.#prometheusUrl,
      clock: this.clock,
      evaluationIntervalMs: this.#intervalMs,
      concurrency: this.#options.concurrency ?? 10,
      ...(this.#options.holidaysDir === undefined ? {} : { holidaysDir: this.#options.holidaysDir }),
      catchingUp: this.#catchingUp,
      onLog: (line) => this.logged.push(line),
    });
    await this.#instance.ready();
    await this.settle();
  }

  async #stop(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    await instance?.stop();
  }

  /** What is under way; undefined when nothing is. */
  async #busy(): Promise<string | undefined> {
    const { api, prometheus } = this.#inFlight;
    if (api.count > 0) return `${api.count} requests to the API server`;
    for (const { stub, requests } of prometheus) {
      if (requests.count !== stub.hanging) return `${requests.count} queries, of which ${stub.hanging} hang`;
    }
    if (this.#instance && !this.#hanging) {
      const waiting = await this.#instance.sum("workqueue_depth");
      const working = await this.#instance.sum("controller_runtime_active_workers");
      if (waiting + working > 0) return `${working} reconciles, ${waiting} more wait`;
    }
    const { missing } = this.#catchingUp;
    return missing.length > 0 ? `caches wait for ${missing.join(", ")}` : undefined;
  }
}
