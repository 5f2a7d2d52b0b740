import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { learntState } from "../../test/support/learnt.ts";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { LearnedForecast } from "../forecast/learned-forecast.ts";
import { Calendars, type CalendarView } from "./calendars.ts";
import type { HistoryState } from "./history-state.ts";
import { calendarConfirmed, forecastReady } from "./outlook-report.ts";
import { PackedState } from "./packed-state.ts";

const DAY = 86_400_000;
const now = Date.parse("2027-01-12T08:00:00Z");
const frame = { timeZone: "UTC", openTime: "00:00", closeTime: "24:00" };
const monthly: FilingCalendarSpec = { ...frame, monthly: { opensDay: 1, deadlineDay: 15 } };
const dated = (...dates: NonNullable<FilingCalendarSpec["dates"]>): FilingCalendarSpec => ({ ...frame, dates });
const january = { period: "2027-01", opens: "2027-01-01", deadline: "2027-01-15" };
const february = { period: "2027-02", opens: "2027-02-01", deadline: "2027-02-15" };

function viewOf(name: string, spec: FilingCalendarSpec): CalendarView {
  const view = new Calendars(() => ({ metadata: { name }, spec })).view({ name }, now);
  if (!view) throw new Error("there is a calendar");
  return view;
}

/** What is said, at a moment, to a service that follows regimes. */
function confirmed(codes: readonly string[], moment: string): object {
  const at = Date.parse(moment);
  const calendars = new Calendars(() => undefined);
  const views = codes.flatMap((regime) => calendars.view({ regime }, at) ?? []);
  return calendarConfirmed(codes.length, [], views, at);
}

describe("CalendarConfirmed", () => {
  test.each<[string, Record<string, FilingCalendarSpec>, object]>([
    ["is True without a calendar", {}, { status: "True", reason: "NoCalendar", message: "no calendar is named" }],
    [
      "is True when all dates in sight are published",
      { vat: dated(january, february) },
      {
        status: "True",
        reason: "Published",
        message: "the deadline of vat 2027-01 is 2027-01-16T00:00:00Z (published)",
      },
    ],
    [
      "is Unknown when a date follows from a rule",
      { vat: monthly },
      {
        status: "Unknown",
        reason: "Computed",
        message: "the deadline of vat 2027-01 is 2027-01-16T00:00:00Z (computed)",
      },
    ],
    [
      "is Unknown when that is so for one of several calendars",
      { vat: dated(january), gst: monthly },
      {
        status: "Unknown",
        reason: "Computed",
        message: "the deadline of gst 2027-01 is 2027-01-16T00:00:00Z (computed)",
      },
    ],
    [
      "is False with a date that cannot be read, and says which",
      { vat: dated(january, { ...february, deadline: "soon" }) },
      {
        status: "False",
        reason: "CalendarInvalid",
        message: expect.stringMatching(/^FilingCalendar vat: spec\.dates\[2027-02\]\.deadline: "soon"/),
      },
    ],
    [
      "is False when one of several calendars has no window left, and says which",
      { gst: monthly, vat: dated({ ...january, deadline: "2027-01-11" }) },
      {
        status: "False",
        reason: "NoWindowAhead",
        message: "no window lies ahead: add the dates of the coming periods to vat",
      },
    ],
    [
      "counts on a window that is months away",
      { vat: dated({ period: "2027-H2", opens: "2027-08-01", deadline: "2027-08-15" }) },
      {
        status: "True",
        reason: "Published",
        message: "the deadline of vat 2027-H2 is 2027-08-16T00:00:00Z (published)",
      },
    ],
  ])("%s", (_, calendars, expected) => {
    const views = Object.entries(calendars).map(([name, spec]) => viewOf(name, spec));
    expect(calendarConfirmed(views.length, [], views, now)).toEqual({ type: "CalendarConfirmed", ...expected });
  });

  test.each<[string, string[], string, object]>([
    [
      "is True while the dates in sight are published, and the coming year is nobody's business yet",
      ["CN"],
      "2026-09-20T00:00:00Z",
      { status: "True", reason: "Published" },
    ],
    [
      "is False from 1 November on when the holidays of the coming year are not known",
      ["CN"],
      "2026-11-01T00:00:00Z",
      {
        status: "False",
        reason: "HolidayYearNotPublished",
        message:
          "the deadline of CN 2027-01 is provisional: 2027-01-15T16:00:00Z is prepared for, capacity is held until 2027-01-27T16:00:00Z; the holidays of 2027 are not known: give them once they are published",
      },
    ],
    [
      "is so in the last second of October, too, only when it is in sight",
      ["CN"],
      "2026-10-31T23:59:59Z",
      { status: "True", reason: "Published" },
    ],
    [
      "is False for one of several calendars",
      ["GB", "CN"],
      "2026-11-20T00:00:00Z",
      { status: "False", reason: "HolidayYearNotPublished" },
    ],
    [
      "is Unknown where a rule is not settled, and says until when that is held",
      ["GB", "VN"],
      "2026-06-20T00:00:00Z",
      {
        status: "Unknown",
        reason: "RuleUnsettled",
        message: expect.stringMatching(
          /^the deadline of VN .* is provisional: .*not settled: give the date as an override/,
        ),
      },
    ],
    [
      "is Unknown where a day may be off or not",
      ["BR-PE"],
      "2026-02-10T00:00:00Z",
      {
        status: "Unknown",
        reason: "HolidayUnsure",
        message: expect.stringContaining("whether 2026-02-16 is a day off"),
      },
    ],
    [
      "is Unknown where a rule alone says it, whatever the weekend",
      ["GB", "IN"],
      "2026-11-20T00:00:00Z",
      { status: "Unknown", reason: "Computed" },
    ],
  ])("%s", (_, codes, moment, expected) => {
    expect(confirmed(codes, moment)).toMatchObject({ type: "CalendarConfirmed", ...expected });
  });

  test("is False with a regime that is not built in, and lists those that are", () => {
    expect(calendarConfirmed(2, [{ regime: "XX" }, { name: "vat" }], [], now)).toMatchObject({
      status: "False",
      reason: "CalendarNotFound",
      message: expect.stringMatching(
        /^FilingCalendar vat does not exist: .*; spec\.calendars: "XX" is not a regime that is built in: .*known are/,
      ),
    });
  });

  test("is False without the calendars, and names them", () => {
    expect(calendarConfirmed(3, [{ name: "vat" }, { name: "gst" }], [viewOf("qst", monthly)], now)).toEqual({
      type: "CalendarConfirmed",
      status: "False",
      reason: "CalendarNotFound",
      message: "FilingCalendar vat, gst does not exist: create it or correct spec.calendars",
    });
  });
});

/** A state of which so many hours of usual load are known. */
const known = (hours: number): HistoryState => {
  const baseline = { zone: "UTC", levels: [500], hours, points: 4 * hours, sufficient: hours >= 24 };
  return {
    known: true,
    whole: true,
    learnt: new PackedState(learntState({ baseline })),
    findings: { points: 4 * hours, needed: 24, gaps: 0, windowsSeen: 0 },
  };
};
const gappy: HistoryState = { ...known(1_000), findings: { points: 4_000, needed: 24, gaps: 5, windowsSeen: 0 } };

const forecastOf = (state: HistoryState | undefined): LearnedForecast | undefined =>
  state?.learnt &&
  new LearnedForecast({ state: state.learnt.unpack(), windows: [], events: [], expectedPeakFactor: 3, now });

describe("ForecastReady", () => {
  const service = invoiceService();
  const failure = { ok: false, reason: "QueryError", message: "bad_data: parse error" } as const;
  const unkept = (reason: "StateUnusable" | "StateNotKept"): HistoryState => ({
    ...known(1_000),
    unkept: { reason, message: "ConfigMap inv-forecast cannot be read" },
  });
  const said = (state: HistoryState | undefined, of: InvoiceService = service) =>
    forecastReady(of, state, forecastOf(state));

  test.each<[string, HistoryState | undefined, object]>([
    [
      "is True where none is needed",
      undefined,
      { status: "True", reason: "NotNeeded", message: "neither windows nor events ask for a forecast" },
    ],
    [
      "is True with enough history",
      known(1_000),
      {
        status: "True",
        reason: "Ready",
        message: "1000 h of history outside of windows and events (4000 samples); no filing windows seen",
      },
    ],
    [
      "is False with less than a day of history",
      known(3),
      {
        status: "False",
        reason: "InsufficientHistory",
        message:
          "3 h of history outside of windows and events (12 samples), 24 h are needed; expecting their median at all hours; no filing windows seen",
      },
    ],
    [
      "is Unknown until the history has been read",
      { known: false, whole: false },
      {
        status: "Unknown",
        reason: "HistoryUnavailable",
        message: "not read yet; windows cannot be planned until it can",
      },
    ],
    [
      "is False without samples",
      { known: true, whole: false },
      {
        status: "False",
        reason: "HistoryUnavailable",
        message: "no sample outside of windows and events; windows cannot be planned until it can",
      },
    ],
    [
      "is False when the history cannot be read, with the words of the failure",
      { known: true, whole: false, failure },
      {
        status: "False",
        reason: "HistoryUnavailable",
        message: "QueryError: bad_data: parse error; windows cannot be planned until it can",
      },
    ],
    [
      "is False when it cannot be read any more, though it is planned with",
      { ...known(1_000), failure },
      {
        status: "False",
        reason: "HistoryUnavailable",
        message: "QueryError: bad_data: parse error; planning with what is known",
      },
    ],
  ])("%s", (_, state, expected) => {
    expect(said(state)).toEqual({ type: "ForecastReady", ...expected });
  });

  test.each<[string, HistoryState, object]>([
    ["names the gaps", gappy, { status: "True", message: expect.stringMatching(/; 5 h of gaps$/) }],
    [
      "says that windows further back are being looked for",
      { ...known(1_000), searching: true },
      { status: "True", message: expect.stringMatching(/; windows further back are being looked for$/) },
    ],
    [
      "is False while what was learnt before lies there and cannot be used",
      unkept("StateUnusable"),
      { status: "False", reason: "StateUnusable", message: expect.stringMatching(/^ConfigMap inv-forecast cannot/) },
    ],
    [
      "is True when it cannot be kept, with the reason",
      unkept("StateNotKept"),
      { status: "True", reason: "StateNotKept", message: expect.stringMatching(/; ConfigMap inv-forecast cannot/) },
    ],
  ])("%s", (_, state, expected) => {
    expect(said(state)).toMatchObject(expected);
  });

  test("does not extrapolate in silence", () => {
    const state = known(1_000);
    const window = { calendar: "vat", opens: now, deadline: now + 15 * DAY, holdsUntil: now + 16 * DAY };
    const learnt = state.learnt!.unpack();
    const forecast = new LearnedForecast({
      state: learnt,
      windows: [window],
      events: [],
      expectedPeakFactor: 200,
      now,
    });
    expect(forecastReady(service, state, forecast).message).toMatch(
      /\d+ requests\/s are planned for, more than 3 times the highest ever seen \(500\)/,
    );
  });

  const { perReplica: _perReplica, ...scaling } = service.spec.scaling;
  const without = { ...service, spec: { ...service.spec, scaling } };

  test.each<[string, HistoryState, object]>([
    [
      "False before that is learnt",
      known(1_000),
      { status: "False", message: /^what one replica serves is not learnt yet; set/ },
    ],
    [
      "False where it cannot be, with the reason",
      { ...known(1_000), capacity: { ok: false, reason: "too few points" } },
      { status: "False", message: /^what one replica serves could not be learnt: too few points$/ },
    ],
    [
      "True once it is",
      { ...known(1_000), capacity: { ok: true, perReplica: 80, correlation: 0.97 } },
      { status: "True", message: /h of history/ },
    ],
  ])("without perReplica is %s", (_, state, expected) => {
    const { message, ...rest } = expected as { message: RegExp };
    expect(said(state, without)).toMatchObject({ ...rest, message: expect.stringMatching(message) });
  });
});
