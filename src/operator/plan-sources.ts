import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { readEvents } from "../calendar/event.ts";
import { readSchedules, type Schedule, type ScheduleState } from "../calendar/schedule.ts";
import { holdsUntil, type Window } from "../calendar/window.ts";
import { LearnedForecast } from "../forecast/learned-forecast.ts";
import type { ForecastState } from "../forecast/state.ts";
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

/** What a service's plan is made of, from its spec, its annotations, its calendars and what was learnt of its load. */

export interface PlanInput {
  service: InvoiceService;
  calendars: readonly CalendarView[];
  /** Without it, or without a usual load in it, only fixed numbers are planned. */
  learnt?: ForecastState | undefined;
  /** Requests/s that one replica serves, as learnt; what the spec says goes before it. */
  perReplica?: number | undefined;
  now: number;
}

/** Far enough for a plan that is looked at for 35 days from any moment of the coming one, and its lead. */
const NEAR_MS = 40 * 86_400_000;

export interface PlanSources {
  sources: readonly PlanSource[];
  /** Windows of all its calendars, earliest deadline first. */
  windows: readonly Window[];
  /** Spans of one-off events, ms since the epoch. */
  events: readonly { from: number; to: number }[];
  /** Windows or events ask for a forecast. */
  needsForecast: boolean;
  /** The zone by whose clock the load has its hours: people file by the clock on the wall, summer and winter. */
  zone: string;
  /** Entries that cannot be used; the others are. */
  problems: readonly Problem[];
  /** Present once the usual demand is known. */
  forecast?: LearnedForecast;
}

/** Holds for the day after `now`; by then the calendars have new views. */
export function planSources({ service, calendars, learnt, now, ...input }: PlanInput): PlanSources {
  const { scaling } = service.spec;
  const { schedules, problems: badSchedules } = readSchedules(scaling.schedules ?? []);
  const { events, problems: badEvents } = readEvents(service.spec.events ?? []);
  const graceMs = parseDuration(scaling.release.grace);
  const perReplica = scaling.perReplica ?? input.perReplica;
  const capacity = perReplica === undefined ? undefined : perReplica * scaling.utilization;
  const windows = calendars.flatMap((calendar) => calendar.windows).toSorted((a, b) => a.deadline - b.deadline);
  // Years of windows would be looked through at each moment of a forecast.
  const near = windows
    .map((window) => ({ ...window, holdsUntil: holdsUntil(window, graceMs) }))
    .filter((window) => window.opens <= now + NEAR_MS && window.holdsUntil > now);
  const forecast = learnt?.baseline
    ? new LearnedForecast({
        state: learnt,
        windows: near,
        events: events.flatMap(({ start, end, event: { expectedPeakFactor } }) =>
          expectedPeakFactor === undefined ? [] : [{ start, end, peakFactor: expectedPeakFactor }],
        ),
        expectedPeakFactor: scaling.expectedPeakFactor,
        now,
      })
    : undefined;

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
    const { quantile, utilization } = scaling;
    const planned = forecast.planned({ utilization, ...(quantile === undefined ? {} : { quantile }) });
    for (const { calendar, name = "", opens, deadline, holdsUntil: until } of near) {
      const window = { name: `${calendar} ${name}`.trim(), opens, deadline };
      sources.push(windowSource(window, until - deadline, planned, capacity));
    }
  }
  return {
    sources,
    windows,
    events: events.map(({ start, end }) => ({ from: start, to: end })),
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
