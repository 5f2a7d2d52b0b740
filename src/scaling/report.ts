import type { ConditionChange, ConditionType } from "../api/v1alpha1/conditions.ts";
import type { ReasonOf } from "../api/v1alpha1/reasons.ts";
import {
  CapacityReady,
  CapacityShortfall,
  Degraded,
  FloorApplied,
  MetricsAvailable,
  Stalled,
} from "../api/v1alpha1/reasons.ts";
import type { Decision, Observed, Shortfall } from "./decide.ts";
import type { SignalReading } from "./reactive.ts";
import { isRefusal, type Refusal } from "./target.ts";

/** What the scaling part has to say: pure, from what was observed and decided. */

/** A change of one condition. */
export type Change<T extends ConditionType> = Extract<ConditionChange, { type: T }>;

/** A reason to call the whole service degraded or stalled, for the operator to compose. */
export interface Verdict<T extends "Degraded" | "Stalled"> {
  reason: ReasonOf<T>;
  message: string;
}

/** The demand signals and whether they could be read. */
export function metricsAvailable(signals: readonly Pick<SignalReading, "name" | "reading">[]): ConditionChange {
  const type = "MetricsAvailable";
  for (const { name, reading } of signals) {
    if (!reading.ok) return { type, status: "False", reason: reading.reason, message: `${name}: ${reading.message}` };
  }
  for (const { name, reading } of signals) {
    if (reading.ok && reading.partial !== undefined) {
      const message = `${name}: part of the data is missing, so it may raise but not lower: ${reading.partial}`;
      return { type, status: "False", reason: MetricsAvailable.PartialData, message };
    }
  }
  return { type, status: "True", reason: MetricsAvailable.Available, message: "every query gave one clean number" };
}

/** Whether the floor stands, or what keeps us from writing it. */
export function floorApplied({ target, hold }: Observed, { field, recommended }: Decision): Change<"FloorApplied"> {
  const type = "FloorApplied";
  if (hold)
    return {
      type,
      status: "False",
      reason: hold.reason,
      message: `${hold.message}; ${recommended} replicas are recommended`,
    };
  if (isRefusal(target)) return { type, status: "False", reason: target.reason, message: target.message };
  if (!field) return { type, status: "Unknown", reason: FloorApplied.AtBase, message: "not yet decided" };
  return { type, status: field.applied ? "True" : "False", reason: field.reason, message: field.message };
}

/** Whether the replicas that the floor asks for are there. */
export function capacityReady({ now, workload }: Observed, { floor, leadMs }: Decision): Change<"CapacityReady"> {
  const type = "CapacityReady";
  const { ready } = workload;
  if (ready >= floor.replicas) {
    return {
      type,
      status: "True",
      reason: CapacityReady.Ready,
      message: `the floor of ${floor.replicas} is ready (${floor.reason})`,
    };
  }
  const late = now > floor.since + leadMs;
  const message = `${ready} of ${floor.replicas} replicas are ready (${floor.reason})${late ? ", longer than pods of this workload take to start" : ""}`;
  return { type, status: "False", reason: late ? CapacityReady.Late : CapacityReady.Starting, message };
}

/** What the coming peak needs beyond what is allowed, as soon as it can be known. */
export function capacityShortfall({ shortfall }: Decision): Change<"CapacityShortfall"> {
  const type = "CapacityShortfall";
  if (!shortfall)
    return {
      type,
      status: "False",
      reason: CapacityShortfall.None,
      message: "the coming peak fits under every limit in sight",
    };
  const { needed, limit, limitedBy, reason } = shortfall;
  const message = `${reason} needs ${needed} replicas, ${limitedBy} allows ${limit}: raise it in time`;
  return { type, status: "True", reason: shortfallReason(shortfall), message };
}

function shortfallReason({ limitedBy }: Shortfall): ReasonOf<"CapacityShortfall"> {
  if (limitedBy.startsWith("ResourceQuota")) return CapacityShortfall.ResourceQuota;
  return limitedBy.startsWith("spec.") ? CapacityShortfall.MaxReplicas : CapacityShortfall.AutoscalerMaximum;
}

/** What of this is bad enough to be told about the whole service. */
export function degraded(
  { workload }: Observed,
  { field, neededNow, reactive, floor }: Decision,
): Verdict<"Degraded"> | undefined {
  if (field?.reason === "Contested") return { reason: Degraded.FloorContested, message: field.message };
  // Inside a peak only: outside of one, running at what the autoscaler decided is no failure. What demand really
  // needs says whether it is missed; what was expected does so only while demand cannot be read.
  const needed = Math.min(neededNow, reactive.complete && reactive.raw !== undefined ? reactive.raw : neededNow);
  if (needed > workload.ready) {
    const message = `${needed} replicas are needed now (${floor.reason}), ${workload.ready} are ready`;
    return { reason: Degraded.PeakMissed, message };
  }
  if (reactive.fallback) {
    return {
      reason: Degraded.FallbackInForce,
      message: "demand cannot be read, the fallback number of replicas is in force",
    };
  }
  return undefined;
}

/** Refusals that last until somebody edits something. */
export function stalled(target: Refusal): Verdict<"Stalled"> | undefined {
  switch (target.reason) {
    case "WorkloadNotFound":
      return { reason: Stalled.WorkloadNotFound, message: target.message };
    case "KindNotReadable":
      return { reason: Stalled.KindNotReadable, message: target.message };
    case "AmbiguousTarget":
      return { reason: Stalled.AmbiguousTarget, message: target.message };
    case "TargetNotFound":
    case "AutoscalerPresent":
      return { reason: Stalled.TargetMismatch, message: target.message };
    default:
      // Paused by KEDA's annotation or parked at zero: somebody's wish, and nothing to mend.
      return undefined;
  }
}
