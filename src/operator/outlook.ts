import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import type { Window } from "../calendar/window.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import type { Verdict } from "../scaling/report.ts";
import { PREWARM } from "./annotations.ts";
import { heldUntilOf, nextWindow, type Calendars, type CalendarView } from "./calendars.ts";
import type { History, HistoryState } from "./history.ts";
import { calendarConfirmed, forecastReady, IN_SIGHT_MS, notFound } from "./outlook-report.ts";
import { planSources, type PlanSources } from "./plan-sources.ts";

/** What lies ahead of a service: its windows, the demand to expect, and how sure both are. */

export interface Outlook {
  plan: PlanSources;
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
  state: HistoryState | undefined;
  plan: PlanSources;
  /** The peak of the window that was looked at last. */
  peak?: { opens: number; deadline: number; at: number; value: number };
}

export class Outlooks {
  readonly #calendars: Calendars;
  readonly #history: History;
  readonly #kept = new Map<string, Kept>();

  constructor(options: { calendars: Calendars; history: History }) {
    this.#calendars = options.calendars;
    this.#history = options.history;
  }

  /** `endpoint` is where the history is read; undefined when that is not known now. */
  of(key: string, service: InvoiceService, endpoint: Endpoint | undefined, now: number): Outlook {
    const { calendars = [] } = service.spec;
    const found = calendars.map((ref) => ({ ref, view: this.#calendars.view(ref, now) }));
    const views = found.flatMap(({ view }) => (view ? [view] : []));
    const missing = found.flatMap(({ ref, view }) => (view ? [] : [ref]));

    let kept = this.#keep(key, service, views, undefined, now);
    let state: HistoryState | undefined;
    if (kept.plan.needsForecast) {
      state = endpoint ? this.#history.of(key, question(service, endpoint, kept.plan)) : this.#history.last(key);
      kept = this.#keep(key, service, views, state, now);
    }
    const { plan } = kept;
    const window = nextWindow(plan.windows, now);
    const peak = window && window.opens <= now + IN_SIGHT_MS ? peakOf(kept, window) : undefined;
    const waitingFor = endpoint && state && !state.known ? "the history of demand is being read" : undefined;
    return {
      plan,
      complete:
        missing.length === 0 && views.every(isWhole) && (!state || (state.whole && state.baseline !== undefined)),
      conditions: [calendarConfirmed(calendars.length, missing, views, now), forecastReady(service, state)],
      ...(missing.length > 0 ? { stalled: notFound(missing) } : {}),
      ...(waitingFor ? { waitingFor } : {}),
      ...(window ? { window: windowStatus(window, now) } : {}),
      // Two figures: more would only move with each new sample of the history.
      ...(peak ? { forecast: { peak: Number(peak.value.toPrecision(2)), peakAt: timestamp(peak.at) } } : {}),
    };
  }

  forget(key: string): void {
    this.#kept.delete(key);
    this.#history.forget(key);
  }

  /** The same value while nothing that it rests on has changed. */
  #keep(
    key: string,
    service: InvoiceService,
    views: readonly CalendarView[],
    state: HistoryState | undefined,
    now: number,
  ): Kept {
    const known = this.#kept.get(key);
    const { uid, generation, annotations } = service.metadata;
    const version = `${uid}/${generation}/${annotations?.[PREWARM]}`;
    const same =
      known?.version === version &&
      known.views.length === views.length &&
      known.views.every((view, index) => view === views[index]);
    if (same && (state === undefined || known.state === state)) return known;
    const plan = planSources({ service, calendars: views, baseline: state?.baseline, now });
    const kept = { version, views, state, plan };
    this.#kept.set(key, kept);
    return kept;
  }
}

/** A calendar of which something cannot be used may have a window that nobody sees: what is held is held on. */
function isWhole({ problems }: CalendarView): boolean {
  return problems.length === 0;
}

/**
 * The highest demand expected in a window, also when it lies behind: a peak of what is left would be another at
 * each look.
 */
function peakOf(kept: Kept, { opens, deadline }: Window): Kept["peak"] {
  const { plan, peak } = kept;
  if (!plan.forecast) return undefined;
  if (peak?.opens !== opens || peak.deadline !== deadline) {
    kept.peak = { opens, deadline, ...plan.forecast.peak(opens, deadline) };
  }
  return kept.peak;
}

function question({ spec }: InvoiceService, endpoint: Endpoint, plan: PlanSources): Parameters<History["of"]>[1] {
  const { query, select } = spec.demand;
  return { endpoint, query, ...(select ? { select } : {}), exclude: plan.unusual, zone: plan.zone };
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
