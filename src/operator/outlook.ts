import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import { timestamp } from "../api/v1alpha1/conditions.ts";
import { CalendarConfirmed, ForecastReady } from "../api/v1alpha1/reasons.ts";
import type { Endpoint } from "../prometheus/reading.ts";
import type { Window } from "../calendar/window.ts";
import type { ConditionChange, Verdict } from "../scaling/report.ts";
import { Stalled } from "../api/v1alpha1/reasons.ts";
import type { Calendars, CalendarView } from "./calendars.ts";
import type { History, HistoryState } from "./history.ts";
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
  /** Uid and generation: each write of ours to the status makes a new object of the same spec. */
  version: string;
  views: readonly CalendarView[];
  state: HistoryState | undefined;
  plan: PlanSources;
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
    const found = calendars.map(({ name }) => ({ name, view: this.#calendars.view(name, now) }));
    const views = found.flatMap(({ view }) => (view ? [view] : []));
    const missing = found.flatMap(({ name, view }) => (view ? [] : [name]));

    let plan = this.#plan(key, service, views, undefined);
    let state: HistoryState | undefined;
    if (plan.needsForecast) {
      state = endpoint ? this.#history.of(key, question(service, endpoint, plan)) : this.#history.last(key);
      plan = this.#plan(key, service, views, state);
    }
    const window = nextWindow(plan.windows, now);
    const peak = window && plan.forecast?.peak(Math.max(now, window.opens), Math.max(now, window.deadline));
    const waitingFor = state && !state.known ? "the history of demand is being read" : undefined;
    return {
      plan,
      complete: missing.length === 0 && (state === undefined || state.baseline !== undefined),
      conditions: [calendarConfirmed(calendars.length, missing, views, window), forecastReady(service, state)],
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
  #plan(
    key: string,
    service: InvoiceService,
    views: readonly CalendarView[],
    state: HistoryState | undefined,
  ): PlanSources {
    const kept = this.#kept.get(key);
    const version = `${service.metadata.uid}/${service.metadata.generation}`;
    const same =
      kept?.version === version &&
      kept.views.length === views.length &&
      kept.views.every((view, index) => view === views[index]);
    if (same && (state === undefined || kept.state === state)) return kept.plan;
    const plan = planSources({ service, calendars: views, baseline: state?.baseline });
    this.#kept.set(key, { version, views, state, plan });
    return plan;
  }
}

function question({ spec }: InvoiceService, endpoint: Endpoint, plan: PlanSources): Parameters<History["of"]>[1] {
  const { query, select } = spec.demand;
  return { endpoint, query, ...(select ? { select } : {}), exclude: plan.unusual, zone: "UTC" };
}

/** The window in force, or the next one. One whose deadline was moved is two in a row: it ends with the last of them. */
function nextWindow(windows: readonly Window[], now: number): Window | undefined {
  const next = windows.find(({ deadline }) => deadline > now);
  if (!next) return undefined;
  const same = windows.filter(
    ({ calendar, name }) => calendar === next.calendar && name !== undefined && name === next.name,
  );
  return { ...next, opens: same[0]?.opens ?? next.opens, deadline: same.at(-1)?.deadline ?? next.deadline };
}

function windowStatus({ calendar, opens, deadline, grade }: Window, now: number): NonNullable<Outlook["window"]> {
  return { calendar, opens: timestamp(opens), deadline: timestamp(deadline), grade, inForce: opens <= now };
}

function calendarConfirmed(
  named: number,
  missing: readonly string[],
  views: readonly CalendarView[],
  window: Window | undefined,
): ConditionChange {
  const type = "CalendarConfirmed";
  if (missing.length > 0)
    return { type, status: "False", reason: CalendarConfirmed.CalendarNotFound, message: notFound(missing).message };
  if (named === 0)
    return { type, status: "True", reason: CalendarConfirmed.NoCalendar, message: "no calendar is named" };
  const bad = views.find(({ problems }) => problems.length > 0);
  if (bad) {
    const message = `FilingCalendar ${bad.name}: ${bad.problems.map((problem) => `${problem.field}: ${problem.message}`).join("; ")}`;
    return { type, status: "False", reason: CalendarConfirmed.CalendarInvalid, message };
  }
  if (!window) {
    const message = `no window lies ahead: add the dates of the coming periods to ${views.map(({ name }) => name).join(", ")}`;
    return { type, status: "False", reason: CalendarConfirmed.NoWindowAhead, message };
  }
  const published = window.grade === "Published";
  return {
    type,
    status: published ? "True" : "Unknown",
    reason: published ? CalendarConfirmed.Published : CalendarConfirmed.Computed,
    message: `the deadline of ${window.calendar} ${window.name ?? ""} is ${timestamp(window.deadline)} (${window.grade.toLowerCase()})`,
  };
}

function forecastReady({ spec }: InvoiceService, state: HistoryState | undefined): ConditionChange {
  const type = "ForecastReady";
  if (!state)
    return {
      type,
      status: "True",
      reason: ForecastReady.NotNeeded,
      message: "neither windows nor events ask for a forecast",
    };
  if (spec.scaling.perReplica === undefined) {
    const message = "spec.scaling.perReplica is missing: set it to the requests/s that one replica serves";
    return { type, status: "False", reason: ForecastReady.CapacityUnknown, message };
  }
  const { baseline, failure, known } = state;
  if (failure || !baseline) {
    const why = failure
      ? `${failure.reason}: ${failure.message}`
      : known
        ? "no sample outside of windows and events"
        : "not read yet";
    const until = baseline ? "; planning with what was learnt before" : "; windows cannot be planned until it can";
    return {
      type,
      status: known ? "False" : "Unknown",
      reason: ForecastReady.HistoryUnavailable,
      message: `${why}${until}`,
    };
  }
  const sufficient = baseline.profile.sufficient;
  return {
    type,
    status: sufficient ? "True" : "False",
    reason: sufficient ? ForecastReady.Ready : ForecastReady.InsufficientHistory,
    message: sufficient ? "the usual demand is known" : baseline.description,
  };
}

function notFound(names: readonly string[]): Verdict<"Stalled"> {
  const message = `FilingCalendar ${names.join(", ")} does not exist: create it or correct spec.calendars`;
  return { reason: Stalled.CalendarNotFound, message };
}
