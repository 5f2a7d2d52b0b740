import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import { windowsOf } from "../calendar/windows.ts";
import type { CalendarView } from "../operator/calendars.ts";

/** Calendars as they could be known: a deadline that was moved counts from its announcement on. */

export interface NamedCalendar {
  name: string;
  spec: FilingCalendarSpec;
}

/** The windows of a range at any moment. The same value until something is announced. */
export function announcedViews(
  calendars: readonly NamedCalendar[],
  range: { from: number; to: number },
): (now: number) => readonly CalendarView[] {
  const moments = calendars
    .flatMap(({ spec }) => (spec.overrides ?? []).map(announcement))
    .filter((at) => at > -Infinity)
    .toSorted((a, b) => a - b);
  const known = new Map<number, readonly CalendarView[]>();
  return (now) => {
    const latest = moments.findLast((at) => at <= now) ?? -Infinity;
    const views = known.get(latest) ?? calendars.map((calendar) => viewAt(calendar, latest, range));
    known.set(latest, views);
    return views;
  };
}

function viewAt({ name, spec }: NamedCalendar, now: number, range: { from: number; to: number }): CalendarView {
  const { overrides = [], ...rest } = spec;
  const told = overrides.filter((override) => announcement(override) <= now);
  return { name, ...windowsOf({ ...rest, ...(told.length > 0 ? { overrides: told } : {}) }, name, range) };
}

/** When an override was announced; one without a moment has always been known. */
function announcement({ announcedAt }: { announcedAt?: string | undefined }): number {
  const at = announcedAt === undefined ? Number.NaN : Date.parse(announcedAt);
  return Number.isNaN(at) ? -Infinity : at;
}
