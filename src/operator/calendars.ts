import { timestamp } from "../api/v1alpha1/conditions.ts";
import type { FilingCalendar, FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { CalendarRef, InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { BUILT_IN, type HolidayTable } from "../calendar/holidays/holiday-table.ts";
import { regimeCalendar } from "../calendar/regimes/regimes.ts";
import type { Window } from "../calendar/window.ts";
import { windowsOf } from "../calendar/windows.ts";

/** The windows of FilingCalendars and of regimes, worked out once for each version of a calendar and each day. */

const DAY_MS = 86_400_000;
/** Back as far as windows are learnt from; ahead to the next window of a yearly tax. */
const BACK_MS = 400 * DAY_MS;
const AHEAD_MS = 400 * DAY_MS;

export interface CalendarView {
  /** Of the FilingCalendar, or the code of the regime: codes have capital letters, which no object's name has. */
  name: string;
  /** The calendar's IANA zone; absent when it is none. */
  zone?: string;
  windows: readonly Window[];
  problems: readonly Problem[];
}

interface Entry {
  version: string;
  day: number;
  table: HolidayTable;
  view: CalendarView;
}

export class Calendars {
  readonly #find: (name: string) => FilingCalendar | undefined;
  readonly #table: () => HolidayTable;
  readonly #entries = new Map<string, Entry>();

  /** `table` gives the holidays known now: another table when they change. */
  constructor(find: (name: string) => FilingCalendar | undefined, table: () => HolidayTable = () => BUILT_IN) {
    this.#find = find;
    this.#table = table;
  }

  /**
   * The calendar as it is now; the same value until it, the holidays or the day change. Undefined when there is no
   * such FilingCalendar or regime.
   */
  view(ref: CalendarRef, now: number): CalendarView | undefined {
    const name = calendarName(ref);
    const found = ref.regime === undefined ? this.#object(name) : this.#regime(ref.regime);
    if (!found) {
      this.#entries.delete(name);
      return undefined;
    }
    const { version, spec } = found;
    const day = Math.floor(now / DAY_MS);
    const table = this.#table();
    const known = this.#entries.get(name);
    if (known?.version === version && known.day === day && known.table === table) return known.view;
    const view = { name, ...windowsOf(spec, name, { from: now - BACK_MS, to: now + AHEAD_MS }, table) };
    this.#entries.set(name, { version, day, table, view });
    return view;
  }

  #object(name: string): { version: string; spec: FilingCalendarSpec } | undefined {
    const calendar = this.#find(name);
    return calendar && { version: `${calendar.metadata.uid}/${calendar.metadata.generation}`, spec: calendar.spec };
  }

  #regime(code: string): { version: string; spec: FilingCalendarSpec } | undefined {
    const spec = regimeCalendar(code);
    return spec && { version: code, spec };
  }
}

/** The regimes that services follow without a FilingCalendar. */
export function regimesOf(services: readonly Pick<InvoiceService, "spec">[]): { regime: string }[] {
  const codes = services.flatMap(({ spec }) => (spec.calendars ?? []).flatMap(({ regime }) => regime ?? []));
  return [...new Set(codes)].map((regime) => ({ regime }));
}

/** What a calendar is called that an InvoiceService follows. */
export function calendarName({ regime, name = "" }: CalendarRef): string {
  return regime ?? name;
}

/**
 * The window in force, or the next one. One whose deadline was moved is two in a row: it ends with the last of them.
 * A provisional one is in force as long as it may be.
 */
export function nextWindow(windows: readonly Window[], now: number): Window | undefined {
  const next = windows.find(({ deadline, heldUntil = deadline }) => heldUntil > now);
  if (!next) return undefined;
  const same = windows.filter(
    ({ calendar, name }) => calendar === next.calendar && name !== undefined && name === next.name,
  );
  const last = same.at(-1) ?? next;
  return { ...last, opens: same[0]?.opens ?? next.opens };
}

/** For status: until when a window may still be open, where that is not its deadline. */
export function heldUntilOf({ deadline, heldUntil = deadline }: Window): { heldUntil?: string } {
  return heldUntil > deadline ? { heldUntil: timestamp(heldUntil) } : {};
}
