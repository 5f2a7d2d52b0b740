import { removeCondition, setCondition, type Condition, type ConditionType } from "../api/v1alpha1/conditions.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { Degraded, Ready, Reconciling, Stalled, type ReasonOf } from "../api/v1alpha1/reasons.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import type { Verdict } from "../scaling/report.ts";

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
  /** The last try failed and there will be another; the message says why. */
  retrying?: string | undefined;
  paused: boolean;
}

export interface Summary {
  conditions: Condition[];
  phase: NonNullable<InvoiceServiceStatus["phase"]>;
}

/** Conditions of a part that say it does not do its work; the others inform. */
const NEEDED: readonly ConditionType[] = ["MetricsAvailable", "FloorApplied", "CapacityReady"];
/** Reasons that are no failure: somebody's wish, or pods that start within their usual time. */
const NO_FAILURE = new Set([
  "Starting",
  "Paused",
  "Observing",
  "TargetNone",
  "ScaledObjectPaused",
  "ScaledToZero",
  "Contested",
]);

export function summarize(before: readonly Condition[], findings: Findings, now: number): Summary {
  const { generation: observedGeneration, changes, degraded, paused } = findings;
  const set = (conditions: Condition[], change: ConditionChange): Condition[] =>
    setCondition(conditions, { ...change, observedGeneration }, now);

  let conditions = changes.reduce(set, [...before]);
  const stalled = findings.problems.length > 0 ? invalid(findings.problems) : findings.stalled;
  const failing = failingPart(conditions, degraded);
  // Where somebody has to do something, waiting is not the word.
  const reconciling = stalled || degraded ? undefined : reconcilingOf(findings, failing);
  conditions = reconciling
    ? set(conditions, { type: "Reconciling", status: "True", ...reconciling })
    : removeCondition(conditions, "Reconciling");
  conditions = stalled
    ? set(conditions, { type: "Stalled", status: "True", ...stalled })
    : removeCondition(conditions, "Stalled");
  conditions = degraded
    ? set(conditions, { type: "Degraded", status: "True", ...degraded })
    : set(conditions, { type: "Degraded", status: "False", reason: Degraded.None, message: "nothing is wrong" });
  conditions = set(conditions, { type: "Ready", ...readiness(stalled, failing, reconciling) });
  return { conditions, phase: phaseOf(stalled ?? degraded, reconciling, paused) };
}

/**
 * A part that does not do its work, in words. Pods that are late at their peak are a missed one, and that is said;
 * while the floor is not ours to apply (a pause, Observe, no target), neither is when pods are ready.
 */
function failingPart(conditions: readonly Condition[], degraded: Verdict<"Degraded"> | undefined): string | undefined {
  const keptOff = conditions.some(({ type, status }) => type === "FloorApplied" && status === "False");
  const capacityIsSaid = keptOff || degraded?.reason === Degraded.PeakMissed;
  const needed = capacityIsSaid ? NEEDED.filter((type) => type !== "CapacityReady") : NEEDED;
  const failing = conditions.find(
    ({ type, status, reason }) =>
      needed.includes(type as ConditionType) && status === "False" && !NO_FAILURE.has(reason),
  );
  return failing && `${failing.type}: ${failing.message}`;
}

interface Words<R extends string> {
  reason: R;
  message: string;
}

/** What may settle by itself: what is tried again, what is awaited, a part that fails. */
function reconcilingOf(
  { retrying, waitingFor }: Findings,
  failing: string | undefined,
): Words<"Starting" | "Retrying"> | undefined {
  if (retrying !== undefined) return { reason: Reconciling.Retrying, message: retrying };
  if (waitingFor !== undefined) return { reason: Reconciling.Starting, message: waitingFor };
  return failing === undefined ? undefined : { reason: Reconciling.Retrying, message: failing };
}

function readiness(
  stalled: Verdict<"Stalled"> | undefined,
  failing: string | undefined,
  reconciling: Words<string> | undefined,
): Words<ReasonOf<"Ready">> & { status: Condition["status"] } {
  if (stalled) return { status: "False", reason: Ready.Stalled, message: stalled.message };
  if (failing !== undefined) return { status: "False", reason: Ready.PartNotReady, message: failing };
  if (reconciling) return { status: "False", reason: Ready.Reconciling, message: reconciling.message };
  return { status: "True", reason: Ready.AllPartsReady, message: "all parts do their work" };
}

function invalid(problems: readonly Problem[]): Verdict<"Stalled"> {
  const message = problems.map(({ field, message: text }) => `${field}: ${text}`).join("; ");
  return { reason: Stalled.InvalidSpec, message };
}

function phaseOf(bad: object | undefined, reconciling: object | undefined, paused: boolean): Summary["phase"] {
  if (bad) return "Degraded";
  if (reconciling) return "Progressing";
  return paused ? "Suspended" : "Healthy";
}
