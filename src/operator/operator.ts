import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { BUILT_IN } from "../calendar/holidays/holiday-table.ts";
import type { Window } from "../calendar/window.ts";
import type { Client } from "../kube/client.ts";
import { EventRecorder } from "../kube/events.ts";
import type { Informer } from "../kube/informer.ts";
import { keyOf, type KubeObject, type Ref } from "../kube/resource.ts";
import type { Transport } from "../kube/transport.ts";
import { PrometheusClient } from "../prometheus/client.ts";
import { SharedQueries } from "../prometheus/shared-queries.ts";
import type { Clock } from "../runtime/clock.ts";
import { Controller, type Request } from "../runtime/controller.ts";
import type { Logger } from "../runtime/logger.ts";
import type { Metrics } from "../runtime/metrics.ts";
import type { Runnable } from "../runtime/manager.ts";
import { specOrMetadataChanged, updated } from "../runtime/predicates.ts";
import { ScalingPart } from "../scaling/part.ts";
import type { ScaledObject, WorkloadRef } from "../scaling/target.ts";
import { openCaches, openScaledObjects, openWorkloads, workloadKey, type CachedWorkload } from "../scaling/watched.ts";
import { CalendarMetrics } from "./calendar-metrics.ts";
import { Calendars, regimesOf } from "./calendars.ts";
import { Endpoints } from "./endpoint.ts";
import { Evaluations } from "./evaluations.ts";
import { FilingCalendarReconciler } from "./filing-calendar.ts";
import { holdFinalizer } from "./finalizer.ts";
import { ForecastStore } from "./forecast-store.ts";
import { History } from "./history.ts";
import { HolidayFiles } from "./holiday-files.ts";
import { InvoiceServiceReconciler } from "./invoice-service.ts";
import { filingCalendars, invoiceServices } from "./kinds.ts";
import { Outlooks } from "./outlook.ts";
import { PastLoader } from "./past-loader.ts";
import { Readings } from "./readings.ts";
import { ServiceMetrics } from "./service-metrics.ts";
import { StatusWriter } from "./status-writer.ts";
import { SyncWindowCheck } from "./sync-window-check.ts";
import { Watches } from "./watches.ts";

/** Puts the controllers together: what they watch, what wakes them, what they share. */

export interface OperatorOptions {
  client: Client;
  transport: Transport;
  clock: Clock;
  /** Times the watches: how long the server may be silent, and the waits after a failure. Default: `clock`. */
  watchClock?: Clock;
  log: Logger;
  metrics: Metrics;
  /** Which process this is, for Events. */
  instance: string;
  prometheusUrl?: string;
  /** Watch these namespaces alone; default all. */
  watchNamespaces?: readonly string[];
  evaluationIntervalMs: number;
  concurrency: number;
  /** Folder with holiday years beside those that are built in; absent: these alone. */
  holidaysDir?: string;
  /** Projects of Argo CD whose sync windows are compared with the calendars. */
  argocdProjects?: readonly { namespace: string; name: string }[];
  /** Told of each informer, those that are opened later too; the caller runs it. */
  onInformer: (informer: Informer<KubeObject>, plural: string) => void;
}

export interface Operator {
  controllers: readonly Controller[];
  /** Writes the Events that wait when the leader stops. */
  events: Runnable;
  /** What looks at other things now and then. */
  checks: readonly Runnable[];
  /** Ends what is asked of Prometheus. */
  close(): Promise<void>;
}

const workloadOf = (service: InvoiceService & KubeObject): string[] => [
  workloadKey(service.metadata.namespace, service.spec.workload),
];

export function createOperator(options: OperatorOptions): Operator {
  const { client, clock, log, metrics, evaluationIntervalMs, concurrency, instance } = options;
  const watches = new Watches({
    ...options,
    clock: options.watchClock ?? clock,
    ...(options.watchNamespaces ? { namespaces: options.watchNamespaces } : {}),
    onOpen: options.onInformer,
    informerMetrics: (plural) => metrics.informer(plural),
  });
  const services = watches.open(invoiceServices, {
    indexes: {
      workload: workloadOf,
      calendar: ({ spec }) => (spec.calendars ?? []).flatMap(({ name }) => name ?? []),
    },
  });
  const calendarObjects = watches.open(filingCalendars, {});
  const caches = openCaches(watches.open);

  const prometheus = new PrometheusClient({ clock });
  const queries = new SharedQueries({ client: prometheus, clock });
  const holidays =
    options.holidaysDir === undefined
      ? undefined
      : new HolidayFiles({ dir: options.holidaysDir, clock, log, onChange: () => wakeAll() });
  const calendars = new Calendars(
    (name) => calendarObjects.get(name),
    () => holidays?.table ?? BUILT_IN,
  );
  const history = new History({
    queries,
    past: new PastLoader({
      range: (endpoint, query, grid) => prometheus.range(endpoint, query, grid),
      identityOf: (endpoint) => queries.identityOf(endpoint),
      now: () => clock.now(),
    }),
    store: new ForecastStore(client),
    clock,
    onLearnt: (key) => invoiceController.enqueue(requestOf(key)),
  });
  const events = new EventRecorder({ client, clock, log, instance });
  const wakeFor = (key: string): void => {
    for (const { metadata } of services.byIndex("workload", key)) invoiceController.enqueue(metadata);
  };
  const kinds = discoveredKinds(watches, wakeFor);

  const evaluations = new Evaluations(evaluationIntervalMs);
  const serviceMetrics = new ServiceMetrics(metrics.registry, () => clock.now());
  const own = options.prometheusUrl === undefined ? {} : { own: { url: options.prometheusUrl } };
  const readings = new Readings({
    endpoints: new Endpoints({ client, clock, ...own }),
    queries,
    evaluations,
    metrics: serviceMetrics,
    clock,
    // A little less than the interval, so that a service that asks alone gets a new answer each time.
    maxAgeMs: evaluationIntervalMs * 0.9,
    onLate: (key) => invoiceController.enqueue(requestOf(key)),
  });
  const reconciler = new InvoiceServiceReconciler({
    find: (key) => services.get(key),
    rivalOf: (service) => elder(service, services.byIndex("workload", workloadOf(service)[0] ?? "")),
    evaluations,
    readings,
    outlooks: new Outlooks({ calendars, history }),
    scaling: new ScalingPart({
      client,
      caches,
      kinds,
      events,
      holdFinalizer: (service, held) => holdFinalizer(client, service, held),
    }),
    status: new StatusWriter(client, invoiceServices),
    metrics: serviceMetrics,
  });
  const invoiceController: Controller = new Controller({
    name: "invoiceservice",
    reconcile: reconciler.reconcile,
    concurrency,
    clock,
    log,
    metrics,
  });
  // Whoever names the same workload may be the first now, or no longer.
  const sharing = (service: InvoiceService & KubeObject): readonly Request[] =>
    [service, ...services.byIndex("workload", workloadOf(service)[0] ?? "")].map(({ metadata }) => metadata);
  invoiceController.watch(services, { predicate: specOrMetadataChanged, map: sharing });
  invoiceController.watch(calendarObjects, {
    predicate: updated((before, after) => before.metadata.generation !== after.metadata.generation),
    map: ({ metadata }) => services.byIndex("calendar", metadata.name).map((service) => service.metadata),
  });
  invoiceController.watch(caches.hpas, {
    predicate: updated(differsForUs),
    map: ({ metadata, spec }) => servicesOf(metadata.namespace, spec.scaleTargetRef),
  });
  const servicesOf = (
    namespace: string | undefined,
    ref: Partial<WorkloadRef> & { name: string },
  ): readonly Request[] => services.byIndex("workload", workloadKey(namespace, ref)).map(({ metadata }) => metadata);

  const calendarReconciler = new FilingCalendarReconciler({
    find: (name) => calendarObjects.get(name),
    calendars,
    status: new StatusWriter(client, filingCalendars),
    metrics: new CalendarMetrics(metrics.registry),
  });
  const calendarController = new Controller({
    name: "filingcalendar",
    reconcile: calendarReconciler.reconcile,
    clock,
    log,
    metrics,
  });
  calendarController.watch(calendarObjects, { predicate: specOrMetadataChanged });
  const wakeAll = (): void => {
    for (const { metadata } of calendarObjects.list()) calendarController.enqueue(metadata);
    for (const { metadata } of services.list()) invoiceController.enqueue(metadata);
  };
  const { argocdProjects: projects = [] } = options;
  const windows = (now: number): Window[] =>
    [...regimesOf(services.list()), ...calendarObjects.list().map(({ metadata: { name } }) => ({ name }))].flatMap(
      (ref) => calendars.view(ref, now)?.windows ?? [],
    );

  return {
    controllers: [invoiceController, calendarController],
    checks: [
      ...(holidays ? [holidays] : []),
      ...(projects.length === 0
        ? []
        : [new SyncWindowCheck({ client, clock, log, registry: metrics.registry, projects, windows })]),
    ],
    events: {
      name: "events",
      run: async (signal) => {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
        await events.flush();
      },
    },
    close: () => prometheus.close(),
  };
}

/** Workload kinds and KEDA's ScaledObjects, found when a service first needs them; their changes wake the services. */
function discoveredKinds(
  watches: Watches,
  wake: (key: string) => void,
): ConstructorParameters<typeof ScalingPart>[0]["kinds"] {
  return {
    workloads: ({ apiVersion, kind }) =>
      watches.kind<CachedWorkload>(apiVersion, kind, (resource) => {
        const informer = openWorkloads(watches.open, resource);
        informer.onChange((change) => {
          const { metadata } = change.object;
          if (updated(differsForUs)(change))
            wake(workloadKey(metadata.namespace, { apiVersion, kind, name: metadata.name }));
        });
        return informer;
      }),
    scaledObjects: () =>
      watches.kind<ScaledObject>("keda.sh/v1alpha1", "ScaledObject", (resource) => {
        const informer = openScaledObjects(watches.open, resource);
        informer.onChange((change) => {
          if (!updated(differsForUs)(change)) return;
          for (const { metadata, spec } of change.previous ? [change.object, change.previous] : [change.object]) {
            wake(workloadKey(metadata.namespace, spec.scaleTargetRef));
          }
        });
        return informer;
      }),
  };
}

/** The caches keep only what decisions look at, so a difference beside the version is one for us. */
function differsForUs(before: KubeObject, after: KubeObject): boolean {
  return withoutVersion(before) !== withoutVersion(after);
}

function withoutVersion(object: KubeObject): string {
  return JSON.stringify({
    ...object,
    metadata: { ...object.metadata, resourceVersion: undefined, generation: undefined },
  });
}

/**
 * The first of those that name the same workload, when it is not this one: the oldest, and of those that were applied
 * within one second the first by name.
 */
function elder(service: InvoiceService & KubeObject, all: readonly (InvoiceService & KubeObject)[]): Ref | undefined {
  const [first] = all
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((a, b) => (age(a) < age(b) ? -1 : 1));
  if (!first || first.metadata.uid === service.metadata.uid) return undefined;
  const { name, namespace } = first.metadata;
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

function age({ metadata }: KubeObject): string {
  return `${metadata.creationTimestamp}/${keyOf(metadata)}`;
}

function requestOf(key: string): Request {
  const [namespace, name] = key.split("/");
  return name === undefined ? { name: key } : { namespace: namespace ?? "", name };
}
