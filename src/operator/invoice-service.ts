import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { repairInvoiceService } from "../api/v1alpha1/validate.ts";
import { keyOf, type KubeObject, type Ref } from "../kube/resource.ts";
import type { ReconcileContext, Request, Result } from "../runtime/controller.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { ScalingPart, ScalingReport } from "../scaling/part.ts";
import { metricsAvailable, type ConditionChange } from "../scaling/report.ts";
import { pauseOf, refreshedAt } from "./annotations.ts";
import { DEMAND, readDemand, signalsOf, type DemandReading } from "./demand.ts";
import type { Endpoints, EndpointResult } from "./endpoint.ts";
import type { Evaluations } from "./evaluations.ts";
import { FINALIZER } from "./finalizer.ts";
import type { Outlook, Outlooks } from "./outlook.ts";
import type { EvaluationResult, ServiceMetrics } from "./service-metrics.ts";
import type { StatusWriter } from "./status-writer.ts";
import { summarize } from "./summary.ts";

/** The controller of InvoiceServices: reads what the parts need, runs them, and writes one status. */

export interface InvoiceServiceDependencies {
  find: (key: string) => (InvoiceService & KubeObject) | undefined;
  /** Another InvoiceService that was first to name the same workload. */
  rivalOf: (service: InvoiceService) => Ref | undefined;
  endpoints: Endpoints;
  queries: SharedQueries;
  evaluations: Evaluations;
  outlooks: Outlooks;
  scaling: ScalingPart;
  status: StatusWriter<InvoiceService & KubeObject>;
  metrics: ServiceMetrics;
  /** An answer of Prometheus is used by all who ask the same for so long, ms. */
  maxAgeMs: number;
}

/** What was read at the last evaluation, for looks in between. */
interface Reading {
  endpoint: EndpointResult;
  readings: readonly DemandReading[];
  lastGood: Map<string, number>;
  /** Evaluations of another spec say nothing about this one. */
  generation: number | undefined;
}

export class InvoiceServiceReconciler {
  readonly #dependencies: InvoiceServiceDependencies;
  readonly #read = new Map<string, Reading>();

  constructor(dependencies: InvoiceServiceDependencies) {
    this.#dependencies = dependencies;
  }

  readonly reconcile = async (request: Request, context: ReconcileContext): Promise<Result> => {
    const { find, scaling, evaluations } = this.#dependencies;
    const key = keyOf(request);
    const stored = find(key);
    if (!stored) return this.#forget(key, request);
    if (stored.metadata.deletionTimestamp !== undefined) return this.#release(key, stored, context);

    const now = context.now();
    const { spec, problems } = repairInvoiceService(stored.spec);
    const service = { ...stored, spec };
    const pause = pauseOf(service.metadata, now);
    const latenessMs = this.#latenessOf(key, service, now);
    const read = latenessMs === undefined ? this.#read.get(key) : await this.#evaluate(key, service, now, latenessMs);
    const outlook = this.#outlookOf(key, service, read, now);
    const asked = refreshedAt(service.metadata, now);
    const rival = this.#dependencies.rivalOf(service);
    const report = await scaling.run(
      service,
      {
        now,
        ...(latenessMs !== undefined && read ? { signals: signalsOf(read.readings, service.spec) } : {}),
        sources: outlook.plan.sources,
        planComplete: outlook.complete,
        ...(rival ? { rival } : {}),
        paused: pause.paused,
        ...(asked === undefined ? {} : { refreshedAt: asked }),
      },
      context.signal,
    );
    this.#show(key, service, read, report);
    await this.#report(
      service,
      { read, outlook, report, problems: [...problems, ...outlook.plan.problems], paused: pause.paused },
      now,
    );
    if (report.error !== undefined) throw report.error;

    const next = [evaluations.next(key), report.nextChangeAt, pause.until].filter((at) => at !== undefined);
    return { requeueAfterMs: Math.max(0, Math.min(...next) - context.now()) };
  };

  async #evaluate(key: string, service: InvoiceService, now: number, latenessMs: number): Promise<Reading> {
    const { endpoints, queries, evaluations, metrics, maxAgeMs } = this.#dependencies;
    const { namespace = "", generation } = service.metadata;
    const endpoint = await endpoints.of(namespace, service.spec.prometheus);
    const readings = endpoint.ok
      ? await readDemand(queries, endpoint.endpoint, service.spec, maxAgeMs)
      : [{ name: DEMAND, reading: { ok: false as const, reason: "Unavailable" as const, message: endpoint.message } }];
    const lastGood = new Map(this.#read.get(key)?.lastGood);
    for (const { name, reading } of readings) if (reading.ok && reading.partial === undefined) lastGood.set(name, now);
    const read = { endpoint, readings, lastGood, generation };
    this.#read.set(key, read);
    evaluations.done(key, now);
    metrics.evaluated(resultOf(readings), latenessMs);
    return read;
  }

  /** How late an evaluation is that has to be made now; undefined when none has. */
  #latenessOf(key: string, { metadata }: InvoiceService, now: number): number | undefined {
    const changed = this.#read.get(key)?.generation !== metadata.generation;
    return this.#dependencies.evaluations.lateness(key, now) ?? (changed ? 0 : undefined);
  }

  #outlookOf(key: string, service: InvoiceService, read: Reading | undefined, now: number): Outlook {
    const endpoint = read?.endpoint.ok ? read.endpoint.endpoint : undefined;
    return this.#dependencies.outlooks.of(key, service, endpoint, now);
  }

  async #report(
    service: InvoiceService & KubeObject,
    found: {
      read: Reading | undefined;
      outlook: Outlook;
      report: ScalingReport;
      problems: readonly Problem[];
      paused: boolean;
    },
    now: number,
  ): Promise<void> {
    const { status } = this.#dependencies;
    const { read, outlook, report, problems, paused } = found;
    const generation = service.metadata.generation ?? 0;
    const present = status.latest(service);
    const { conditions, phase } = summarize(
      present?.conditions ?? [],
      {
        generation,
        changes: [metricsCondition(read), ...outlook.conditions, ...report.conditions],
        problems,
        stalled: report.stalled ?? outlook.stalled,
        degraded: report.degraded,
        waitingFor: outlook.waitingFor ?? startingPods(report),
        retrying: report.error === undefined ? undefined : retryText(report.error),
        paused,
      },
      now,
    );
    await status.write(service, {
      observedGeneration: generation,
      phase,
      conditions,
      ...(outlook.window ? { window: outlook.window } : {}),
      scaling: { ...report.status, ...(outlook.forecast ? { forecast: outlook.forecast } : {}) },
    });
  }

  #show(
    key: string,
    { metadata }: InvoiceService,
    read: Reading | undefined,
    { decision, observed }: ScalingReport,
  ): void {
    const { shortfall, floor, recommended } = decision;
    this.#dependencies.metrics.show(key, {
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      readings: read?.readings ?? [],
      lastGood: read?.lastGood ?? new Map(),
      floor: floor.replicas,
      recommended,
      current: observed.workload.replicas,
      ready: observed.workload.ready,
      leadSeconds: observed.leadMs / 1000,
      shortfall: shortfall ? shortfall.needed - shortfall.limit : 0,
    });
  }

  async #release(key: string, service: InvoiceService, { signal }: ReconcileContext): Promise<void> {
    if (service.metadata.finalizers?.includes(FINALIZER)) await this.#dependencies.scaling.release(service, signal);
    this.#forget(key, service.metadata);
  }

  #forget(key: string, ref: Ref): void {
    const { scaling, evaluations, outlooks, metrics, status } = this.#dependencies;
    scaling.forget(ref);
    evaluations.forget(key);
    outlooks.forget(key);
    metrics.forget(key);
    status.forget(ref);
    this.#read.delete(key);
  }
}

function metricsCondition(read: Reading | undefined): ConditionChange {
  const type = "MetricsAvailable";
  if (!read) return { type, status: "Unknown", reason: "NotYetAsked", message: "no answer has been had yet" };
  if (!read.endpoint.ok) return { type, status: "False", reason: read.endpoint.reason, message: read.endpoint.message };
  return metricsAvailable(read.readings);
}

function resultOf(readings: readonly DemandReading[]): EvaluationResult {
  const good = readings.filter(({ reading }) => reading.ok && reading.partial === undefined).length;
  if (good === readings.length) return "complete";
  return readings.some(({ reading }) => reading.ok) ? "partial" : "failed";
}

function startingPods({ conditions }: ScalingReport): string | undefined {
  return conditions.find(({ type, reason }) => type === "CapacityReady" && reason === "Starting")?.message;
}

function retryText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
