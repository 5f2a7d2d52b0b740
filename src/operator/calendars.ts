import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { Window } from "../calendar/window.ts";
import { windowsOf } from "../calendar/windows.ts";

/** The windows of FilingCalendars, worked out once for each version of a calendar and each day. */

const DAY_MS = 86_400_000;
/** Back as far as a baseline looks, so that it leaves past windows out; ahead to the next window of a yearly tax. */
const BACK_MS = 50 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;

export interface CalendarView {
  name: string;
  /** The calendar's IANA zone; absent when it is none. */
  zone?: string;
  windows: readonly Window[];
  problems: readonly Problem[];
}

interface Entry {
  version: string;
  day: number;
  view: CalendarView;
}

export class Calendars {
  readonly #find: (name: string) => FilingCalendar | undefined;
  readonly #entries = new Map<string, Entry>();

  constructor(find: (name: string) => FilingCalendar | undefined) {
    this.#find = find;
  }

  /** The calendar as it is now; the same value until it, or the day, changes. Undefined when there is none. */
  view(name: string, now: number): CalendarView | undefined {
    const calendar = this.#find(name);
    if (!calendar) {
      this.#entries.delete(name);
      return undefined;
    }
    const version = `${calendar.metadata.uid}/${calendar.metadata.generation}`;
    const day = Math.floor(now / DAY_MS);
    const known = this.#entries.get(name);
    if (known?.version === version && known.day === day) return known.view;
    const range = { from: now - BACK_MS, to: now + AHEAD_MS };
    const found = windowsOf(calendar.spec, name, range);
    const zoneless = found.problems.some(({ field }) => field === "spec.timeZone");
    const view = { name, ...(zoneless ? {} : { zone: calendar.spec.timeZone }), ...found };
    this.#entries.set(name, { version, day, view });
    return view;
  }
}

/** The window in force, or the next one. One whose deadline was moved is two in a row: it ends with the last of them. */
export function nextWindow(windows: readonly Window[], now: number): Window | undefined {
  const next = windows.find(({ deadline }) => deadline > now);
  if (!next) return undefined;
  const same = windows.filter(
    ({ calendar, name }) => calendar === next.calendar && name !== undefined && name === next.name,
  );
  const last = same.at(-1) ?? next;
  return { ...next, opens: same[0]?.opens ?? next.opens, deadline: last.deadline, grade: last.grade };
}
