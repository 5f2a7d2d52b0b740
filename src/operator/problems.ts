import type { Condition, ConditionType } from "../api/v1alpha1/conditions.ts";

/** A condition of a service that says something is wrong. */
export interface ServiceProblem {
  condition: string;
  reason: string;
}

/** What each of these conditions says when something is wrong; the others inform. */
const WRONG: Partial<Record<ConditionType, Condition["status"]>> = {
  Stalled: "True",
  Degraded: "True",
  MetricsAvailable: "False",
  CalendarConfirmed: "False",
  FloorApplied: "False",
  CapacityReady: "False",
  CapacityShortfall: "True",
};

/** Somebody's wish, or pods that start within their usual time. */
const NO_PROBLEM = new Set(["Paused", "Observing", "TargetNone", "ScaledObjectPaused", "ScaledToZero", "Starting"]);

/** What of a service's conditions somebody should hear of; alerts are made of these. */
export function problemsOf(conditions: readonly Condition[]): ServiceProblem[] {
  return conditions
    .filter(({ type, status, reason }) => WRONG[type as ConditionType] === status && !NO_PROBLEM.has(reason))
    .map(({ type, reason }) => ({ condition: type, reason }));
}
