import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { CalendarConfirmed, ForecastReady, Stalled } from "../api/v1alpha1/reasons.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import type { Verdict } from "../scaling/report.ts";
import type { CalendarView } from "./calendars.ts";
import type { HistoryState } from "./history.ts";

/** What is to be said about calendars and forecast: pure. */

/** Windows that open within it are in sight: planned for, and confirmed or not. */
export const IN_SIGHT_MS = 35 * 86_400_000;

/** Whether the dates in sight are known and sure. */
export function calendarConfirmed(
  named: number,
  missing: readonly string[],
  views: readonly CalendarView[],
  now: number,
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
  const ahead = views.map(({ name, windows }) => ({ name, windows: windows.filter(({ deadline }) => deadline > now) }));
  // Of each calendar the windows in sight, and the next one however far it is.
  const inSight = ahead.flatMap(({ windows }) =>
    windows.filter(({ opens }, index) => index === 0 || opens <= now + IN_SIGHT_MS),
  );
  const unsure = inSight.find(({ grade }) => grade !== "Published");
  const told = unsure ?? inSight.toSorted((a, b) => a.deadline - b.deadline)[0];
  const ended = ahead.filter(({ windows }) => windows.length === 0).map(({ name }) => name);
  if (ended.length > 0 || !told) {
    const message = `no window lies ahead: add the dates of the coming periods to ${ended.join(", ")}`;
    return { type, status: "False", reason: CalendarConfirmed.NoWindowAhead, message };
  }
  return {
    type,
    status: unsure ? "Unknown" : "True",
    reason: unsure ? CalendarConfirmed.Computed : CalendarConfirmed.Published,
    message: `the deadline of ${told.calendar} ${told.name ?? ""} is ${timestamp(told.deadline)} (${told.grade.toLowerCase()})`,
  };
}

/** Whether the usual demand is known, so that a peak can be told in replicas. */
export function forecastReady({ spec }: InvoiceService, state: HistoryState | undefined): ConditionChange {
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
    const until = baseline ? "; planning with what is known" : "; windows cannot be planned until it can";
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

export function notFound(names: readonly string[]): Verdict<"Stalled"> {
  const message = `FilingCalendar ${names.join(", ")} does not exist: create it or correct spec.calendars`;
  return { reason: Stalled.CalendarNotFound, message };
}
