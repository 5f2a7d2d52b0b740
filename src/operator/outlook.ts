import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import type { Window } from "../calendar/window.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import type { Verdict } from "../scaling/report.ts";
import { PREWARM } from "./annotations.ts";
import { heldUntilOf, nextWindow, type Calendars, type CalendarView } from "./calendars.ts";
import type { History, HistoryQuestion } from "./history.ts";
import type { HistoryState } from "./history-state.ts";
import { calendarConfirmed, forecastReady, IN_SIGHT_MS, notFound } from "./outlook-report.ts";
import { planSources, type PlanSources } from "./plan-sources.ts";

/** What lies ahead of a service: its windows, the demand to expect, and how sure both are. */

export interface Outlook {
  plan: PlanSources;
  /** Requests/s that one replica serves, where that was learnt. */
  perReplica?: number;
  /** Calendars and history are known, so that the plan may also be followed down. */
  complete: boolean;
  conditions: ConditionChange[];
  stalled?: Verdict<"Stalled">;
  waitingFor?: string;
  window?: NonNullable<InvoiceServiceStatus["window"]>;
  forecast?: NonNullable<NonNullable<InvoiceServiceStatus["scaling"]>["forecast"]>;
}

interface Kept {
  /** Of the object as far as a plan rests on it: each write of ours to the status makes a new object. */
  version: string;
  views: readonly CalendarView[];
  /** Absent where neither windows nor events ask for a forecast. */
  question?: HistoryQuestion;
  state: HistoryState | undefined;
  plan: PlanSources;
  /** The peak of the window that was looked at last. */
  peak?: Peak & Pick<Window, "opens" | "deadline">;
}

/** The highest demand expected in a window, and what it is to be served up to, requests/s. */
interface Peak {
  at: number;
  p50: number;
  upper: number;
}

export class Outlooks {
  readonly #calendars: Calendars;
  readonly #history: History;
  readonly #kept = new Map<string, Kept>();

  constructor(options: { calendars: Calendars; history: History }) {
    this.#calendars = options.calendars;
    this.#history = options.history;
  }

  /**
   * `endpoint` is where the history is read; undefined when that is not known now. `refreshedAt` is when somebody
   * asked for another try.
   */
  of(key: string, service: InvoiceService, endpoint: Endpoint | undefined, now: number, refreshedAt?: number): Outlook {
    const { calendars = [] } = service.spec;
    const found = calendars.map((ref) => ({ ref, view: this.#calendars.view(ref, now) }));
    const views = found.flatMap(({ view }) => (view ? [view] : []));
    const missing = found.flatMap(({ ref, view }) => (view ? [] : [ref]));

    const kept = this.#keep(key, service, views, now);
    const { question } = kept;
    const state =
      question && (endpoint ? this.#history.of(key, endpoint, question, refreshedAt) : this.#history.last(key));
    if (state && kept.state !== state) this.#replan(kept, service, state, now);
    const { plan } = kept;
    const window = nextWindow(plan.windows, now);
    const peak = window && window.opens <= now + IN_SIGHT_MS ? peakOf(kept, window, service) : undefined;
    const waitingFor = endpoint && state && !state.known ? "the history of demand is being read" : undefined;
    return {
      plan,
      ...(state?.capacity?.ok ? { perReplica: state.capacity.perReplica } : {}),
      complete: missing.length === 0 && views.every(isWhole) && (!state || isSettled(state)),
      conditions: [
        calendarConfirmed(calendars.length, missing, views, now),
        forecastReady(service, state, plan.forecast),
      ],
      ...(missing.length > 0 ? { stalled: notFound(missing) } : {}),
      ...(waitingFor ? { waitingFor } : {}),
      ...(window ? { window: windowStatus(window, now) } : {}),
      ...(peak ? { forecast: forecastStatus(peak, service, state) } : {}),
    };
  }

  forget(key: string): void {
    this.#kept.delete(key);
    this.#history.forget(key);
  }

  /** The same value while the object and its calendars are. */
  #keep(key: string, service: InvoiceService, views: readonly CalendarView[], now: number): Kept {
    const known = this.#kept.get(key);
    const { uid, generation, annotations } = service.metadata;
    const version = `${uid}/${generation}/${annotations?.[PREWARM]}`;
    const same =
      known?.version === version &&
      known.views.length === views.length &&
      known.views.every((view, index) => view === views[index]);
    if (same) return known;
    const plan = planOf(service, views, known?.state, now);
    const question = plan.needsForecast ? { question: questionOf(service, plan) } : {};
    const kept = { version, views, state: known?.state, plan, ...question };
    this.#kept.set(key, kept);
    return kept;
  }

  #replan(kept: Kept, service: InvoiceService, state: HistoryState, now: number): void {
    const { state: before } = kept;
    kept.state = state;
    if (before && !saysOther(before, state)) return;
    kept.plan = planOf(service, kept.views, state, now);
    delete kept.peak;
  }
}

function planOf(
  service: InvoiceService,
  calendars: readonly CalendarView[],
  state: HistoryState | undefined,
  now: number,
): PlanSources {
  const { learnt, capacity } = state ?? {};
  return planSources({
    service,
    calendars,
    learnt: learnt?.unpack(),
    ...(capacity?.ok ? { perReplica: capacity.perReplica } : {}),
    now,
  });
}

/** Whether a plan would be another. */
function saysOther(before: HistoryState, after: HistoryState): boolean {
  return before.learnt !== after.learnt || before.capacity !== after.capacity;
}

/** Everything that there is to be known is, so that what is planned may also be followed down. */
function isSettled({ whole, learnt, searching }: HistoryState): boolean {
  return whole && learnt?.baseline !== undefined && !searching;
}

/** A calendar of which something cannot be used may have a window that nobody sees: what is held is held on. */
function isWhole({ problems }: CalendarView): boolean {
  return problems.length === 0;
}

/**
 * The highest demand expected in a window, also when it lies behind: a peak of what is left would be another at
 * each look.
 */
function peakOf(kept: Kept, { opens, deadline }: Window, { spec }: InvoiceService): Peak | undefined {
  const { plan, peak } = kept;
  if (!plan.forecast) return undefined;
  if (peak?.opens !== opens || peak.deadline !== deadline) {
    const { at, value: p50 } = plan.forecast.peak(opens, deadline);
    const { quantile } = spec.scaling;
    const bound = plan.forecast.planned({ utilization: 1, ...(quantile === undefined ? {} : { quantile }) });
    const upper = bound.peakIn(opens, deadline);
    kept.peak = { opens, deadline, at, p50, upper };
  }
  return kept.peak;
}

function forecastStatus(
  { at, p50, upper }: Peak,
  { spec }: InvoiceService,
  state: HistoryState | undefined,
): NonNullable<Outlook["forecast"]> {
  const { learnt, capacity } = state ?? {};
  const seen = learnt?.windows.filter(({ over }) => over) ?? [];
  return {
    peak: rounded(p50),
    peakAt: timestamp(at),
    p50: rounded(p50),
    upper: rounded(upper),
    windows: seen.length,
    ...(spec.scaling.perReplica === undefined && capacity?.ok ? { perReplica: rounded(capacity.perReplica) } : {}),
  };
}

/** Two figures: more would only move with each new sample of the history. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function questionOf({ metadata, spec }: InvoiceService, { windows, events, zone }: PlanSources): HistoryQuestion {
  const { name, namespace, uid } = metadata;
  const { query, select } = spec.demand;
  return {
    owner: { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) },
    query,
    ...(select ? { select } : {}),
    windows,
    events,
    zone,
    perReplica: spec.scaling.perReplica,
  };
}

function windowStatus(window: Window, now: number): NonNullable<Outlook["window"]> {
  const { calendar, opens, deadline, grade } = window;
  return {
    calendar,
    opens: timestamp(opens),
    deadline: timestamp(deadline),
    ...heldUntilOf(window),
    grade,
    inForce: opens <= now,
  };
}
