import { describe, expect, test } from "vitest";
import type { Condition } from "../api/v1alpha1/conditions.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import { summarize, type Findings, type Summary } from "./summary.ts";

const then = "2027-01-12T08:00:00Z";
const now = Date.parse("2027-01-12T09:00:00Z");

const good: readonly ConditionChange[] = [
  { type: "MetricsAvailable", status: "True", reason: "Available", message: "every query gave one clean number" },
  { type: "FloorApplied", status: "True", reason: "Applied", message: "spec.replicas is 4" },
  { type: "CapacityReady", status: "True", reason: "Ready", message: "the floor of 4 is ready" },
];
const unread: ConditionChange = {
  type: "MetricsAvailable",
  status: "False",
  reason: "Timeout",
  message: "demand: no answer within 5 s",
};
const late: ConditionChange = {
  type: "CapacityReady",
  status: "False",
  reason: "Late",
  message: "4 of 9 replicas are ready, longer than pods of this workload take to start",
};
const floor = (reason: Extract<ConditionChange, { type: "FloorApplied" }>["reason"]): ConditionChange => ({
  type: "FloorApplied",
  status: "False",
  reason,
  message: "why",
});

const summary = (findings: Partial<Findings> = {}, before: readonly Condition[] = []): Summary =>
  summarize(before, { generation: 2, changes: good, problems: [], paused: false, ...findings }, now);

const told = ({ conditions }: Summary, wanted: string): Condition | undefined =>
  conditions.find(({ type }) => type === wanted);

/** Status and reason of the conditions about the whole; "-" where there is none. */
function whole(summarized: Summary): Record<string, string> {
  const conditions = ["Ready", "Reconciling", "Stalled", "Degraded"].map((wanted) => {
    const condition = told(summarized, wanted);
    return [wanted, condition ? `${condition.status} ${condition.reason}` : "-"];
  });
  return { ...Object.fromEntries(conditions), phase: summarized.phase };
}

const ready = { Ready: "True AllPartsReady", Reconciling: "-", Stalled: "-", Degraded: "False None" };
const missed = { reason: "PeakMissed", message: "9 replicas are needed now, 4 are ready" } as const;
const nowhere = { reason: "WorkloadNotFound", message: "spec.workload does not exist" } as const;
const problems = [{ field: "spec.events[sale].timeZone", value: "CST", message: "is not an IANA time zone" }];

describe("the whole", () => {
  test.each<[string, Partial<Findings>, Record<string, string>]>([
    ["is ready when all parts are", {}, { ...ready, phase: "Healthy" }],
    [
      "is suspended while it is paused, however late pods are that nobody may ask for",
      { paused: true, changes: [good[0]!, floor("Paused"), late] },
      { ...ready, phase: "Suspended" },
    ],
    [
      "is suspended while it is paused",
      { paused: true, changes: [...good, floor("Paused")] },
      { ...ready, phase: "Suspended" },
    ],
    [
      "is on its way while something starts",
      { waitingFor: "2 of 4 replicas are ready" },
      { ...ready, Ready: "False Reconciling", Reconciling: "True Starting", phase: "Progressing" },
    ],
    [
      "is on its way while metrics cannot be read",
      { changes: [...good, unread] },
      { ...ready, Ready: "False PartNotReady", Reconciling: "True Retrying", phase: "Progressing" },
    ],
    [
      "is on its way while a write is refused",
      { changes: [...good, floor("WriteFailed")], retrying: "apply: forbidden" },
      { ...ready, Ready: "False PartNotReady", Reconciling: "True Retrying", phase: "Progressing" },
    ],
    [
      "is stalled when somebody has to edit the spec",
      { stalled: nowhere, changes: [...good, floor("WorkloadNotFound")] },
      { ...ready, Ready: "False Stalled", Stalled: "True WorkloadNotFound", phase: "Degraded" },
    ],
    [
      "is stalled by a value that cannot be used, before all else",
      { problems, stalled: nowhere },
      { ...ready, Ready: "False Stalled", Stalled: "True InvalidSpec", phase: "Degraded" },
    ],
    [
      "waits for nothing while it is stalled",
      { problems, waitingFor: "2 of 4 replicas are ready", changes: [...good, unread] },
      { ...ready, Ready: "False Stalled", Stalled: "True InvalidSpec", phase: "Degraded" },
    ],
    [
      "is ready and degraded when a peak is missed",
      { degraded: missed, waitingFor: "4 of 9 replicas are ready" },
      { ...ready, Degraded: "True PeakMissed", phase: "Degraded" },
    ],
    [
      "is on its way while pods are late before their peak",
      { changes: [...good, late] },
      { ...ready, Ready: "False PartNotReady", Reconciling: "True Retrying", phase: "Progressing" },
    ],
    [
      "is ready and degraded when they are late at it: that is a missed peak",
      { degraded: missed, changes: [...good, late] },
      { ...ready, Degraded: "True PeakMissed", phase: "Degraded" },
    ],
    [
      "is ready and degraded when somebody else holds the field",
      {
        degraded: { reason: "FloorContested", message: "held at 2 by argocd" },
        changes: [...good, floor("Contested")],
      },
      { ...ready, Degraded: "True FloorContested", phase: "Degraded" },
    ],
    [
      "is degraded and not ready when the fallback stands in for metrics",
      { degraded: { reason: "FallbackInForce", message: "demand cannot be read" }, changes: [...good, unread] },
      { ...ready, Ready: "False PartNotReady", Degraded: "True FallbackInForce", phase: "Degraded" },
    ],
    [
      "stays degraded while it is paused",
      { degraded: missed, paused: true },
      { ...ready, Degraded: "True PeakMissed", phase: "Degraded" },
    ],
  ])("%s", (_, findings, expected) => {
    expect(whole(summary(findings))).toEqual(expected);
  });

  test.each(["Paused", "Observing", "TargetNone", "ScaledObjectPaused", "ScaledToZero"] as const)(
    "is ready although the floor is not applied: %s is somebody's wish",
    (reason) => {
      expect(whole(summary({ changes: [...good, floor(reason)] }))).toEqual({ ...ready, phase: "Healthy" });
    },
  );

  test("is ready with a coming shortfall, which leaves time to act", () => {
    const shortfall: ConditionChange = {
      type: "CapacityShortfall",
      status: "True",
      reason: "MaxReplicas",
      message: "needs 64, allows 20",
    };
    expect(whole(summary({ changes: [...good, shortfall] }))).toEqual({ ...ready, phase: "Healthy" });
  });

  test("is healthy only when it is ready", () => {
    const statuses = [good, [...good, unread], [...good, floor("WriteFailed")]];
    for (const changes of statuses) {
      for (const findings of [{}, { waitingFor: "x" }, { retrying: "x" }, { problems }, { stalled: nowhere }]) {
        const { Ready: words, phase } = whole(summary({ changes, ...findings }));
        expect(phase === "Healthy").toBe(words === "True AllPartsReady");
      }
    }
  });
});

describe("the messages", () => {
  test("name each value that cannot be used, with what is wrong", () => {
    const two = [...problems, { field: "spec.scaling.lead", value: "1d", message: "days are not a unit" }];
    const expected = "spec.events[sale].timeZone: is not an IANA time zone; spec.scaling.lead: days are not a unit";
    expect(told(summary({ problems: two }), "Stalled")?.message).toBe(expected);
    expect(told(summary({ problems: two }), "Ready")?.message).toBe(expected);
  });

  test("name the part that fails", () => {
    expect(told(summary({ changes: [...good, unread] }), "Ready")?.message).toBe(
      "MetricsAvailable: demand: no answer within 5 s",
    );
  });

  test("stay within 1,024 characters, however much is wrong", () => {
    const many = Array.from({ length: 500 }, () => problems[0]!);
    for (const { message } of summary({ problems: many }).conditions) expect(message.length).toBeLessThanOrEqual(1_024);
  });
});

describe("every condition", () => {
  const before: Condition[] = [
    {
      type: "Ready",
      status: "True",
      reason: "AllPartsReady",
      message: "",
      lastTransitionTime: then,
      observedGeneration: 1,
    },
    {
      type: "Stalled",
      status: "True",
      reason: "InvalidSpec",
      message: "",
      lastTransitionTime: then,
      observedGeneration: 1,
    },
    { type: "example.com/Audited", status: "True", reason: "Audited", message: "", lastTransitionTime: then },
  ];

  test("carries the generation that it is about", () => {
    const ours = summary({ problems }, before).conditions.filter(({ type }) => !type.includes("/"));
    expect(new Set(ours.map(({ observedGeneration }) => observedGeneration))).toEqual(new Set([2]));
  });

  test("keeps its time until its status is another", () => {
    expect(told(summary({}, before), "Ready")?.lastTransitionTime).toBe(then);
    expect(told(summary({ problems }, before), "Ready")?.lastTransitionTime).toBe("2027-01-12T09:00:00Z");
  });

  test("of others stays as it is; of ours what is over goes", () => {
    const types = summary({}, before).conditions.map(({ type }) => type);
    expect(types).toContain("example.com/Audited");
    expect(types).not.toContain("Stalled");
    expect(types).not.toContain("Reconciling");
  });
});
