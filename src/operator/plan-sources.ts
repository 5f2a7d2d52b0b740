import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { readEvents } from "../calendar/event.ts";
import { readSchedules, type Schedule, type ScheduleState } from "../calendar/schedule.ts";
import { holdsUntil, type Window } from "../calendar/window.ts";
import type { Baseline, Span } from "../forecast/baseline.ts";
import type { Forecaster } from "../forecast/forecaster.ts";
import { PriorForecast } from "../forecast/prior-forecast.ts";
import type { PlanSource } from "../scaling/plan.ts";
import {
  fixedEventSource,
  forecastEventSource,
  prewarmSource,
  scheduleSource,
  windowSource,
} from "../scaling/sources.ts";
import { prewarmOf } from "./annotations.ts";
import type { CalendarView } from "./calendars.ts";

/** What a service's plan is made of, from its spec, its annotations, its calendars and its usual demand. */

export interface PlanInput {
  service: InvoiceService;
  calendars: readonly CalendarView[];
  baseline: Baseline | undefined;
  now: number;
}

/** Far enough for a plan that is looked at for 35 days from any moment of the coming one, and its lead. */
const NEAR_MS = 40 * 86_400_000;
/** As far back as a baseline looks, which leaves past windows out. */
const PAST_MS = 50 * 86_400_000;

export interface PlanSources {
  sources: readonly PlanSource[];
  /** Windows of all its calendars, earliest deadline first. */
  windows: readonly Window[];
  /** Spans that are not usual, which a baseline leaves out. */
  unusual: readonly Span[];
  /** Windows or events ask for a forecast. */
  needsForecast: boolean;
  /** The zone by whose clock the load has its hours: people file by the clock on the wall, summer and winter. */
  zone: string;
  /** Entries that cannot be used; the others are. */
  problems: readonly Problem[];
  /** Present once the usual demand is known. */
  forecast?: Forecaster;
}

/** Holds for the day after `now`; by then the calendars have new views. */
export function planSources({ service, calendars, baseline, now }: PlanInput): PlanSources {
  const { scaling } = service.spec;
  const { schedules, problems: badSchedules } = readSchedules(scaling.schedules ?? []);
  const { events, problems: badEvents } = readEvents(service.spec.events ?? []);
  const graceMs = parseDuration(scaling.release.grace);
  const capacity = scaling.perReplica === undefined ? undefined : scaling.perReplica * scaling.utilization;
  const windows = calendars.flatMap((calendar) => calendar.windows).toSorted((a, b) => a.deadline - b.deadline);
  // A year of windows would be looked through at each moment of a forecast.
  const near = windows.filter(
    (window) => window.opens <= now + NEAR_MS && holdsUntil(window, graceMs) >= now - PAST_MS,
  );
  const forecast =
    baseline &&
    new PriorForecast({
      baseline,
      windows: near.map((window) => ({
        opens: window.opens,
        deadline: window.deadline,
        holdsUntil: holdsUntil(window, graceMs),
        peakFactor: scaling.expectedPeakFactor,
      })),
      events: events.flatMap(({ start, end, event: { expectedPeakFactor } }) =>
        expectedPeakFactor === undefined ? [] : [{ start, end, peakFactor: expectedPeakFactor }],
      ),
    });

  const { prewarm, problem: badPrewarm } = prewarmOf(service.metadata);
  const sources: PlanSource[] = schedules.map((schedule) =>
    scheduleSource(schedule.name, schedule.replicas, { at: remembering(schedule) }),
  );
  if (prewarm && prewarm.until > now) sources.push(prewarmSource(prewarm.replicas, prewarm.until));
  for (const { event, ...span } of events) {
    if (event.replicas !== undefined) sources.push(fixedEventSource(event.name, span, event.replicas));
    else if (forecast && capacity) sources.push(forecastEventSource(event.name, span, forecast, capacity));
  }
  if (forecast && capacity) {
    for (const window of near) {
      const { calendar, name = "", opens, deadline } = window;
      const heldMs = holdsUntil(window, graceMs) - deadline;
      sources.push(windowSource({ name: `${calendar} ${name}`.trim(), opens, deadline }, heldMs, forecast, capacity));
    }
  }
  return {
    sources,
    windows,
    unusual: [
      ...near.map((window) => ({ from: window.opens, to: holdsUntil(window, graceMs) })),
      ...events.map(({ start, end }) => ({ from: start, to: end })),
    ],
    needsForecast: windows.length > 0 || events.some(({ event }) => event.expectedPeakFactor !== undefined),
    zone: calendars.find(({ zone }) => zone !== undefined)?.zone ?? events[0]?.event.timeZone ?? "UTC",
    problems: [...badSchedules, ...badEvents, ...(badPrewarm ? [badPrewarm] : [])],
    ...(forecast ? { forecast } : {}),
  };
}

/** A schedule's state is worked out once for each stretch between its boundaries; it is asked twice a minute. */
function remembering(schedule: Schedule): (time: number) => ScheduleState {
  let from = Infinity;
  let state: ScheduleState = { active: false, until: -Infinity };
  return (time) => {
    if (time < from || time >= state.until) {
      state = schedule.at(time);
      from = time;
    }
    return state;
  };
}
