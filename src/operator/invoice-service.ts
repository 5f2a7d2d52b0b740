import type { InvoiceService, InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { Stalled } from "../api/v1alpha1/reasons.ts";
import { repairInvoiceService } from "../api/v1alpha1/validate.ts";
import { isConflict, isNotLeader } from "../kube/errors.ts";
import { keyOf, type KubeObject, type Ref } from "../kube/resource.ts";
import type { ReconcileContext, Request, Result } from "../runtime/controller.ts";
import type { ScalingPart, ScalingReport } from "../scaling/part.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import { metricsAvailable, type Verdict } from "../scaling/report.ts";
import { pauseOf, refreshedAt } from "./annotations.ts";
import { signalsOf } from "./demand.ts";
import type { Evaluations } from "./evaluations.ts";
import { FINALIZER } from "./finalizer.ts";
import type { Outlook, Outlooks } from "./outlook.ts";
import { problemsOf } from "./problems.ts";
import type { Reading, Readings } from "./readings.ts";
import type { ServiceMetrics } from "./service-metrics.ts";
import type { StatusWriter } from "./status-writer.ts";
import { summarize } from "./summary.ts";

/** The controller of InvoiceServices: reads what the parts need, runs them, and writes one status. */

export interface InvoiceServiceDependencies {
  find: (key: string) => (InvoiceService & KubeObject) | undefined;
  /** Another InvoiceService that was first to name the same workload. */
  rivalOf: (service: InvoiceService) => Ref | undefined;
  evaluations: Evaluations;
  readings: Readings;
  outlooks: Outlooks;
  scaling: ScalingPart;
  status: StatusWriter<InvoiceService & KubeObject>;
  metrics: ServiceMetrics;
}

/** What there is to report; `scaling` is absent when that part could not be run. */
interface Findings {
  reading: Reading | undefined;
  outlook: Outlook;
  problems: readonly Problem[];
  paused: boolean;
  scaling?: ScalingReport;
  error?: unknown;
}

export class InvoiceServiceReconciler {
  readonly #dependencies: InvoiceServiceDependencies;
  /** What can be used of each stored spec, worked out once. */
  readonly #repaired = new WeakMap<InvoiceServiceSpec, ReturnType<typeof repairInvoiceService>>();
  /** By key, the object that everything remembered under it is about. */
  readonly #uids = new Map<string, string | undefined>();

  constructor(dependencies: InvoiceServiceDependencies) {
    this.#dependencies = dependencies;
  }

  readonly reconcile = async (request: Request, context: ReconcileContext): Promise<Result> => {
    const { find, rivalOf, readings, outlooks, scaling } = this.#dependencies;
    const key = keyOf(request);
    const stored = find(key);
    if (!stored) return this.#forget(key, request);
    if (stored.metadata.deletionTimestamp !== undefined) return this.#release(key, stored, context);
    this.#know(key, stored);

    const { spec, problems } = this.#repair(stored.spec);
    const service = { ...stored, spec };
    const asked = refreshedAt(service.metadata, context.now());
    const { reading, fresh } = await readings.of(key, service, asked);
    const now = context.now();
    const endpoint = reading?.endpoint.ok ? reading.endpoint.endpoint : undefined;
    const outlook = outlooks.of(key, service, endpoint, now, asked);
    const pause = pauseOf(service.metadata, now);
    const rival = rivalOf(service);
    const found = { reading, outlook, problems: [...problems, ...outlook.plan.problems], paused: pause.paused };
    let report: ScalingReport;
    try {
      report = await scaling.run(
        service,
        {
          now,
          ...(fresh && reading ? { signals: signalsOf(reading.readings, spec, outlook.perReplica) } : {}),
          sources: outlook.plan.sources,
          planComplete: outlook.complete,
          ...(rival ? { rival } : {}),
          paused: pause.paused,
          ...(asked === undefined ? {} : { refreshedAt: asked }),
        },
        context.signal,
      );
    } catch (error) {
      await this.#report(service, { ...found, error }, now);
      throw error;
    }
    this.#show(key, service, reading, report);
    const { error } = report;
    // Somebody was faster, or leads by now: nothing can be said of what stands, and another look follows at once.
    if (isConflict(error) || isNotLeader(error)) throw error;
    const followsBy = await this.#report(service, { ...found, scaling: report, error }, now);
    if (error !== undefined) throw error;
    return { requeueAfterMs: this.#nextLookAt(key, report.nextChangeAt, pause.until, followsBy) - context.now() };
  };

  /** What is remembered under a name is about one object; the next one to have the name begins anew. */
  #know(key: string, { metadata }: InvoiceService): void {
    if (this.#uids.has(key) && this.#uids.get(key) !== metadata.uid) this.#forget(key, metadata);
    this.#uids.set(key, metadata.uid);
  }

  #repair(stored: InvoiceServiceSpec): ReturnType<typeof repairInvoiceService> {
    const known = this.#repaired.get(stored);
    if (known) return known;
    const repaired = repairInvoiceService(stored);
    this.#repaired.set(stored, repaired);
    return repaired;
  }

  #nextLookAt(key: string, ...moments: readonly (number | undefined)[]): number {
    const all = [this.#dependencies.evaluations.next(key), ...moments].filter((at) => at !== undefined);
    return Math.min(...all);
  }

  /** Resolves with the moment until which something that is missing is waited for, ms since the epoch. */
  async #report(
    service: InvoiceService & KubeObject,
    { reading, outlook, problems, paused, scaling, error }: Findings,
    now: number,
  ): Promise<number | undefined> {
    const { status, metrics } = this.#dependencies;
    const generation = service.metadata.generation ?? 0;
    const present = status.latest(service);
    const unread = reading ? outlook.waitingFor : "demand is being read";
    const stuck = scaling?.stalled ?? outlook.stalled ?? unreachable(reading);
    const followsBy = stuck && mayFollowUntil(service, stuck, now);
    const toFollow = followsBy === undefined ? undefined : stuck?.message;
    // A process that has just started says nothing new of what was told before, until it has read everything once.
    if (unread !== undefined && present?.observedGeneration === generation) return followsBy;
    const { conditions, phase } = summarize(
      present?.conditions ?? [],
      {
        generation,
        changes: [metricsCondition(reading), ...outlook.conditions, ...(scaling?.conditions ?? [])],
        problems,
        stalled: toFollow === undefined ? stuck : undefined,
        degraded: scaling?.degraded,
        waitingFor: unread ?? toFollow ?? startingPods(scaling),
        retrying: error === undefined ? undefined : messageOf(error),
        paused,
      },
      now,
    );
    metrics.tell(keyOf(service), service.metadata, {
      ready: conditions.some((condition) => condition.type === "Ready" && condition.status === "True"),
      paused,
      problems: problemsOf(conditions),
      ...(outlook.window ? { window: spanOf(outlook.window) } : {}),
    });
    const forecast = outlook.forecast ? { forecast: outlook.forecast } : {};
    // The status is the memory of the next process, so what the part said last stays when it could not be run.
    const section = scaling ? { ...scaling.status, ...forecast } : present?.scaling;
    await status.write(service, {
      observedGeneration: generation,
      phase,
      conditions,
      ...(outlook.window ? { window: outlook.window } : {}),
      ...(section ? { scaling: section } : {}),
    });
    return followsBy;
  }

  #show(
    key: string,
    { metadata }: InvoiceService,
    reading: Reading | undefined,
    { decision, observed }: ScalingReport,
  ): void {
    const { shortfall, floor, recommended } = decision;
    this.#dependencies.metrics.show(key, {
      namespace: metadata.namespace ?? "",
      name: metadata.name,
      readings: reading?.readings ?? [],
      lastGood: reading?.lastGood ?? new Map(),
      floor: floor.replicas,
      recommended,
      current: observed.workload.replicas,
      ready: observed.workload.ready,
      leadSeconds: decision.leadMs / 1000,
      shortfall: shortfall ? shortfall.needed - shortfall.limit : 0,
    });
  }

  async #release(key: string, service: InvoiceService, { signal }: ReconcileContext): Promise<void> {
    if (service.metadata.finalizers?.includes(FINALIZER)) await this.#dependencies.scaling.release(service, signal);
    this.#forget(key, service.metadata);
  }

  #forget(key: string, ref: Ref): void {
    const { scaling, evaluations, readings, outlooks, metrics, status } = this.#dependencies;
    scaling.forget(ref);
    evaluations.forget(key);
    readings.forget(key);
    outlooks.forget(key);
    metrics.forget(key);
    status.forget(ref);
    this.#uids.delete(key);
  }
}

function metricsCondition(reading: Reading | undefined): ConditionChange {
  const type = "MetricsAvailable";
  if (!reading) return { type, status: "Unknown", reason: "NotYetAsked", message: "no answer has been had yet" };
  const { endpoint } = reading;
  if (!endpoint.ok) return { type, status: "False", reason: endpoint.reason, message: endpoint.message };
  return metricsAvailable(reading.readings);
}

/** Somebody has to name a Prometheus, or make a Secret. */
function unreachable(reading: Reading | undefined): Verdict<"Stalled"> | undefined {
  if (!reading || reading.endpoint.ok || reading.endpoint.reason === "Unavailable") return undefined;
  return { reason: Stalled[reading.endpoint.reason], message: reading.endpoint.message };
}

/** How long after a service was created what it names may still be on its way: one sync applies many objects. */
const ARRIVAL_MS = 15_000;
const ARRIVES = new Set<string>([Stalled.WorkloadNotFound, Stalled.CalendarNotFound, Stalled.SecretNotFound]);

/**
 * Until when what is missing may come in the same breath, ms since the epoch; undefined when that is over. A GitOps
 * tool gives up on a service that is stalled at once.
 */
function mayFollowUntil({ metadata }: InvoiceService, { reason }: Verdict<"Stalled">, now: number): number | undefined {
  const created = Date.parse(metadata.creationTimestamp ?? "");
  return ARRIVES.has(reason) && now >= created && now < created + ARRIVAL_MS ? created + ARRIVAL_MS : undefined;
}

function startingPods(report: ScalingReport | undefined): string | undefined {
  return report?.conditions.find(({ type, reason }) => type === "CapacityReady" && reason === "Starting")?.message;
}

/** Times of the status as ms since the epoch. */
function spanOf({ opens, deadline }: { opens: string; deadline: string }): { opens: number; deadline: number } {
  return { opens: Date.parse(opens), deadline: Date.parse(deadline) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
