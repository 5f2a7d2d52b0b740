import { Temporal } from "temporal-polyfill";
import type { FilingCalendarSpec } from "../../api/v1alpha1/filing-calendar.ts";
import { CalendarError } from "../calendar-error.ts";
import type { IcsEvent, IcsFile } from "./events.ts";

/** Events of an iCalendar file as the dates of a FilingCalendar. */

type Entry = NonNullable<FilingCalendarSpec["dates"]>[number];

/**
 * The zone to write the windows in: the calendar's, else the only one that its times are in. Any zone does for
 * times, which are moments; days are days of it. Throws a CalendarError when the file leaves it open.
 */
export function zoneOfFile({ zone, events }: IcsFile): string {
  if (zone !== undefined) return zone;
  const zones = new Set(events.map(({ span }) => ("start" in span ? span.start.timeZoneId : "")));
  const [only] = zones;
  if (zones.size === 1 && only !== undefined && only !== "") return only;
  const found = [...zones].filter((name) => name !== "").join(", ");
  const why =
    found === "" ? "the file does not say in which zone its days are" : `the file has days or times of ${found}`;
  throw new CalendarError(`${why}: give one with --time-zone Asia/Shanghai`);
}

/**
 * One entry an event, by deadline. `opensDaysBefore` opens each so many days before its event begins, for calendars
 * that have the last day alone. Its period is the month of the deadline, with the event's name where there are more.
 */
export function windowEntries(
  events: readonly IcsEvent[],
  zone: string,
  opensDaysBefore: number | undefined,
): { entries: Entry[]; tooShort: IcsEvent[] } {
  const tooShort: IcsEvent[] = [];
  const found = events.flatMap((event) => {
    const written = write(event.span, zone, opensDaysBefore);
    if (written) return [{ ...written, summary: event.summary }];
    tooShort.push(event);
    return [];
  });
  found.sort((a, b) => (a.deadline < b.deadline ? -1 : 1));
  const months = Map.groupBy(found, ({ month }) => month);
  const taken = new Set<string>();
  const entries = found.map(({ month, summary, opens, deadline }) => {
    const name = months.get(month)?.length === 1 ? month : `${month} ${summary}`.trim();
    return { period: unique(name, taken), opens, deadline };
  });
  return { entries, tooShort };
}

interface Written {
  month: string;
  opens: string;
  deadline: string;
}

/** Undefined for a window of no length. */
function write(span: IcsEvent["span"], zone: string, opensDaysBefore: number | undefined): Written | undefined {
  if ("first" in span) {
    const opens = span.first.subtract({ days: opensDaysBefore ?? 0 }).toString();
    return { month: span.last.toPlainYearMonth().toString(), opens, deadline: span.last.toString() };
  }
  const [start, end] = [span.start.withTimeZone(zone), span.end.withTimeZone(zone)];
  const opens =
    opensDaysBefore === undefined
      ? text(start.toPlainDateTime())
      : start.toPlainDate().subtract({ days: opensDaysBefore }).toString();
  if (opensDaysBefore === undefined && Temporal.ZonedDateTime.compare(start, end) === 0) return undefined;
  // A window to midnight ends with the day before.
  const month = end.subtract({ milliseconds: 1 }).toPlainDate().toPlainYearMonth().toString();
  return { month, opens, deadline: text(firstTimeFrom(end)) };
}

/**
 * A local time stands for the first of two moments where a clock is set back. The second has none: it is written as
 * the time at which the repeated hour is over, since a window may be held longer, never shorter.
 */
function firstTimeFrom(moment: Temporal.ZonedDateTime): Temporal.PlainDateTime {
  const local = moment.toPlainDateTime();
  const early = moment.since(local.toZonedDateTime(moment.timeZoneId), { largestUnit: "nanoseconds" });
  const change = moment.add({ nanoseconds: 1 }).getTimeZoneTransition("previous");
  if (early.sign === 0 || !change) return local;
  return change.add(early).toPlainDateTime();
}

function text(time: Temporal.PlainDateTime): string {
  return time.toString({ smallestUnit: time.second === 0 ? "minute" : "second" });
}

const LONGEST_NAME = 63;

function unique(name: string, taken: Set<string>): string {
  const short = name.slice(0, LONGEST_NAME).trim();
  for (let count = 1; ; count += 1) {
    const suffix = count === 1 ? "" : ` (${count})`;
    const found = short.slice(0, LONGEST_NAME - suffix.length) + suffix;
    if (taken.has(found)) continue;
    taken.add(found);
    return found;
  }
}
