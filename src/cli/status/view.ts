import type { Condition } from "../../api/v1alpha1/conditions.ts";
import { timestamp } from "../../api/v1alpha1/conditions.ts";
import { parseDuration } from "../../api/v1alpha1/duration.ts";
import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { repairInvoiceService } from "../../api/v1alpha1/validate.ts";
import { pauseOf, prewarmOf } from "../../operator/annotations.ts";
import { outOfGit, type OutOfGit } from "./out-of-git.ts";

/**
 * One InvoiceService as `status` tells it, for the screen and for programs: `-o json` is this value. Fields are added,
 * never renamed. Times are RFC 3339 in UTC.
 */
export interface StatusView {
  namespace: string;
  name: string;
  workload: string;
  mode: "Auto" | "Observe";
  /** Healthy, Progressing, Degraded, Suspended; absent until the operator has seen the object. */
  phase?: string;
  /** Ready, and about the spec as it stands. */
  ready: boolean;
  message: string;
  /** What happens next, or what somebody has to do. */
  waitsFor: Awaited;
  paused?: { until?: string };
  window?: WindowView;
  demand: { state: State; message: string; peak?: number; peakAt?: string };
  /** What was learnt of windows, and what that says of the next; absent where no forecast is needed, or there is none. */
  forecast?: ForecastView;
  floor?: FloorView;
  replicas: { current?: number; ready?: number; desired?: number; min: number; max: number; leadSeconds?: number };
  shortfall?: { needed: number; limit: number; limitedBy: string };
  /** The next steps of the floor, earliest first. */
  plan: { from: string; replicas: number; reason: string }[];
  conditions: Condition[];
  /** Parts that this version does not have yet. */
  notConfigured: readonly string[];
}

/** A part does its work, does not, or that is not known. */
export type State = "True" | "False" | "Unknown";

export interface Awaited {
  /** `you`: somebody has to do something. `operator`: it settles by itself. `time`: a moment of the plan. */
  whom: "you" | "operator" | "time" | "nobody";
  message: string;
}

export interface WindowView {
  calendar: string;
  /** Of the calendar; absent when that cannot be read. */
  timeZone?: string;
  opens: string;
  deadline: string;
  /** Until when the floor is kept in full: the deadline, or how late it may be, and spec.scaling.release.grace. */
  heldUntil: string;
  grade: string;
  inForce: boolean;
  /** To the deadline of a window in force, or to the opening of the next one, in seconds. */
  secondsToGo: number;
}

interface ForecastView {
  /** Requests/s at the peak: as likely too high as too low, and what capacity is planned for. */
  p50?: number;
  upper?: number;
  /** Past windows that it was learnt from. */
  windows?: number;
  /** Requests/s that one replica serves, where that was learnt. */
  perReplica?: number;
  state: State;
  /** What it rests on, or what is missing. */
  message: string;
}

export interface FloorView {
  replicas: number;
  since?: string;
  reason: string;
  /** The object whose field carries it, and what that object's own minimum is. */
  owner?: string;
  base?: number;
  applied: State;
  appliedReason: string;
  message: string;
  prewarm?: { replicas: number; until: string };
  contest?: { manager: string; since: string };
  /** Whether the manifest in Git may leave the field to invoiceops. */
  outOfGit?: OutOfGit;
}

const LATER_PARTS = ["certificates", "connection limits", "dependencies", "incidents"] as const;

/** `zoneOf` gives the zone of a FilingCalendar that can be read. */
export function statusView(
  service: InvoiceService,
  now: number,
  zoneOf: (calendar: string) => string | undefined = () => undefined,
): StatusView {
  const { metadata, status } = service;
  const { spec } = repairInvoiceService(service.spec);
  const conditions = status?.conditions ?? [];
  const seen = isSeen(service);
  const ready = conditionOf(conditions, "Ready");
  const pause = pauseOf(metadata, now);
  const metrics = conditionOf(conditions, "MetricsAvailable");
  const { forecast, shortfall, current, ready: readyPods, desired, leadSeconds, plan = [] } = status?.scaling ?? {};
  const ahead = plan.filter(({ from }) => Date.parse(from) > now);
  const floor = floorOf(service, spec.scaling.minReplicas, now);
  const graceMs = parseDuration(spec.scaling.release.grace);
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    workload: `${spec.workload.kind}/${spec.workload.name}`,
    mode: spec.mode,
    ...(status?.phase ? { phase: status.phase } : {}),
    ready: seen && ready?.status === "True",
    message: seen ? (ready?.message ?? "") : "the operator has not seen the object as it stands",
    waitsFor: awaited(service, ahead, now),
    ...(pause.paused ? { paused: pause.until === undefined ? {} : { until: timestamp(pause.until) } } : {}),
    ...(status?.window ? { window: windowOf(status.window, graceMs, now, zoneOf(status.window.calendar)) } : {}),
    demand: {
      state: metrics?.status ?? "Unknown",
      message: metrics?.message ?? "not read yet",
      ...(forecast ? { peak: forecast.peak, peakAt: forecast.peakAt } : {}),
    },
    ...forecastOf(forecast, conditionOf(conditions, "ForecastReady")),
    ...(floor ? { floor } : {}),
    replicas: {
      ...defined({ current, ready: readyPods, desired }),
      min: spec.scaling.minReplicas,
      max: spec.scaling.maxReplicas,
      ...defined({ leadSeconds }),
    },
    ...(shortfall ? { shortfall } : {}),
    plan: ahead,
    conditions,
    notConfigured: LATER_PARTS,
  };
}

function forecastOf(
  forecast: NonNullable<NonNullable<InvoiceService["status"]>["scaling"]>["forecast"],
  condition: Condition | undefined,
): { forecast?: ForecastView } {
  if (!condition || condition.reason === "NotNeeded") return {};
  const { p50, upper, windows, perReplica } = forecast ?? {};
  return {
    forecast: { ...defined({ p50, upper, windows, perReplica }), state: condition.status, message: condition.message },
  };
}

function isSeen({ metadata, status }: InvoiceService): boolean {
  return (status?.observedGeneration ?? -1) >= (metadata.generation ?? 0);
}

function windowOf(
  {
    calendar,
    opens,
    deadline,
    heldUntil = deadline,
    grade,
  }: NonNullable<NonNullable<InvoiceService["status"]>["window"]>,
  graceMs: number,
  now: number,
  timeZone: string | undefined,
): WindowView {
  // Whether it is in force follows from the clock: the status is written when its meaning changes, a moment later.
  const inForce = Date.parse(opens) <= now;
  return {
    calendar,
    ...(timeZone === undefined ? {} : { timeZone }),
    opens,
    deadline,
    heldUntil: timestamp(Date.parse(heldUntil) + graceMs),
    grade,
    inForce,
    secondsToGo: Math.max(0, Math.floor((Date.parse(inForce ? deadline : opens) - now) / 1000)),
  };
}

function floorOf({ metadata, status }: InvoiceService, min: number, now: number): FloorView | undefined {
  const { floor, floorSince, floorReason, owner, base, contest } = status?.scaling ?? {};
  if (floor === undefined) return undefined;
  const applied = conditionOf(status?.conditions ?? [], "FloorApplied");
  const { prewarm } = prewarmOf(metadata);
  const git = outOfGit(status?.scaling ?? {}, applied, min);
  return {
    replicas: floor,
    ...(floorSince === undefined ? {} : { since: floorSince }),
    reason: floorReason ?? "base",
    ...(owner === undefined ? {} : { owner }),
    ...(base === undefined ? {} : { base }),
    applied: applied?.status ?? "Unknown",
    appliedReason: applied?.reason ?? "",
    message: applied?.message ?? "",
    ...(prewarm && prewarm.until > now
      ? { prewarm: { replicas: prewarm.replicas, until: timestamp(prewarm.until) } }
      : {}),
    ...(contest ? { contest: { manager: contest.manager, since: contest.since } } : {}),
    ...(git ? { outOfGit: git } : {}),
  };
}

/** The first thing in the way, in the order in which it would have to be cleared. */
function awaited(service: InvoiceService, ahead: StatusView["plan"], now: number): Awaited {
  const { metadata, status } = service;
  const conditions = status?.conditions ?? [];
  const message = (type: string): string | undefined => {
    const condition = conditionOf(conditions, type);
    return condition?.status === "True" ? condition.message : undefined;
  };
  if (!isSeen(service)) {
    return { whom: "operator", message: "the operator to look at it; `check` tells whether one runs" };
  }
  const somebody = message("Stalled") ?? message("Degraded");
  if (somebody !== undefined) return { whom: "you", message: somebody };
  const settling = message("Reconciling");
  if (settling !== undefined) {
    // A part may fail beside what is being waited for.
    const ready = conditionOf(conditions, "Ready");
    const all = new Set([settling, ...(ready?.status === "False" ? [ready.message] : [])]);
    return { whom: "operator", message: [...all].join("; ") };
  }
  const { paused, until } = pauseOf(metadata, now);
  if (paused) {
    const end = until === undefined ? "" : `${timestamp(until)}, or `;
    return { whom: until === undefined ? "you" : "time", message: `the end of the pause: ${end}resume` };
  }
  const [next] = ahead;
  if (next) return { whom: "time", message: `${next.from}: ${next.replicas} replicas for ${next.reason}` };
  return { whom: "nobody", message: "nothing" };
}

function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

function defined<T extends object>(values: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
