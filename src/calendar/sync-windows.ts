import { Temporal } from "temporal-polyfill";
import { parseCron } from "./cron.ts";
import { CronTimes } from "./cron-times.ts";
import type { Window } from "./window.ts";
import { DAY_MS, MINUTE_MS } from "./zone.ts";

/**
 * Filing windows as sync windows of Argo CD, and whether the two still agree. Argo CD's cron has no year, so each
 * comes again a year later, when the filing window may have other dates.
 */

/** What of a sync window of an AppProject says when it is active. */
export interface SyncWindow {
  schedule: string;
  /** As Go writes it, such as `360h` or `8h30m`. */
  duration: string;
  timeZone: string;
  description: string;
}

/**
 * UTC: Argo CD reckons a zone with the offset of the present moment, so that a window over a change of clocks would
 * end an hour off. The description has the dates of the calendar's own zone.
 */
const ZONE = "Etc/UTC";
/** Tells ours from those that somebody else wrote into the project. */
const OURS = "invoiceops: ";
/** What Argo CD takes. */
const LONGEST_DESCRIPTION = 255;
/** From a year before it on, an entry would be active at the wrong time; a year is never shorter. */
const LONGEST_MS = 365 * DAY_MS;
/** How far ahead the two are compared: long enough to generate anew at leisure. */
const AHEAD_MS = 60 * DAY_MS;

/** A span of time, ms since the epoch. */
interface Span {
  opens: number;
  deadline: number;
}

/**
 * One sync window for each filing window that is open or opens after `now`, and ends within `months` (at most 12).
 * Parts of one window that a moved deadline cut in two are put together. `zone` is the calendar's, for the dates
 * that people read.
 */
export function syncWindowsOf(windows: readonly Window[], zone: string, now: number, months = 12): SyncWindow[] {
  const joined = joinParts(windows).filter(({ deadline }) => deadline > now);
  const from = Math.min(now, joined[0]?.opens ?? now);
  const horizon = Math.min(monthsAfter(now, months), from + LONGEST_MS);
  return joined.filter(({ deadline }) => deadline <= horizon).map((window) => syncWindowOf(window, zone));
}

/** What no longer fits in a project's sync windows; empty lists mean that all is well. */
export interface SyncWindowDifferences {
  /** Sync windows of ours that will be active at another time than any filing window. */
  outdated: string[];
  /** Filing windows without a sync window, of the calendars that the project follows. */
  missing: string[];
}

/**
 * Compares what stands in a project with the calendars' windows, for the coming 60 days: what differs later will be
 * said when there is still time. Sync windows of others are left alone, and one of ours that cannot be read is
 * outdated.
 */
export function compareSyncWindows(
  found: readonly Partial<SyncWindow>[],
  windows: readonly Window[],
  now: number,
): SyncWindowDifferences {
  const soon = now + AHEAD_MS;
  const wanted = joinParts(windows)
    .filter(({ deadline, opens }) => deadline > now && opens <= soon)
    .map((window) => ({ window, span: inMinutes(window) }));
  const ours = found
    .filter(({ description }) => description?.startsWith(OURS))
    .map((window) => ({ description: window.description ?? "", span: nextSpan(window, now) }));
  // The project may follow some calendars and not others.
  const followed = new Set(
    ours.flatMap(({ description }) => /(?:FilingCalendar|regime)\/(\S+)$/.exec(description)?.[1] ?? []),
  );
  return {
    outdated: ours
      .filter(({ span }) => !span || (span.opens <= soon && !wanted.some((other) => same(other.span, span))))
      .map(({ description, span }) => `"${description}" ${span ? `is active ${spanText(span)}` : "cannot be read"}`),
    missing: wanted
      .filter(({ window }) => followed.size === 0 || followed.has(window.calendar))
      .filter(({ span }) => !ours.some((other) => other.span && same(other.span, span)))
      .map(({ window, span }) => `${labelOf(window)} ${window.name ?? ""} (${spanText(span)})`),
  };
}

/** When a sync window is active, or will be next; undefined where it cannot be read. */
export function nextSpan({ schedule, duration, timeZone }: Partial<SyncWindow>, now: number): Span | undefined {
  const length = durationMs(duration ?? "");
  if (length === undefined || schedule === undefined || (timeZone !== undefined && timeZone !== ZONE)) return undefined;
  try {
    const times = new CronTimes(parseCron(schedule), ZONE);
    const last = times.previous(now);
    const opens = last !== undefined && last + length > now ? last : times.next(now);
    return opens === undefined ? undefined : { opens, deadline: opens + length };
  } catch {
    return undefined;
  }
}

function syncWindowOf(window: Window, zone: string): SyncWindow {
  const { opens, deadline } = inMinutes(window);
  const at = Temporal.Instant.fromEpochMilliseconds(opens).toZonedDateTimeISO("UTC");
  const local = (ms: number): string =>
    Temporal.Instant.fromEpochMilliseconds(ms)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: "minute" });
  const description = `${OURS}${local(opens)} to ${local(deadline)} ${zone}, ${window.name ?? ""} of ${labelOf(window)}`;
  return {
    schedule: `${at.minute} ${at.hour} ${at.day} ${at.month} *`,
    duration: durationText(deadline - opens),
    timeZone: ZONE,
    description: description.slice(0, LONGEST_DESCRIPTION),
  };
}

/** Codes of regimes have capital letters, names of objects have none. */
function labelOf({ calendar }: Window): string {
  return `${/[A-Z]/.test(calendar) ? "regime" : "FilingCalendar"}/${calendar}`;
}

/** Windows of one period that follow each other without a gap, as one. */
function joinParts(windows: readonly Window[]): Window[] {
  const joined: Window[] = [];
  for (const window of windows.toSorted((a, b) => a.opens - b.opens)) {
    const before = joined.findLast(({ calendar }) => calendar === window.calendar);
    const continues = before && before.name !== undefined && before.name === window.name;
    if (continues && before.deadline >= window.opens) before.deadline = Math.max(before.deadline, window.deadline);
    else joined.push({ ...window });
  }
  return joined;
}

/** A cron time has no seconds. */
function inMinutes({ opens, deadline }: Span): Span {
  return {
    opens: Math.floor(opens / MINUTE_MS) * MINUTE_MS,
    deadline: Math.ceil(deadline / MINUTE_MS) * MINUTE_MS,
  };
}

function monthsAfter(now: number, months: number): number {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO("UTC").add({ months }).epochMilliseconds;
}

function same(a: Span, b: Span): boolean {
  return a.opens === b.opens && a.deadline === b.deadline;
}

function spanText({ opens, deadline }: Span): string {
  return `from ${minuteText(opens)} to ${minuteText(deadline)}`;
}

function minuteText(ms: number): string {
  return new Date(ms).toISOString().replace(":00.000Z", "Z");
}

function durationText(ms: number): string {
  const minutes = ms / MINUTE_MS;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)}h${rest === 0 ? "" : `${rest}m`}`;
}

function durationMs(text: string): number | undefined {
  const [, hours, minutes] = /^(\d{1,5})h(?:(\d{1,2})m)?$/.exec(text) ?? [];
  return hours === undefined ? undefined : (Number(hours) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
}
