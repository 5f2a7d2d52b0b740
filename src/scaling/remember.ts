import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import type { Decision, Observed, ScalingMemory } from "./decide.ts";
import type { PlanStep } from "./plan.ts";
import { initialReactiveState } from "./reactive.ts";
import { isRefusal } from "./target.ts";

/**
 * What outlives the process. The status is the only memory: what is not in it is rebuilt so that a restart
 * can hold something longer, never give it up sooner.
 */

/** What the schema takes of a reason or a limit; a calendar's name alone may be as long. */
const TEXT_MAX = 253;

type ScalingStatus = NonNullable<InvoiceServiceStatus["scaling"]>;

/** The memory of a process that has just started, at `now`. */
export function restore(status: ScalingStatus | undefined, now: number): ScalingMemory {
  const { floor, floorSince, floorReason = "base", contest, declared, leadSeconds, base, desired } = status ?? {};
  return {
    reactive: initialReactiveState,
    // `desired` is there for a plain count alone.
    ...(base === undefined || desired === undefined ? {} : { countBefore: base }),
    ...(leadSeconds === undefined ? {} : { leadMs: leadSeconds * 1_000 }),
    ...(floor === undefined
      ? {}
      : {
          inForce: {
            replicas: floor,
            since: parseTime(floorSince, now),
            reason: floorReason,
            release: floorReason === "base" || floorReason.startsWith("schedule ") ? "exact" : "stepped",
          },
        }),
    floor: {
      resets: [],
      ...(contest ? { contest: { ...contest, since: parseTime(contest.since, now) } } : {}),
      ...(declared ? { declared: { ...declared, since: parseTime(declared.since, now) } } : {}),
    },
  };
}

/** The status section: what is so, not when it was last looked at, so that it changes only when its meaning does. */
export function statusOf({ target, workload }: Observed, decision: Decision): ScalingStatus {
  const { base, floor, recommended, shortfall, plan, memory } = decision;
  const { contest, declared } = memory.floor;
  const own = isRefusal(target) ? undefined : target;
  return {
    ...(own ? { owner: `${own.object.kind ?? own.kind}/${own.object.metadata.name}` } : {}),
    ...(own && (own.kind !== "Scale" || memory.countBefore !== undefined) ? { base } : {}),
    floor: floor.replicas,
    floorSince: timestamp(floor.since),
    floorReason: within(floor.reason),
    current: workload.replicas,
    ready: workload.ready,
    ...(own?.kind === "Scale" ? { desired: recommended } : {}),
    leadSeconds: Math.ceil(decision.leadMs / 1000),
    ...(contest ? { contest: { ...contest, since: timestamp(contest.since) } } : {}),
    ...(declared ? { declared: { ...declared, since: timestamp(declared.since) } } : {}),
    ...(shortfall
      ? { shortfall: { needed: shortfall.needed, limit: shortfall.limit, limitedBy: within(shortfall.limitedBy) } }
      : {}),
    plan: planOf(plan),
  };
}

/** A plan is the same value for minutes, and writing its times is most of the work of a status. */
const written = new WeakMap<readonly PlanStep[], NonNullable<ScalingStatus["plan"]>>();

/** Without the first step: that is what holds already, and its time would be that of the last look. */
function planOf(plan: readonly PlanStep[]): NonNullable<ScalingStatus["plan"]> {
  const known = written.get(plan);
  if (known) return known;
  const steps = plan
    .slice(1)
    .map(({ from, replicas, reason }) => ({ from: timestamp(from), replicas, reason: within(reason) }));
  written.set(plan, steps);
  return steps;
}

/** A text no longer than the schema lets it be: a status that is refused would be refused for ever. */
function within(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`;
}

/** A time of the status; one that is missing counts as just now: the longest wait. */
function parseTime(text: string | undefined, now: number): number {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? now : ms;
}
