import { withDefaults } from "../../../src/api/v1alpha1/defaults.ts";
import { schemaOf } from "../../../src/api/v1alpha1/crd.ts";
import { filingCalendarKind, type FilingCalendarSpec } from "../../../src/api/v1alpha1/filing-calendar.ts";
import type { CalendarView } from "../../../src/operator/calendars.ts";
import { announcedViews } from "../../../src/replay/announced.ts";
import { seeded } from "../../../src/replay/random.ts";

/** Monthly filing as tax offices have it: due on the 15th, or the next working day, holidays included. */

const DAY_MS = 86_400_000;
export const DUE_DAY = 15;
const EXTENDED_BY_MS = 3 * DAY_MS;
/** An extension is told on the last day. */
const TOLD_BEFORE_MS = 10 * 3_600_000;
export const CALENDAR = "monthly";

export interface FiledWindow {
  period: string;
  opens: number;
  /** The deadline in the end. */
  until: number;
  /** More time was given, and nobody knew before. */
  extension?: { announcedAt: number; from: number };
  /** A month in which nothing more than usual comes. */
  noPeak?: boolean;
}

/** One window for each month of [from, to); every third deadline or so meets holidays, of up to four days. */
export function filedWindows(from: number, to: number, seed: number): FiledWindow[] {
  const random = seeded(seed);
  const windows: FiledWindow[] = [];
  for (let month = monthOf(from); ; month++) {
    const opens = Date.UTC(0, month, 1);
    if (opens >= to) return windows;
    let day = Date.UTC(0, month, DUE_DAY);
    let holidays = random() < 0.35 ? 1 + Math.floor(4 * random()) : 0;
    for (; isWeekend(day) || holidays > 0; day += DAY_MS) if (!isWeekend(day)) holidays -= 1;
    const until = day + DAY_MS;
    if (opens >= from) windows.push({ period: new Date(opens).toISOString().slice(0, 7), opens, until });
  }
}

/** The same with a deadline that is put off on its last day. */
export function extended(window: FiledWindow): FiledWindow {
  const from = window.until;
  return { ...window, until: from + EXTENDED_BY_MS, extension: { announcedAt: from - TOLD_BEFORE_MS, from } };
}

/** The calendar as it can be known at a moment: what is announced later is not in it. */
export function viewsOf(windows: readonly FiledWindow[]): (now: number) => readonly CalendarView[] {
  const spec = withDefaults(schemaOf(filingCalendarKind).properties!["spec"]!, {
    timeZone: "UTC",
    dates: windows.map(({ period, opens, until, extension }) => ({
      period,
      opens: text(opens),
      deadline: text(extension?.from ?? until),
    })),
    overrides: windows.flatMap(({ period, until, extension }) =>
      extension
        ? [
            {
              period,
              deadline: text(until),
              announcedAt: new Date(extension.announcedAt).toISOString(),
              source: "the bench",
            },
          ]
        : [],
    ),
  }) as FilingCalendarSpec;
  return announcedViews([{ name: CALENDAR, spec }], { from: windows[0]!.opens, to: windows.at(-1)!.until });
}

function text(at: number): string {
  return new Date(at).toISOString().slice(0, 16);
}

/** Months since 1900, as Date.UTC counts them from a year of 0. */
function monthOf(at: number): number {
  const date = new Date(at);
  return (date.getUTCFullYear() - 1900) * 12 + date.getUTCMonth();
}

function isWeekend(day: number): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday === 0 || weekday === 6;
}
