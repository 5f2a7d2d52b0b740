import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { FloorApplied } from "../api/v1alpha1/reasons.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { EventRecorder } from "../kube/events.ts";
import { keyOf, type KubeObject, type Ref } from "../kube/resource.ts";
import { writeFloor } from "./act.ts";
import { decide, type Decision, type Observed, type ScalingMemory } from "./decide.ts";
import { afterWrite, baseOf } from "./floor.ts";
import { isOurs } from "./ownership.ts";
import { observeWorkload, raisedFor, type DiscoveredKinds, type WorkloadState } from "./observe.ts";
import type { PlanSource } from "./plan.ts";
import type { SignalReading } from "./reactive.ts";
import { restore, statusOf } from "./remember.ts";
import {
  capacityReady,
  capacityShortfall,
  degraded,
  floorApplied,
  stalled,
  type ConditionChange,
  type Verdict,
} from "./report.ts";
import { scalingSettings, userLeadMs } from "./settings.ts";
import { isRefusal, type Refusal } from "./target.ts";
import type { ScalingCaches } from "./watched.ts";

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

    const outcome = await this.#write(service, state, decision, signal);
    const memory =
      outcome.written && decision.field?.write
        ? { ...decision.memory, floor: afterWrite(decision.memory.floor, decision.field.write) }
        : decision.memory;
    const written = outcome.written ?? remembered.written;
    this.#remembered.set(key, { memory, ...(written ? { written } : {}) });
    return report(observed, decision, outcome.error);
  }

  /** The InvoiceService is going: autoscalers get their base back, a plain count stays as it is. */
  async release(service: InvoiceService, signal: AbortSignal): Promise<void> {
    await this.#giveBack(service, undefined, signal);
    await this.#dependencies.holdFinalizer(service, false);
    this.forget(service.metadata);
  }

  /** Drops what is remembered of an object that is gone. */
  forget(ref: Ref): void {
    this.#remembered.delete(keyOf(ref));
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
    { target, resource }: WorkloadState,
    { field, floor, base }: Decision,
    signal: AbortSignal,
  ): Promise<{ written?: KubeObject; error?: unknown }> {
    const { client, events, holdFinalizer } = this.#dependencies;
    if (isRefusal(target) || !resource || !field) return {};
    const raising = field.write?.base !== undefined;
    try {
      // The finalizer comes before the first raise and goes after the base is back: a crash in between leaves
      // an object that is cleaned up when it is deleted, never a floor that nobody gives back.
      if (raising) await holdFinalizer(service, true);
      await this.#giveBack(service, target.object, signal);
      const written =
        field.write &&
        (await writeFloor(client, resource, target, field.write, { raisedFor: service.metadata.name, signal }));
      const stillRaised = target.kind !== "Scale" && baseOf({ ...target, object: written ?? target.object }).raised;
      if (!raising && !stillRaised) await holdFinalizer(service, false);
      if (!written) return {};
      if (field.write?.value !== undefined) {
        const note = `${target.path.join(".")} of ${target.object.kind ?? target.kind}/${target.object.metadata.name}: ${target.value} -> ${field.write.value} (${floor.reason}, base ${base})`;
        const reason = field.write.value > target.value ? "FloorRaised" : "FloorLowered";
        events.event(service, { type: "Normal", reason, action: "Scale", note });
      }
      return { written };
    } catch (error) {
      return { error };
    }
  }

  /** Puts the base of autoscalers back that are raised for this service, except the one that it means now. */
  async #giveBack(service: InvoiceService, except: KubeObject | undefined, signal: AbortSignal): Promise<void> {
    const { client, caches, kinds } = this.#dependencies;
    const { name, namespace } = service.metadata;
    const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
    for (const { target, resource } of await raisedFor(caches, kinds, ref)) {
      if (target.object.metadata.uid === except?.metadata.uid) continue;
      const base = baseOf(target);
      // Where somebody else has written the field since, only our notes on it are withdrawn.
      const ours = isOurs(target.object, target.path);
      await writeFloor(client, resource, target, ours ? { value: base.replicas } : {}, { raisedFor: name, signal });
    }
  }
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
    horizonMs: HORIZON_MS,
    target: input.rival ? rivalRefusal(input.rival, service) : state.target,
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
  const floor = floorApplied(observed, decision);
  const bad = degraded(observed, decision);
  const stuck = isRefusal(observed.target) ? stalled(observed.target) : undefined;
  const refused = error instanceof KubeError && error.status !== 409 && error.reason !== "NotLeader";
  return {
    conditions: [
      refused
        ? { type: "FloorApplied", status: "False", reason: FloorApplied.WriteFailed, message: error.message }
        : floor,
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
