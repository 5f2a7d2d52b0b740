import { CalendarError } from "./calendar-error.ts";
import { dateOf, dayNumber, instantOf, MINUTE_MS } from "./zone.ts";

/** Dates and times as users write them in a spec: without an offset, since the zone stands beside them. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2}))?$/;
const CLOCK = /^(\d{2}):(\d{2})$/;

/** The day of `2026-11-16`, in days since the epoch. Throws a CalendarError when there is no such day. */
export function parseDate(text: string): number {
  const [, year, month, day] = DATE.exec(text) ?? [];
  const number = dayNumber(Number(year), Number(month), Number(day));
  const date = dateOf(number);
  if (Number.isNaN(number)) throw new CalendarError(`"${text.slice(0, 32)}" is not a date: write it as 2026-11-16`);
  if (date.month !== Number(month) || date.dayOfMonth !== Number(day)) {
    throw new CalendarError(`"${text}" does not exist: that month has no such day`);
  }
  return number;
}

/** Milliseconds after midnight of `18:00`; `24:00` is the end of the day. */
export function parseClock(text: string): number {
  const [, hours, minutes] = CLOCK.exec(text) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || !(minute <= 24 * 60)) {
    throw new CalendarError(`"${text.slice(0, 32)}" is not a time of day: write 00:00 to 24:00`);
  }
  return minute * MINUTE_MS;
}

/**
 * The moment of `2026-11-16T18:00` (seconds may follow) in a zone. A day alone is taken too when `clockMs`, the
 * milliseconds after its midnight, says which moment of it is meant. Throws a CalendarError.
 */
export function parseLocal(text: string, zone: string, clockMs?: number): number {
  if (clockMs !== undefined && DATE.test(text)) return instantOf(zone, parseDate(text), clockMs);
  const [, date, hours, minutes, seconds = "00"] = DATE_TIME.exec(text) ?? [];
  if (date === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    const day = clockMs === undefined ? "" : "2026-11-16 or ";
    throw new CalendarError(
      `"${text.slice(0, 32)}" is not a local time: write ${day}2026-11-16T18:00, without an offset (the zone is timeZone)`,
    );
  }
  return instantOf(zone, parseDate(date), ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}
