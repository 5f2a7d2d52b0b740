import { Temporal } from "temporal-polyfill";
import type { FilingCalendarSpec } from "../../api/v1alpha1/filing-calendar.ts";
import type { Grade, Problem } from "../../api/v1alpha1/fields.ts";
import type { HolidayTable } from "../../calendar/holidays/holiday-table.ts";
import { whyProvisional, type PeriodWindow } from "../../calendar/window.ts";
import { periodsOf } from "../../calendar/windows.ts";

/** One window of a year. Its fields are the JSON output: they are added, never renamed. */
export interface CalendarRow {
  /** Code of the regime, or name of the FilingCalendar. */
  regime: string;
  filing?: string;
  /** The month of the regular deadline, before it is shifted. */
  period: string;
  type?: string;
  /** Days in `timeZone`. */
  opens: string;
  deadline: string;
  /** The last second until which it may be open, with the offset of the zone. */
  closesAt: string;
  timeZone: string;
  grade: Grade;
  source?: string;
  /** Why it is provisional. */
  note?: string;
}

/** The windows whose regular deadlines lie in a year, by deadline. */
export function rowsOf(
  name: string,
  calendar: FilingCalendarSpec,
  year: number,
  table: HolidayTable,
): { rows: CalendarRow[]; problems: readonly Problem[] } {
  const { periods, problems, zone = "UTC" } = periodsOf(calendar, { from: year * 12, to: year * 12 + 11 }, table);
  return { rows: periods.map((window) => rowOf(name, window, zone)), problems };
}

function rowOf(regime: string, window: PeriodWindow, timeZone: string): CalendarRow {
  const at = (ms: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone);
  const { filing, period, type, opens, deadline, heldUntil = deadline, grade, source, missing } = window;
  return {
    regime,
    ...(filing === undefined ? {} : { filing }),
    period,
    ...(type === undefined ? {} : { type }),
    opens: at(opens).toPlainDate().toString(),
    // A window ends with a day, at its midnight: the last moment is in the day that is meant.
    deadline: at(deadline - 1)
      .toPlainDate()
      .toString(),
    closesAt: at(heldUntil - 1000).toString({ timeZoneName: "never", smallestUnit: "second" }),
    timeZone,
    grade,
    ...(source === undefined ? {} : { source }),
    ...(missing ? { note: whyProvisional(missing) } : {}),
  };
}
