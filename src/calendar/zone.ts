import { Temporal } from "temporal-polyfill";
import { CalendarError } from "./calendar-error.ts";
import { zoneHint } from "./zone-hint.ts";
import { zoneNames } from "./zone-names.ts";

/** Local time in IANA zones. Nothing here looks at the zone of the machine. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

const accepted = new Map<string, boolean>();

/**
 * The name, when it is an exact one of the IANA time-zone database, links such as EST and PRC included.
 * Throws a CalendarError with a hint for anything else: CST, GMT+8, Local, Europe/Berlim.
 */
export function resolveZone(name: string): string {
  let known = accepted.get(name);
  if (known === undefined) {
    known = zoneNames().has(name) && hasRules(name);
    if (known) accepted.set(name, true);
  }
  if (!known) throw new CalendarError(`"${name.slice(0, 64)}" is not an IANA time zone: ${zoneHint(name)}`);
  return name;
}

/** Version of the time-zone rules in use, for example 2026c: they come with Node, not with the machine. */
export function tzVersion(): string {
  return process.versions.tz ?? "unknown";
}

/** Days since the epoch of a date, which need not exist in its month: day 31 of April is 1 May. */
export function dayNumber(year: number, month: number, day: number): number {
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** Year, month (1 to 12), day of month and day of week (0 is Sunday) of a day number. */
export function dateOf(day: number): { year: number; month: number; dayOfMonth: number; dayOfWeek: number } {
  const date = new Date(day * DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    dayOfMonth: date.getUTCDate(),
    dayOfWeek: date.getUTCDay(),
  };
}

export function lastDayOfMonth(year: number, month: number): number {
  return dateOf(dayNumber(year, month + 1, 0)).dayOfMonth;
}

/**
 * The moment of a local time, `ms` milliseconds by the clock into a day. A time that a clock set forward leaves
 * out is as much later as the clock was set (02:30 is 03:30 then), one that comes twice is the first: what
 * RFC 5545 and Temporal's "compatible" say.
 */
export function instantOf(zone: string, day: number, ms: number): number {
  return Temporal.Instant.fromEpochMilliseconds(day * DAY_MS + ms)
    .toZonedDateTimeISO("UTC")
    .toPlainDateTime()
    .toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds;
}

function hasRules(name: string): boolean {
  try {
    instantOf(name, 0, 0);
    return true;
  } catch {
    return false;
  }
}
