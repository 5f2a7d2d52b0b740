import type { Window } from "../calendar/window.ts";
import { Baseline, type Span } from "../forecast/baseline.ts";
import { learnCapacity } from "../forecast/capacity.ts";
import { learn, type Findings } from "../forecast/learn.ts";
import { unusualSpan } from "../forecast/filing-window.ts";
import { emptyState, type ForecastState } from "../forecast/state.ts";
import type { Point } from "../prometheus/select.ts";
import { censoredIn, outagesIn } from "./masks.ts";

/** From samples to what is learnt of them: pure. */

/** Ready replicas of each service as this operator's own metrics have them, where Prometheus scrapes those. */
export const READY_QUERY = "invoiceops_ready_replicas";

/** What is not usual in the samples of a service, and how they are read. */
export interface Learning {
  /** Windows of all calendars, as far back as there may be history. */
  windows: readonly Window[];
  /** Spans that are neither usual nor filing: one-off events. */
  events: readonly Span[];
  zone: string;
  /** Requests/s that one replica serves; undefined when that has to be learnt. */
  perReplica: number | undefined;
}

/** Samples of a service; `load` is in order, `stepMs` apart where nothing is missing. */
export interface Observations {
  load: Iterable<Point>;
  /** Ready replicas on the same grid; undefined where nobody knows. */
  ready: Iterable<Point> | undefined;
  stepMs: number;
}

/**
 * What `before` and the samples say together. Afresh, only its windows are taken over: the samples have all that is
 * to be known of usual days.
 */
export function learnFrom(
  before: ForecastState | undefined,
  { load, ready, stepMs }: Observations,
  { windows, events, zone, perReplica }: Learning,
  { now, afresh }: { now: number; afresh: boolean },
): { state: ForecastState; findings: Findings } {
  const usual = before?.baseline && !afresh ? new Baseline(before.baseline) : undefined;
  const outages = outagesIn(load, stepMs, usual && ((at) => usual.at(at)));
  const censored = ready && perReplica !== undefined ? censoredIn(load, ready, { perReplica, stepMs }) : [];
  const begun = windows.filter(({ opens }) => opens <= now);
  const basis = before && afresh ? { ...emptyState(zone), highest: before.highest, windows: before.windows } : before;
  return learn(basis, { samples: load, windows: begun, events, outages, censored, zone, now });
}

/** Whether, within a span of time, other times are unusual than before, or hours are counted by another clock. */
export function isOtherwise(before: Learning, after: Learning, within: Span): boolean {
  if (before.zone !== after.zone) return true;
  return JSON.stringify(unusual(before, within)) !== JSON.stringify(unusual(after, within));
}

function unusual({ windows, events }: Learning, within: Span): Span[] {
  return [...windows.map(unusualSpan), ...events]
    .map(({ from, to }) => ({ from: Math.max(from, within.from), to: Math.min(to, within.to) }))
    .filter(({ from, to }) => from < to)
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
}

/** Whether a window is in force, so that what comes tells about the rest of it. */
export function isOpen(windows: readonly Window[], now: number): boolean {
  return windows.some(({ opens, deadline, heldUntil = deadline }) => opens <= now && now < heldUntil);
}

/**
 * What one replica serves, by the counts that were ready under the load of the same moment. Nobody has told what is
 * served well, so it is taken to be what a count bears that nothing changes: pods that are just being added are late.
 */
export function capacityOf({ load, ready = [], stepMs }: Observations): ReturnType<typeof learnCapacity> {
  const replicas = new Map(ready);
  const points = [...load].flatMap(([at, value]) => {
    const count = replicas.get(at);
    const good = replicas.get(at - stepMs) === count && replicas.get(at + stepMs) === count;
    return count === undefined ? [] : [{ load: value, ready: count, good }];
  });
  if (points.length === 0) {
    const reason = `Prometheus has no ${READY_QUERY} of this service: have it scrape the operator, or set spec.scaling.perReplica`;
    return { ok: false, reason };
  }
  return learnCapacity(points);
}

/** What is usual is told by this much of history, ms. */
export const WEEKS_MS = 6 * 7 * 86_400_000;
/** How far back Prometheus is asked, ms: the filings of a year and the weeks before the first of them. */
export const LONGEST_MS = 396 * 86_400_000;

/**
 * Windows that are over, of which nothing was learnt, and that were not looked for before: `searched` has for each
 * calendar since when its windows were.
 */
export function unseen(
  windows: readonly Window[],
  learnt: readonly { calendar: string; deadline: number }[],
  searched: Readonly<Record<string, number>>,
  now: number,
): Window[] {
  const known = new Set(learnt.map(({ calendar, deadline }) => `${calendar} ${deadline}`));
  return windows.filter(
    ({ calendar, opens, deadline }) =>
      deadline < now &&
      opens >= now - LONGEST_MS &&
      opens < (searched[calendar] ?? Infinity) &&
      !known.has(`${calendar} ${deadline}`),
  );
}
