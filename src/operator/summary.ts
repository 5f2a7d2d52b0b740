import { removeCondition, setCondition, type Condition, type ConditionType } from "../api/v1alpha1/conditions.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { Degraded, Ready, Reconciling, Stalled } from "../api/v1alpha1/reasons.ts";
import type { ConditionChange, Verdict } from "../scaling/report.ts";

/**
 * The conditions about the service as a whole, and the phase, from what the parts have reported. kstatus and
 * Argo CD read these: Reconciling means wait, Stalled means somebody must edit something.
 */

export interface Findings {
  generation: number;
  changes: readonly ConditionChange[];
  problems: readonly Problem[];
  stalled?: Verdict<"Stalled"> | undefined;
  degraded?: Verdict<"Degraded"> | undefined;
  /** Something is on its way and will settle by itself; the message says what. */
  waitingFor?: string | undefined;
  /** The last write failed and is retried. */
  retrying?: string | undefined;
  paused: boolean;
}

export interface Summary {
  conditions: Condition[];
  phase: NonNullable<InvoiceServiceStatus["phase"]>;
}

/** Conditions of a part that say it does not do its work; the others inform. */
const NEEDED: readonly ConditionType[] = ["MetricsAvailable", "FloorApplied"];
/** Reasons of a False FloorApplied that are somebody's wish, not a failure. */
const WISHED = new Set(["Paused", "Observing", "TargetNone", "ScaledObjectPaused", "ScaledToZero", "Contested"]);

export function summarize(before: readonly Condition[], findings: Findings, now: number): Summary {
  const { generation: observedGeneration, changes, paused } = findings;
  const set = (conditions: Condition[], change: ConditionChange): Condition[] =>
    setCondition(conditions, { ...change, observedGeneration }, now);

  const stalled = findings.problems.length > 0 ? invalid(findings.problems) : findings.stalled;
  const settling = findings.retrying ?? findings.waitingFor;
  let conditions = changes.reduce(set, [...before]);
  conditions =
    settling === undefined
      ? removeCondition(conditions, "Reconciling")
      : set(conditions, {
          type: "Reconciling",
          status: "True",
          reason: findings.retrying === undefined ? Reconciling.Starting : Reconciling.Retrying,
          message: settling,
        });
  conditions = stalled
    ? set(conditions, { type: "Stalled", status: "True", ...stalled })
    : removeCondition(conditions, "Stalled");
  conditions = findings.degraded
    ? set(conditions, { type: "Degraded", status: "True", ...findings.degraded })
    : set(conditions, { type: "Degraded", status: "False", reason: Degraded.None, message: "nothing is wrong" });
  conditions = set(conditions, readiness(conditions, stalled, settling));
  return {
    conditions,
    phase: phaseOf(stalled !== undefined || findings.degraded !== undefined, settling !== undefined, paused),
  };
}

function readiness(
  conditions: readonly Condition[],
  stalled: Verdict<"Stalled"> | undefined,
  settling: string | undefined,
): ConditionChange {
  const type = "Ready";
  if (stalled) return { type, status: "False", reason: Ready.Stalled, message: stalled.message };
  const failing = conditions.find(
    (condition) =>
      NEEDED.includes(condition.type as ConditionType) && condition.status === "False" && !WISHED.has(condition.reason),
  );
  if (failing)
    return { type, status: "False", reason: Ready.PartNotReady, message: `${failing.type}: ${failing.message}` };
  if (settling !== undefined) return { type, status: "False", reason: Ready.Reconciling, message: settling };
  return { type, status: "True", reason: Ready.AllPartsReady, message: "all parts do their work" };
}

function invalid(problems: readonly Problem[]): Verdict<"Stalled"> {
  const message = problems.map(({ field, message: text }) => `${field}: ${text}`).join("; ");
  return { reason: Stalled.InvalidSpec, message };
}

function phaseOf(bad: boolean, settling: boolean, paused: boolean): Summary["phase"] {
  if (settling && !bad) return "Progressing";
  if (bad) return "Degraded";
  return paused ? "Suspended" : "Healthy";
}
