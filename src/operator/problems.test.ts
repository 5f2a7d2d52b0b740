import { expect, test } from "vitest";
import type { Condition } from "../api/v1alpha1/conditions.ts";
import { problemsOf } from "./problems.ts";

const condition = (type: string, status: Condition["status"], reason: string): Condition => ({
  type,
  status,
  reason,
  message: "",
  lastTransitionTime: "2027-01-12T08:00:00Z",
});

test.each<[string, Condition["status"], string]>([
  ["Stalled", "True", "InvalidSpec"],
  ["Degraded", "True", "PeakMissed"],
  ["MetricsAvailable", "False", "NoData"],
  ["CalendarConfirmed", "False", "NoWindowAhead"],
  ["FloorApplied", "False", "Contested"],
  ["CapacityReady", "False", "Late"],
  ["CapacityShortfall", "True", "MaxReplicas"],
])("%s=%s %s is a problem", (type, status, reason) => {
  expect(problemsOf([condition("Ready", "False", "PartNotReady"), condition(type, status, reason)])).toEqual([
    { condition: type, reason },
  ]);
});

test.each<[string, Condition["status"], string]>([
  ["Degraded", "False", "None"],
  ["MetricsAvailable", "Unknown", "NotYetAsked"],
  ["CalendarConfirmed", "Unknown", "Computed"],
  ["FloorApplied", "True", "DeclaredElsewhere"],
  ["FloorApplied", "False", "Paused"],
  ["FloorApplied", "False", "Observing"],
  ["FloorApplied", "False", "ScaledToZero"],
  ["CapacityReady", "False", "Starting"],
  ["CapacityShortfall", "False", "None"],
  ["ForecastReady", "False", "InsufficientHistory"],
  ["SomebodyElses", "True", "Whatever"],
])("%s=%s %s is none", (type, status, reason) => {
  expect(problemsOf([condition(type, status, reason)])).toEqual([]);
});
