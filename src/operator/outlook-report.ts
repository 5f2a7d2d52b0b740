import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { CalendarRef, InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { CalendarConfirmed, ForecastReady, Stalled, type ReasonOf } from "../api/v1alpha1/reasons.ts";
import type { ConditionChange } from "../api/v1alpha1/conditions.ts";
import { unknownRegime } from "../calendar/regimes/regimes.ts";
import { whyProvisional, type Window } from "../calendar/window.ts";
import type { Verdict } from "../scaling/report.ts";
import { calendarName, type CalendarView } from "./calendars.ts";
import type { LearnedForecast } from "../forecast/learned-forecast.ts";
import type { HistoryState } from "./history-state.ts";

/** What is to be said about calendars and forecast: pure. */

/** Windows that open within it are in sight: planned for, and confirmed or not. */
export const IN_SIGHT_MS = 35 * 86_400_000;

/** From then on, month of the year in UTC, the holidays of the coming year are missed: most are announced by then. */
const MISSED_FROM_MONTH = 11;

/** Whether the dates in sight are known and sure. */
export function calendarConfirmed(
  named: number,
  missing: readonly CalendarRef[],
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
  const ahead = views.map(({ name, windows }) => ({
    name,
    windows: windows.filter(({ deadline, heldUntil = deadline }) => heldUntil > now),
  }));
  // Of each calendar the windows in sight, and the next one however far it is.
  const inSight = ahead.flatMap(({ windows }) =>
    windows.filter(({ opens }, index) => index === 0 || opens <= now + IN_SIGHT_MS),
  );
  const ended = ahead.filter(({ windows }) => windows.length === 0).map(({ name }) => name);
  if (ended.length > 0) {
    const message = `no window lies ahead: add the dates of the coming periods to ${ended.join(", ")}`;
    return { type, status: "False", reason: CalendarConfirmed.NoWindowAhead, message };
  }
  const unpublished = [...inSight, ...ofComingYear(ahead, now)].find(
    ({ missing: what }) => what?.reason === "HolidayYearNotPublished",
  );
  if (unpublished) {
    const message = provisionalWords(unpublished);
    return { type, status: "False", reason: CalendarConfirmed.HolidayYearNotPublished, message };
  }
  const unsettled = inSight.find(({ grade }) => grade === "Provisional");
  if (unsettled) {
    const message = provisionalWords(unsettled);
    const reason = unsettled.missing?.reason === "HolidayUnsure" ? "HolidayUnsure" : "RuleUnsettled";
    return { type, status: "Unknown", reason: CalendarConfirmed[reason], message };
  }
  const computed = inSight.find(({ grade }) => grade === "Computed");
  const told = computed ?? inSight.toSorted((one, other) => one.deadline - other.deadline)[0]!;
  return {
    type,
    status: computed ? "Unknown" : "True",
    reason: computed ? CalendarConfirmed.Computed : CalendarConfirmed.Published,
    message: `the deadline of ${told.calendar} ${told.name ?? ""} is ${timestamp(told.deadline)} (${told.grade.toLowerCase()})`,
  };
}

/** The windows of the coming year, once it is time that its dates are known. */
function ofComingYear(ahead: readonly { windows: readonly Window[] }[], now: number): Window[] {
  const today = new Date(now);
  if (today.getUTCMonth() + 1 < MISSED_FROM_MONTH) return [];
  const [from, to] = [1, 2].map((years) => Date.UTC(today.getUTCFullYear() + years, 0, 1)) as [number, number];
  return ahead.flatMap(({ windows }) => windows.filter(({ deadline }) => deadline >= from && deadline < to));
}

function provisionalWords({ calendar, name = "", deadline, heldUntil = deadline, missing }: Window): string {
  const why = missing ? `; ${whyProvisional(missing)}` : "";
  return `the deadline of ${calendar} ${name} is provisional: ${timestamp(deadline)} is prepared for, capacity is held until ${timestamp(heldUntil)}${why}`;
}

/** Whether the load of windows can be told, in replicas, and what that rests on; or what is missing. */
export function forecastReady(
  { spec }: InvoiceService,
  state: HistoryState | undefined,
  forecast: LearnedForecast | undefined,
): ConditionChange {
  const type = "ForecastReady";
  const { scaling } = spec;
  const no = (reason: ReasonOf<"ForecastReady">, message: string): ConditionChange => ({
    type,
    status: "False",
    reason,
    message,
  });
  if (!state) {
    const message = "neither windows nor events ask for a forecast";
    return { type, status: "True", reason: ForecastReady.NotNeeded, message };
  }
  const { learnt, capacity, failure, known, unkept, searching } = state;
  if (scaling.perReplica === undefined && !capacity?.ok) {
    const why = capacity
      ? `could not be learnt: ${capacity.reason}`
      : "is not learnt yet; set spec.scaling.perReplica to its requests/s";
    const message = `what one replica serves ${why}`;
    return no(ForecastReady.CapacityUnknown, message);
  }
  const baseline = learnt?.baseline;
  if (failure || !baseline) {
    const why = failure
      ? `${failure.reason}: ${failure.message}`
      : known
        ? "no sample outside of windows and events"
        : "not read yet";
    const until = baseline ? "; planning with what is known" : "; windows cannot be planned until it can";
    const message = `${why}${until}`;
    return { type, status: known ? "False" : "Unknown", reason: ForecastReady.HistoryUnavailable, message };
  }
  const basis = basisWords(state, forecast, scaling.quantile);
  if (unkept?.reason === "StateUnusable") return no(ForecastReady.StateUnusable, `${unkept.message}; ${basis}`);
  if (!baseline.sufficient) {
    return no(ForecastReady.InsufficientHistory, basis);
  }
  if (unkept)
    return { type, status: "True", reason: ForecastReady.StateNotKept, message: `${basis}; ${unkept.message}` };
  const looking = searching ? "; windows further back are being looked for" : "";
  return { type, status: "True", reason: ForecastReady.Ready, message: `${basis}${looking}` };
}

/** What a forecast rests on, and what is to be doubted in it. */
function basisWords(
  { findings }: HistoryState,
  forecast: LearnedForecast | undefined,
  quantile: number | undefined,
): string {
  const gaps = findings && findings.gaps > 0 ? [`${findings.gaps} h of gaps`] : [];
  const caution = forecast?.caution(quantile);
  return [...(forecast ? [forecast.basis] : []), ...gaps, ...(caution === undefined ? [] : [caution])].join("; ");
}

export function notFound(missing: readonly CalendarRef[]): Verdict<"Stalled"> {
  const objects = missing.filter(({ regime }) => regime === undefined).map(calendarName);
  const words = [
    ...(objects.length > 0
      ? [`FilingCalendar ${objects.join(", ")} does not exist: create it or correct spec.calendars`]
      : []),
    ...missing.flatMap(({ regime }) => (regime === undefined ? [] : [`spec.calendars: ${unknownRegime(regime)}`])),
  ];
  return { reason: Stalled.CalendarNotFound, message: words.join("; ") };
}
