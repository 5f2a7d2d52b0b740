import { baseOf, decideFloor, keptOff, type FloorDecision, type FloorMemory } from "./floor.ts";
import { isOurs } from "./ownership.ts";
import { neededAt, peakNeed, planAt, planSteps, type PlanSource, type PlanStep } from "./plan.ts";
import {
  evaluateReactive,
  type ReactiveResult,
  type ReactiveSettings,
  type ReactiveState,
  type SignalReading,
} from "./reactive.ts";
import { nextFloor, type FloorInForce, type NextFloor, type ReleaseSettings } from "./release.ts";
import type { QuotaRoom } from "./quota.ts";
import { isRefusal, type Refusal, type Target } from "./target.ts";

/**
 * The scaling decision: a pure function of what was observed, of what is remembered, and of time. The
 * controller, a dry run and a replay call the same one.
 */

export interface ScalingSettings extends ReactiveSettings, ReleaseSettings {
  minReplicas: number;
  maxReplicas: number;
  takeOver: boolean;
}

export interface Observed {
  now: number;
  generation: number;
  settings: ScalingSettings;
  /** The demand signals of this evaluation, empty when there are none; absent between evaluations, when the last result holds. */
  signals?: readonly SignalReading[];
  sources: readonly PlanSource[];
  /** Every part of the plan is known: calendars found, history read. */
  planComplete: boolean;
  leadMs: number;
  /** The user gave it: it holds as it is. A measured one does not shrink while a floor is raised. */
  leadFixed?: boolean;
  /** How far ahead a shortfall is looked for, ms. */
  horizonMs: number;
  target: Target | Refusal;
  /** No signal says how many replicas demand needs: the plan alone moves a plain count, and back to where it was. */
  uncounted?: boolean;
  workload: { replicas: number; ready: number };
  quota?: QuotaRoom;
  /** Why nothing may be written although there is a target; undefined = write. */
  hold?: { reason: "Paused" | "Observing" | "TargetNone"; message: string };
  refreshedAt?: number;
}

export interface ScalingMemory {
  reactive: ReactiveState;
  /** The last evaluation, for looks in between. */
  evaluated?: ReactiveResult;
  inForce?: FloorInForce & { reason: string };
  /** The plain count before the plan raised it, where no demand says what it should be. */
  countBefore?: number;
  floor: FloorMemory;
  /** The lead that was planned with last, ms. */
  leadMs?: number;
  outlook?: Outlook;
}

/** What lies ahead. It costs more than a decision and changes slowly, so it is kept for a few minutes. */
interface Outlook {
  at: number;
  sources: readonly PlanSource[];
  plan: readonly PlanStep[];
  peak?: Need;
}

const OUTLOOK_MS = 600_000;

export interface Shortfall {
  needed: number;
  limit: number;
  /** `maxReplicas`, `HorizontalPodAutoscaler/vat-api maxReplicas`, or a quota and its resource. */
  limitedBy: string;
  reason: string;
}

export interface Decision {
  /** What stands without the plan: the autoscaler's own minimum, or the count that goes with it. */
  base: number;
  /** The floor in force: what the plan and its release hold now, inside all bounds. */
  floor: FloorInForce & { reason: string; held?: NextFloor["held"] };
  /** What should run now, demand included: the recommendation that is always published. */
  recommended: number;
  /** Needed at this moment, without lead: what being ready is measured by. */
  neededNow: number;
  /** The lead that was planned with, ms. */
  leadMs: number;
  reactive: ReactiveResult;
  shortfall?: Shortfall;
  plan: readonly PlanStep[];
  /** What happens to the target's field; undefined when a refusal or a hold keeps us off it. */
  field?: FloorDecision;
  /** When the decision changes by time alone, ms since the epoch. */
  nextChangeAt?: number;
  memory: ScalingMemory;
}

export function decide(observed: Observed, memory: ScalingMemory): Decision {
  const { now, settings, sources, target } = observed;
  const reactive = reactiveOf(observed, memory);

  const known = isRefusal(target) ? undefined : target;
  const owned = known && known.kind !== "Scale" ? known : undefined;
  const countBefore = known && !owned && observed.uncounted ? countBeforeOf(known, memory) : undefined;
  const base = owned ? baseOf(owned) : { replicas: countBefore ?? settings.minReplicas, raised: false };
  const least = Math.max(base.replicas, settings.minReplicas);
  const limits = limitsOf(observed, owned);
  const ceiling = Math.max(base.replicas, Math.min(...limits.map(({ limit }) => limit)));

  const leadMs = heldLead(observed, memory, least);
  const planned = planAt(sources, least, now, leadMs);
  const inForce = inForceOf(observed, owned, least, memory);
  // Pause freezes what is in force: neither is it given back unseen, nor does it count what was never written.
  const step: NextFloor =
    observed.hold?.reason === "Paused"
      ? { replicas: Math.max(least, inForce.replicas), held: "Paused" }
      : nextFloor({
          now,
          inForce,
          planned,
          demanded: reactive.complete ? reactive.raw : undefined,
          planComplete: observed.planComplete,
          settings,
        });
  const replicas = Math.min(step.replicas, ceiling);
  const floor: Decision["floor"] = {
    ...floorInForce(inForce, planned, replicas, step, now),
    ...(step.held ? { held: step.held } : {}),
  };

  const fallback = reactive.fallback ? (settings.fallback?.replicas ?? 0) : 0;
  const demanded = countBefore === undefined ? reactive.replicas : fallback;
  const asked = Math.max(demanded, replicas, planned.replicas);
  const recommended = Math.max(settings.minReplicas, Math.min(asked, ceiling));
  const wanted = known?.kind === "Scale" ? recommended : replicas;
  const field =
    known && !observed.hold
      ? decideFloor({
          now,
          target: known,
          wanted,
          base,
          takeOver: settings.takeOver,
          generation: observed.generation,
          ...(observed.refreshedAt === undefined ? {} : { refreshedAt: observed.refreshedAt }),
          memory: memory.floor,
        })
      : undefined;

  const outlook = outlookOf({ ...observed, leadMs }, least, memory.outlook);
  const shortfall = shortfallOf(
    [
      outlook.peak,
      { replicas: settings.minReplicas, reason: "spec.scaling.minReplicas" },
      { replicas: reactive.lately, reason: "present demand" },
    ],
    limits,
    observed.quota,
  );
  const next = [step.nextStepAt, outlook.plan[1]?.from].filter((at) => at !== undefined);
  return {
    base: base.replicas,
    floor,
    recommended,
    neededNow: neededAt(sources, 0, now),
    leadMs,
    reactive,
    ...(shortfall ? { shortfall } : {}),
    plan: outlook.plan,
    ...(field ? { field } : {}),
    ...(next.length > 0 ? { nextChangeAt: Math.min(...next) } : {}),
    memory: {
      reactive: reactive.state,
      ...(observed.signals ? { evaluated: reactive } : memory.evaluated ? { evaluated: memory.evaluated } : {}),
      inForce: floor,
      ...(countBefore === undefined ? {} : { countBefore }),
      floor: field?.memory ?? keptOff(memory.floor),
      leadMs,
      outlook,
    },
  };
}

/**
 * The count that somebody else set last; ours is one that the plan raised. After a server-side apply of the workload a
 * write of /scale books no owner: then it is told by its value.
 */
function countBeforeOf(
  { object, path, value }: Target,
  { countBefore = value, inForce, floor: { lastOurs } }: ScalingMemory,
): number {
  const ours = isOurs(object, path) || value === lastOurs || value === inForce?.replicas;
  return ours ? countBefore : value;
}

/**
 * What demand asks for. Between evaluations the last result holds; where that was incomplete, and before the first,
 * nothing is known that could take away what runs.
 */
function reactiveOf({ signals, now, settings, workload }: Observed, memory: ScalingMemory): ReactiveResult {
  if (signals) return evaluateReactive(signals, workload.replicas, now, settings, memory.reactive);
  const unknown = { replicas: 0, raw: undefined, lately: 0, complete: false, fallback: false, state: memory.reactive };
  const last = memory.evaluated ?? unknown;
  return last.complete ? last : { ...last, replicas: Math.max(last.replicas, workload.replicas) };
}

/**
 * What is in force: what is remembered, but after a start or a pause no less than what stands in the field as ours.
 * A process that died between the write and the status must not give back in one step what the status never knew.
 * (Where the value is somebody else's it is the base, and the plan is no less than that.)
 */
function inForceOf(
  { now, hold }: Observed,
  owned: Target | undefined,
  least: number,
  { inForce, floor }: ScalingMemory,
): FloorInForce & { reason: string } {
  const remembered = inForce ?? { replicas: least, since: now, release: "exact", reason: "base" };
  if (!owned || hold || floor.lastOurs !== undefined || owned.value <= remembered.replicas) return remembered;
  return { replicas: owned.value, since: now, release: "stepped", reason: "found in force" };
}

/** The floor keeps its start time while its value stays: the next release step waits from there. */
function floorInForce(
  before: FloorInForce & { reason: string },
  planned: { reason: string; release: "exact" | "stepped" },
  replicas: number,
  step: NextFloor,
  now: number,
): FloorInForce & { reason: string } {
  const since = before.replicas === replicas ? before.since : now;
  const { reason, release } = step.held ? before : planned;
  return { replicas, since, reason, release };
}

interface Limit {
  limit: number;
  limitedBy: string;
}

/** What bounds the replicas from above, whether or not it is ours to change. */
function limitsOf({ settings }: Observed, owner: Target | undefined): Limit[] {
  const own = { limit: settings.maxReplicas, limitedBy: "spec.scaling.maxReplicas" };
  if (owner?.max === undefined) return [own];
  return [own, { limit: owner.max, limitedBy: `the maximum of ${owner.kind}/${owner.object.metadata.name}` }];
}

/**
 * The pods that a ramp starts are measured too, and more of them say less than few had to be feared to take. A floor
 * that was raised for the longer lead is not given back, before its peak, for the shorter one.
 */
function heldLead(
  { leadMs, leadFixed }: Observed,
  { inForce, leadMs: before = 0 }: ScalingMemory,
  least: number,
): number {
  const raised = inForce !== undefined && inForce.replicas > least;
  return raised && !leadFixed ? Math.max(leadMs, before) : leadMs;
}

function outlookOf(observed: Observed, base: number, before: Outlook | undefined): Outlook {
  const { now, sources, leadMs, horizonMs } = observed;
  const nextStep = before?.plan[1]?.from ?? Infinity;
  if (before?.sources === sources && now < Math.min(before.at + OUTLOOK_MS, nextStep)) return before;
  const range = { from: now, to: now + horizonMs };
  const peak = peakNeed(sources, range);
  return { at: now, sources, plan: planSteps(sources, base, { ...range, leadMs }), ...(peak ? { peak } : {}) };
}

interface Need {
  replicas: number;
  reason: string;
}

/** The highest need, now and within the horizon, against the tightest limit, quota included. */
function shortfallOf(
  needs: readonly (Need | undefined)[],
  limits: readonly Limit[],
  quota: QuotaRoom | undefined,
): Shortfall | undefined {
  const all = quota ? [...limits, { limit: quota.replicas, limitedBy: `ResourceQuota ${quota.limitedBy}` }] : limits;
  const tightest = all.toSorted((a, b) => a.limit - b.limit)[0];
  const highest = needs.filter((need) => need !== undefined).toSorted((a, b) => b.replicas - a.replicas)[0];
  if (!highest || !tightest || highest.replicas <= tightest.limit) return undefined;
  return { needed: highest.replicas, ...tightest, reason: highest.reason };
}
