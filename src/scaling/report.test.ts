import { describe, expect, test } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import { missing, partial, S0, value } from "../../test/support/scaling-world.ts";
import { decide, type Decision, type Observed } from "./decide.ts";
import type { PlanSource } from "./plan.ts";
import { initialReactiveState } from "./reactive.ts";
import { capacityReady, capacityShortfall, degraded, floorApplied, metricsAvailable, stalled } from "./report.ts";
import type { Refusal, Target } from "./target.ts";

const now = Date.parse("2027-01-12T08:00:00Z");
const LEAD = 600_000;

const sale = (replicas: number): PlanSource => ({
  reason: "event sale",
  release: "exact",
  need: () => replicas,
  boundaries: () => [],
});

/** One look at a workload of three replicas under an HPA, and what was decided. */
function look(changes: Partial<Observed> = {}): [Observed, Decision] {
  const observed: Observed = {
    now,
    generation: 1,
    settings: S0,
    sources: [],
    planComplete: true,
    leadMs: LEAD,
    horizonMs: 7 * 86_400_000,
    target: new LiveField("HorizontalPodAutoscaler", 2).target(),
    workload: { replicas: 3, ready: 3 },
    ...changes,
  };
  return [observed, decide(observed, { reactive: initialReactiveState, floor: { resets: [] } })];
}

/** An HPA whose minimum somebody applies. */
function contested(): Target {
  const field = new LiveField("HorizontalPodAutoscaler", 2);
  field.apply("argocd-controller", 2);
  return field.target();
}

describe("MetricsAvailable", () => {
  test.each([
    [
      "is True when every signal is one clean number",
      [value(1), value(2)],
      "True",
      "Available",
      "every query gave one clean number",
    ],
    [
      "is False with the first signal that is missing",
      [value(1), missing],
      "False",
      "NoData",
      "queue: the query gives no series",
    ],
    [
      "is False with a part of the data",
      [partial(1), value(2)],
      "False",
      "PartialData",
      "demand: part of the data is missing, so it may raise but not lower: store-2 is away",
    ],
    [
      "names what is missing before what is partial",
      [partial(1), missing],
      "False",
      "NoData",
      "queue: the query gives no series",
    ],
  ] as const)("%s", (_, [demand, queue], status, reason, message) => {
    const signals = [
      { name: "demand", reading: demand },
      { name: "queue", reading: queue },
    ];
    expect(metricsAvailable(signals)).toEqual({ type: "MetricsAvailable", status, reason, message });
  });
});

describe("FloorApplied", () => {
  test.each<[string, Partial<Observed>, string, string, string]>([
    [
      "is True at the base",
      {},
      "True",
      "AtBase",
      "spec.minReplicas of HorizontalPodAutoscaler/vat-api is 2, as its owner set it",
    ],
    [
      "is True with the floor",
      { sources: [sale(5)] },
      "True",
      "Applied",
      "spec.minReplicas of HorizontalPodAutoscaler/vat-api is 5",
    ],
    [
      "is False when it is contested",
      { sources: [sale(5)], target: contested() },
      "False",
      "Contested",
      "spec.minReplicas of HorizontalPodAutoscaler/vat-api is held at 2 by argocd-controller",
    ],
    [
      "is False while something holds us off, and says what is recommended",
      { sources: [sale(5)], hold: { reason: "Observing", message: "nothing is written" } },
      "False",
      "Observing",
      "nothing is written; 5 replicas are recommended",
    ],
    [
      "is False where there is no field to write",
      { target: { reason: "WorkloadNotFound", message: "it does not exist" } },
      "False",
      "WorkloadNotFound",
      "it does not exist",
    ],
  ])("%s", (_, changes, status, reason, message) => {
    const condition = floorApplied(...look(changes));
    expect(condition).toMatchObject({ type: "FloorApplied", status, reason });
    expect(condition.message).toContain(message);
  });
});

describe("CapacityReady", () => {
  test("is True when the floor is ready", () => {
    expect(capacityReady(...look())).toEqual({
      type: "CapacityReady",
      status: "True",
      reason: "Ready",
      message: "the floor of 2 is ready (base)",
    });
  });

  test.each([
    ["is False and starting within the usual time", LEAD, "Starting", "3 of 5 replicas are ready (event sale)"],
    [
      "is False and late after it",
      LEAD + 1,
      "Late",
      "3 of 5 replicas are ready (event sale), longer than pods of this workload take to start",
    ],
  ])("%s", (_, afterMs, reason, message) => {
    const [observed, decision] = look({ sources: [sale(5)] });
    expect(capacityReady({ ...observed, now: now + afterMs }, decision)).toEqual({
      type: "CapacityReady",
      status: "False",
      reason,
      message,
    });
  });
});

describe("CapacityShortfall", () => {
  test("is False while the coming peak fits", () => {
    expect(capacityShortfall(look({ sources: [sale(20)] })[1])).toMatchObject({ status: "False", reason: "None" });
  });

  test.each<[string, Partial<Observed>, string, string]>([
    [
      "our own maximum",
      {},
      "MaxReplicas",
      "event sale needs 64 replicas, spec.scaling.maxReplicas allows 20: raise it in time",
    ],
    [
      "the autoscaler's maximum",
      { target: new LiveField("HorizontalPodAutoscaler", 2, { max: 10 }).target() },
      "AutoscalerMaximum",
      "event sale needs 64 replicas, the maximum of HorizontalPodAutoscaler/vat-api allows 10: raise it in time",
    ],
    [
      "a quota",
      { quota: { replicas: 7, limitedBy: "team requests.cpu" } },
      "ResourceQuota",
      "event sale needs 64 replicas, ResourceQuota team requests.cpu allows 7: raise it in time",
    ],
  ])("is True with the numbers when it does not fit under %s", (_, changes, reason, message) => {
    expect(capacityShortfall(look({ sources: [sale(64)], ...changes })[1])).toEqual({
      type: "CapacityShortfall",
      status: "True",
      reason,
      message,
    });
  });
});

describe("the whole is degraded", () => {
  test("by a peak that is missed, with the numbers", () => {
    expect(degraded(...look({ sources: [sale(5)] }))).toEqual({
      reason: "PeakMissed",
      message: "5 replicas are needed now (event sale), 3 are ready",
    });
  });

  test("not by too few replicas outside of a peak: that is the autoscaler's", () => {
    expect(degraded(...look({ workload: { replicas: 1, ready: 0 } }))).toBeUndefined();
  });

  test("not by a peak that demand stays below, of which enough are ready", () => {
    const signals = [{ name: "demand", reading: { ok: true as const, value: 250, at: now }, perReplica: 100 }];
    expect(degraded(...look({ sources: [sale(5)], signals }))).toBeUndefined();
  });

  test("not before the peak, although the floor is raised already", () => {
    const soon: PlanSource = { ...sale(5), need: (_, to) => (to > now + 60_000 ? 5 : 0) };
    expect(degraded(...look({ sources: [soon] }))).toBeUndefined();
  });

  test("by a contest", () => {
    const field = new LiveField("HorizontalPodAutoscaler", 2);
    field.apply("argocd-controller", 2);
    expect(degraded(...look({ sources: [sale(5)], target: field.target() }))).toMatchObject({
      reason: "FloorContested",
    });
  });

  test("by the fallback", () => {
    const settings = { ...S0, fallback: { afterFailures: 1, replicas: 6 } };
    const signals = [{ name: "demand", reading: missing, perReplica: 100 }];
    expect(degraded(...look({ settings, signals }))).toMatchObject({ reason: "FallbackInForce" });
  });
});

describe("the whole is stalled", () => {
  test.each<[Refusal["reason"], string | undefined]>([
    ["WorkloadNotFound", "WorkloadNotFound"],
    ["KindNotReadable", "KindNotReadable"],
    ["AmbiguousTarget", "AmbiguousTarget"],
    ["TargetNotFound", "TargetMismatch"],
    ["AutoscalerPresent", "TargetMismatch"],
    // Somebody's wish, and nothing to mend.
    ["ScaledObjectPaused", undefined],
    ["ScaledToZero", undefined],
  ])("by %s as %s", (refusal, reason) => {
    const verdict = stalled({ reason: refusal, message: "why" });
    expect(verdict).toEqual(reason === undefined ? undefined : { reason, message: "why" });
  });
});
