import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { FloorApplied } from "../api/v1alpha1/reasons.ts";
import type { Client } from "../kube/client.ts";
import { isConflict, isNotLeader } from "../kube/errors.ts";
import type { EventRecorder } from "../kube/events.ts";
import { keyOf, type KubeObject, type Ref } from "../kube/resource.ts";
import { writeFloor } from "./act.ts";
import { decide, type Decision, type Observed, type ScalingMemory } from "./decide.ts";
import { afterWrite, baseOf } from "./floor.ts";
import { giveBack, stillMeant } from "./give-back.ts";
import { observeWorkload, type DiscoveredKinds, type WorkloadState } from "./observe.ts";
import type { PlanSource } from "./plan.ts";
import type { SignalReading } from "./reactive.ts";
import { restore, statusOf } from "./remember.ts";
import { capacityReady, capacityShortfall, degraded, floorApplied, stalled, type Verdict } from "./report.ts";
import { scalingSettings, userLeadMs } from "./settings.ts";
import { isRefusal, type Refusal, type Target } from "./target.ts";
import { trimmed, type ScalingCaches } from "./watched.ts";

/**
 * The scaling part: spec.scaling, and of the status `scaling` and the conditions below. It looks again at
 * every evaluation, when the workload or its autoscaler changes, and when the plan's next step is due.
 */

/** The conditions that this part alone writes. */
type OwnCondition = Extract<ConditionChange, { type: "FloorApplied" | "CapacityReady" | "CapacityShortfall" }>;

/** What this part needs to be allowed to do. */
export const rules = [
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "list", "watch", "patch"] },
  { apiGroups: ["keda.sh"], resources: ["scaledobjects"], verbs: ["get", "list", "watch", "patch"] },
  { apiGroups: ["apps"], resources: ["deployments", "statefulsets"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["apps"], resources: ["deployments/scale", "statefulsets/scale"], verbs: ["patch"] },
  { apiGroups: [""], resources: ["pods", "resourcequotas"], verbs: ["list", "watch"] },
] as const;

export interface ScalingInput {
  now: number;
  /** Demand as read at this evaluation; absent between evaluations. */
  signals?: readonly SignalReading[];
  sources: readonly PlanSource[];
  planComplete: boolean;
  /** Another InvoiceService that was first to name this workload. */
  rival?: Ref;
  paused: boolean;
  refreshedAt?: number;
}

export interface ScalingReport {
  conditions: OwnCondition[];
  status: NonNullable<InvoiceServiceStatus["scaling"]>;
  degraded?: Verdict<"Degraded">;
  stalled?: Verdict<"Stalled">;
  /** When time alone changes something before the next evaluation, ms since the epoch. */
  nextChangeAt?: number;
  decision: Decision;
  observed: Observed;
  /** The write failed; the report stands all the same and the caller retries. */
  error?: unknown;
}

interface Remembered {
  memory: ScalingMemory;
  /** The object as our last write returned it. */
  written?: KubeObject;
  /** The workload whose plain count was ours to set at the last look, and that count. */
  counted?: { workload: KubeObject; replicas: number };
}

/** Far enough for the next monthly window and its peak. */
const HORIZON_MS = 35 * 86_400_000;

export interface ScalingDependencies {
  client: Client;
  caches: ScalingCaches;
  kinds: DiscoveredKinds;
  events: EventRecorder;
  /** Keeps or gives up the finalizer that lets us put the base back before the object goes. */
  holdFinalizer: (service: InvoiceService, held: boolean) => Promise<void>;
}

export class ScalingPart {
  readonly #dependencies: ScalingDependencies;
  readonly #remembered = new Map<string, Remembered>();

  constructor(dependencies: ScalingDependencies) {
    this.#dependencies = dependencies;
  }

  /** Observe, decide, act, report: once. Throws only when the caches could not be read. */
  async run(service: InvoiceService, input: ScalingInput, signal: AbortSignal): Promise<ScalingReport> {
    const key = keyOf(service);
    const remembered = this.#remembered.get(key) ?? { memory: restore(service.status?.scaling, input.now) };
    const state = await this.#look(service, remembered.written);
    const observed = observe(service, input, state);
    const decision = decide(observed, remembered.memory);

    const outcome = await this.#write(service, observed, state, decision, signal);
    const memory =
      outcome.written && decision.field
        ? { ...decision.memory, floor: afterWrite(decision.field, observed, outcome.written) }
        : decision.memory;
    const written = outcome.written ?? remembered.written;
    const counted = countedBy(observed, decision);
    this.#remembered.set(key, { memory, ...(written ? { written } : {}), ...(counted ? { counted } : {}) });
    return report(observed, decision, outcome.error);
  }

  /** The InvoiceService is going: autoscalers get their base back, a plain count stays as it is. */
  async release(service: InvoiceService, signal: AbortSignal): Promise<void> {
    const { written } = this.#remembered.get(keyOf(service)) ?? {};
    await giveBack(this.#dependencies, service, { meant: () => false, ...(written ? { written } : {}), signal });
    await this.#dependencies.holdFinalizer(service, false);
  }

  /** Drops what is remembered of an object that is gone, and tells where that leaves a count as it is. */
  forget(ref: Ref): void {
    const { counted } = this.#remembered.get(keyOf(ref)) ?? {};
    this.#remembered.delete(keyOf(ref));
    if (!counted) return;
    const note = `InvoiceService ${ref.name} is gone: the count stays at ${counted.replicas}, and nothing here changes it any more`;
    this.#dependencies.events.event(counted.workload, { type: "Normal", reason: "CountKept", action: "Release", note });
  }

  #look(service: InvoiceService, written: KubeObject | undefined): Promise<WorkloadState> {
    const { caches, kinds } = this.#dependencies;
    const lead = userLeadMs(service.spec);
    const { target } = service.spec.scaling;
    return observeWorkload(caches, kinds, {
      namespace: service.metadata.namespace ?? "",
      ref: service.spec.workload,
      choice: target === "None" ? "Auto" : target,
      ...(lead === undefined ? {} : { userLeadMs: lead }),
      ...(written ? { written } : {}),
    });
  }

  async #write(
    service: InvoiceService,
    { hold, target }: Observed,
    { resource }: WorkloadState,
    decision: Decision,
    signal: AbortSignal,
  ): Promise<{ written?: KubeObject; error?: unknown }> {
    const { client, holdFinalizer } = this.#dependencies;
    if (hold && hold.reason !== "TargetNone") return {};
    const { name: raisedFor } = service.metadata;
    const write = decision.field?.write;
    let written: KubeObject | undefined;
    try {
      // The finalizer comes before the first raise and goes after the base is back: a crash in between leaves
      // an object that is cleaned up when it is deleted, never a floor that nobody gives back.
      if (write?.base !== undefined) await holdFinalizer(service, true);
      if (write && resource && !isRefusal(target)) {
        written = trimmed(target.kind, await writeFloor(client, resource, target, write, { raisedFor, signal }));
        this.#tell(service, target, decision);
      }
      const meant = stillMeant(service.spec.workload, hold ? undefined : target);
      const left = await giveBack(this.#dependencies, service, { meant, ...(written ? { written } : {}), signal });
      const stands = !isRefusal(target) && baseOf({ ...target, object: written ?? target.object }).raised;
      if (!stands && left === 0) await holdFinalizer(service, false);
      return written ? { written } : {};
    } catch (error) {
      return { error, ...(written ? { written } : {}) };
    }
  }

  #tell(
    service: InvoiceService,
    { object, path, kind, value: before }: Target,
    { field, floor, base }: Decision,
  ): void {
    const value = field?.write?.value;
    if (value === undefined) return;
    const note = `${path.join(".")} of ${object.kind ?? kind}/${object.metadata.name}: ${before} -> ${value} (${floor.reason}, base ${base})`;
    const reason = value > before ? "FloorRaised" : "FloorLowered";
    this.#dependencies.events.event(service, { type: "Normal", reason, action: "Scale", note });
  }
}

/** The workload whose count is ours to set, and what that is after this decision. */
function countedBy({ target }: Observed, { field }: Decision): Remembered["counted"] {
  if (isRefusal(target) || target.kind !== "Scale" || !field?.applied) return undefined;
  return { workload: target.object, replicas: field.write?.value ?? target.value };
}

function observe(service: InvoiceService, input: ScalingInput, state: WorkloadState): Observed {
  const { spec, metadata } = service;
  const hold = holdOf(service, input.paused);
  return {
    now: input.now,
    generation: metadata.generation ?? 0,
    settings: scalingSettings(spec),
    ...(input.signals ? { signals: input.signals } : {}),
    sources: input.sources,
    planComplete: input.planComplete,
    leadMs: state.lead.ms,
    leadFixed: userLeadMs(spec) !== undefined,
    horizonMs: HORIZON_MS,
    target: input.rival ? rivalRefusal(input.rival, service) : state.target,
    uncounted: spec.scaling.perReplica === undefined && !spec.demand.signals?.length,
    workload: { replicas: state.replicas, ready: state.ready },
    ...(state.quota ? { quota: state.quota } : {}),
    ...(hold ? { hold } : {}),
    ...(input.refreshedAt === undefined ? {} : { refreshedAt: input.refreshedAt }),
  };
}

function holdOf({ spec }: InvoiceService, paused: boolean): Observed["hold"] {
  if (paused)
    return { reason: FloorApplied.Paused, message: "paused by annotation: nothing is raised and nothing given back" };
  if (spec.mode === "Observe")
    return { reason: FloorApplied.Observing, message: "spec.mode is Observe: nothing is written" };
  if (spec.scaling.target === "None")
    return { reason: FloorApplied.TargetNone, message: "spec.scaling.target is None: nothing is written" };
  return undefined;
}

function rivalRefusal(rival: Ref, { spec }: InvoiceService): Refusal {
  const { kind, name } = spec.workload;
  return {
    reason: "AmbiguousTarget",
    message: `InvoiceService ${keyOf(rival)} already scales ${kind}/${name}: keep one of the two`,
  };
}

function report(observed: Observed, decision: Decision, error: unknown): ScalingReport {
  const bad = degraded(observed, decision);
  const stuck = isRefusal(observed.target) ? stalled(observed.target) : undefined;
  return {
    conditions: [
      ...floorCondition(observed, decision, error),
      capacityReady(observed, decision),
      capacityShortfall(decision),
    ],
    status: statusOf(observed, decision),
    ...(bad ? { degraded: bad } : {}),
    ...(stuck ? { stalled: stuck } : {}),
    ...(decision.nextChangeAt === undefined ? {} : { nextChangeAt: decision.nextChangeAt }),
    decision,
    observed,
    ...(error === undefined ? {} : { error }),
  };
}

/** Whether the floor stands. Nothing new where somebody else was faster: the decision is taken again at once. */
function floorCondition(observed: Observed, decision: Decision, error: unknown): OwnCondition[] {
  if (error === undefined) return [floorApplied(observed, decision)];
  if (isConflict(error) || isNotLeader(error)) return [];
  const message = error instanceof Error ? error.message : "the write failed";
  return [{ type: "FloorApplied", status: "False", reason: FloorApplied.WriteFailed, message }];
}
