import type { PlanSource } from "./plan.ts";
import { replicasFor } from "./reactive.ts";

/**
 * What a plan is made of: fixed-number schedules, one-off events and filing windows. Each becomes a
 * PlanSource; the strongest at a moment wins, an inactive one has no vote.
 */

/** Expected demand over time, requests/s. */
export interface ExpectedDemand {
  /** Highest expected demand in [from, to]. */
  peakIn(from: number, to: number): number;
}

/** Requests/s that one replica serves at the wanted utilization. */
export type ReplicaCapacity = number;

/** A recurring schedule: `at` says whether it is active and when that may change next. */
export interface Recurrence {
  at(time: number): { active: boolean; until: number };
}

/** A fixed number of replicas while the schedule is active. */
export function scheduleSource(name: string, replicas: number, recurrence: Recurrence): PlanSource {
  const changes = function* (from: number, to: number): Generator<{ at: number; active: boolean }> {
    for (let at = from; at <= to;) {
      const { active, until } = recurrence.at(at);
      yield { at, active };
      if (!(until > at)) return;
      at = until;
    }
  };
  return {
    reason: `schedule ${name}`,
    release: "exact",
    need(from, to) {
      for (const { active } of changes(from, to)) if (active) return replicas;
      return 0;
    },
    boundaries: (from, to) => [...changes(from, to)].map(({ at }) => at),
  };
}

/** A fixed number of replicas in [start, end). */
export function fixedEventSource(name: string, span: { start: number; end: number }, replicas: number): PlanSource {
  return {
    reason: `event ${name}`,
    release: "exact",
    need: (from, to) => (from < span.end && to >= span.start ? replicas : 0),
    boundaries: (from, to) => [span.start, span.end].filter((at) => at >= from && at <= to),
  };
}

/** A fixed number of replicas from now to a moment, asked for by hand. */
export function prewarmSource(replicas: number, until: number): PlanSource {
  return {
    reason: "prewarm",
    release: "exact",
    need: (from) => (from < until ? replicas : 0),
    boundaries: (from, to) => [until].filter((at) => at >= from && at <= to),
  };
}

/** The demand expected in an event, [start, end). */
export function forecastEventSource(
  name: string,
  span: { start: number; end: number },
  demand: ExpectedDemand,
  capacity: ReplicaCapacity,
): PlanSource {
  const need = (from: number, to: number): number =>
    from < span.end && to >= span.start
      ? replicasFor(demand.peakIn(Math.max(from, span.start), Math.min(to, span.end - 1)), capacity)
      : 0;
  return {
    reason: `event ${name}`,
    release: "stepped",
    need,
    boundaries: (from, to) =>
      [span.start, ...moments(Math.max(from, span.start), Math.min(to, span.end)), span.end].filter(
        (at) => at >= from && at <= to,
      ),
    peak: once(() => need(span.start, span.end)),
  };
}

/**
 * A filing window, a level that is held: up to the deadline the highest demand expected so far, from there to the
 * end of the grace the highest of the whole window. It does not follow the nights down: deadlines are moved late,
 * stragglers file after them, and a floor that was given back in the evening may be missing in the morning.
 */
export function windowSource(
  window: { name: string; opens: number; deadline: number },
  graceMs: number,
  demand: ExpectedDemand,
  capacity: ReplicaCapacity,
): PlanSource {
  const { opens, deadline } = window;
  const holdsUntil = deadline + graceMs;
  const highest = highestSince(opens, demand);
  const need = (from: number, to: number): number =>
    to < opens || from >= holdsUntil ? 0 : replicasFor(highest(Math.min(to, deadline)), capacity);
  return {
    reason: `window ${window.name}`,
    release: "stepped",
    need,
    boundaries: (from, to) =>
      [opens, ...moments(Math.max(from, opens), Math.min(to, deadline)), deadline, holdsUntil].filter(
        (at) => at >= from && at <= to,
      ),
    peak: once(() => need(opens, deadline)),
  };
}

/**
 * The highest demand from `start` to a moment. It is asked for at each look, a little later each time, so what was
 * worked out before is gone on from: weeks of hours would take most of a decision's time.
 */
function highestSince(start: number, demand: ExpectedDemand): (to: number) => number {
  let known = { to: start, value: demand.peakIn(start, start) };
  return (to) => {
    const from = to >= known.to ? known : { to: start, value: 0 };
    known = { to, value: Math.max(from.value, demand.peakIn(from.to, to)) };
    return known.value;
  };
}

/** The peak of a span is asked for at each look, takes weeks of hours to work out, and never changes. */
function once(work: () => number): () => number {
  let result: number | undefined;
  return () => (result ??= work());
}

/** Distances of the moments below, in ms: an hour, half, a quarter, then 5 min, 1 min and seconds. */
const STEPS_MS = [3_600, 1_800, 900, 300, 60, 30, 10, 5, 1].map((seconds) => seconds * 1_000);

/**
 * Moments at which a forecast is looked at for the plan that users read: each hour, in a short span 20 or more.
 * They do not depend on where the span begins, or a plan that is looked at again and again would never be the same.
 */
function moments(from: number, to: number): number[] {
  const step = STEPS_MS.find((ms) => ms <= (to - from) / 20) ?? 1_000;
  const first = Math.floor(from / step) + 1;
  const count = Math.floor(to / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}
