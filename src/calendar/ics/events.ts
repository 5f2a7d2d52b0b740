import { Temporal } from "temporal-polyfill";
import { CalendarError } from "../calendar-error.ts";
import { resolveZone } from "../zone.ts";
import { contentLines, plainText, type ContentLine } from "./content-lines.ts";

/** The events of an iCalendar file (RFC 5545), those that have a beginning and an end which nobody can read in two ways. */

export interface IcsEvent {
  summary: string;
  /** Line of its BEGIN:VEVENT. */
  line: number;
  /** Days, the last one included; or moments with the zone that they are written in. */
  span:
    | { first: Temporal.PlainDate; last: Temporal.PlainDate }
    | { start: Temporal.ZonedDateTime; end: Temporal.ZonedDateTime };
}

/** An event that cannot be used, and why. */
interface IcsProblem {
  line: number;
  summary: string;
  message: string;
}

export interface IcsFile {
  events: IcsEvent[];
  problems: IcsProblem[];
  /** Zone of the whole calendar, where one is named that exists. */
  zone?: string;
}

type Properties = ReadonlyMap<string, ContentLine>;

/** Throws a CalendarError when the file is no calendar. Cancelled events are none; tasks and alarms are left alone. */
export function readIcs(file: Uint8Array): IcsFile {
  const lines = contentLines(file);
  if (lines[0]?.name !== "BEGIN" || lines[0].value.trim().toUpperCase() !== "VCALENDAR") {
    throw new CalendarError("is no iCalendar file: it does not begin with BEGIN:VCALENDAR");
  }
  const { calendar, components } = take(lines);
  const zones = zonesOf(components);
  const found: IcsFile = { events: [], problems: [] };
  for (const { name, line, properties } of components) {
    if (name !== "VEVENT" || properties.get("STATUS")?.value.toUpperCase() === "CANCELLED") continue;
    const summary = plainText(properties.get("SUMMARY")?.value ?? properties.get("UID")?.value ?? "")
      .replaceAll(/\s+/g, " ")
      .trim();
    try {
      found.events.push({ summary, line, span: spanOf(properties, zones) });
    } catch (error) {
      if (!(error instanceof CalendarError)) throw error;
      found.problems.push({ summary, line, message: error.message });
    }
  }
  const zone = usableZone(calendar.get("X-WR-TIMEZONE")?.value ?? "");
  return { ...found, ...(zone === undefined ? {} : { zone }) };
}

interface Component {
  name: string;
  line: number;
  properties: Properties;
}

/** The components that stand directly in the calendar, without what stands in them: an alarm has a DURATION too. */
function take(lines: readonly ContentLine[]): { calendar: Properties; components: Component[] } {
  const calendar = new Map<string, ContentLine>();
  const components: Component[] = [];
  const open: string[] = [];
  let properties = new Map<string, ContentLine>();
  for (const line of lines) {
    const value = line.value.trim().toUpperCase();
    if (line.name === "BEGIN") {
      open.push(value);
      if (open.length === 2) {
        properties = new Map();
        components.push({ name: value, line: line.line, properties });
      }
    } else if (line.name === "END") open.pop();
    else if (open.length === 1) calendar.set(line.name, line);
    else if (open.length === 2) properties.set(line.name, line);
  }
  return { calendar, components };
}

/** What a TZID stands for, where its definition says so: IANA names that programs add to their own. */
function zonesOf(components: readonly Component[]): ReadonlyMap<string, string> {
  const zones = new Map<string, string>();
  for (const { properties } of components) {
    const id = properties.get("TZID")?.value;
    const place = properties.get("X-LIC-LOCATION")?.value;
    if (id !== undefined && place !== undefined) zones.set(id, place);
  }
  return zones;
}

const SERIES = ["RRULE", "RDATE", "RECURRENCE-ID"];

function spanOf(properties: Properties, zones: ReadonlyMap<string, string>): IcsEvent["span"] {
  const series = SERIES.find((name) => properties.has(name));
  if (series !== undefined) {
    throw new CalendarError(
      `has ${series}: a series knows no holidays; write each window as an event of its own, or a rule with spec.filings`,
    );
  }
  const start = timeOf("DTSTART", properties, zones);
  if (!start) throw new CalendarError("has no DTSTART: say when the window opens");
  const end = timeOf("DTEND", properties, zones) ?? after(start, properties.get("DURATION")?.value);
  if (start instanceof Temporal.PlainDate && end instanceof Temporal.PlainDate) {
    // The end of a span of days is the day after it. Some programs write the same day, and mean one day.
    const last = Temporal.PlainDate.compare(end, start) === 0 ? start : end.subtract({ days: 1 });
    if (Temporal.PlainDate.compare(last, start) < 0) throw endsBefore(start, end);
    return { first: start, last };
  }
  if (start instanceof Temporal.ZonedDateTime && end instanceof Temporal.ZonedDateTime) {
    if (Temporal.ZonedDateTime.compare(end, start) < 0) throw endsBefore(start, end);
    return { start, end };
  }
  throw new CalendarError("has a day at one end and a time at the other: give DTSTART and DTEND the same form");
}

function endsBefore(start: { toString(): string }, end: { toString(): string }): CalendarError {
  return new CalendarError(`ends (${end.toString()}) before it begins (${start.toString()}): give a later DTEND`);
}

type Time = Temporal.PlainDate | Temporal.ZonedDateTime;

/** Without a length a day is one day long, and a moment has none. */
function after(start: Time, length: string | undefined): Time {
  if (length === undefined) return start instanceof Temporal.PlainDate ? start.add({ days: 1 }) : start;
  try {
    return start.add(Temporal.Duration.from(length.trim()));
  } catch {
    throw new CalendarError(`has the DURATION "${length.slice(0, 32)}": write it as P14D or PT8H`);
  }
}

function timeOf(name: string, properties: Properties, zones: ReadonlyMap<string, string>): Time | undefined {
  const property = properties.get(name);
  if (!property) return undefined;
  const text = property.value.trim();
  const unreadable = new CalendarError(
    `has the ${name} "${text.slice(0, 32)}": write a day as ${name};VALUE=DATE:20260216, a time as ${name}:20260216T180000Z`,
  );
  const [, date, time, utc] = /^(\d{8})(?:T(\d{6})(Z)?)?$/.exec(text) ?? [];
  if (date === undefined) throw unreadable;
  try {
    if (time === undefined) return Temporal.PlainDate.from(date);
    const local = Temporal.PlainDateTime.from(`${date}T${time}`);
    // A time that is left out is as much later, one that comes twice is the first: RFC 5545, 3.3.5.
    return local.toZonedDateTime(utc === undefined ? zoneOf(name, property, zones) : "UTC", {
      disambiguation: "compatible",
    });
  } catch (error) {
    if (error instanceof RangeError) throw unreadable;
    throw error;
  }
}

function zoneOf(name: string, { parameters, value }: ContentLine, zones: ReadonlyMap<string, string>): string {
  const id = parameters["TZID"];
  if (id === undefined) {
    throw new CalendarError(
      `has the ${name} "${value.trim()}", a time in no zone: write ${name};TZID=Asia/Shanghai:${value.trim()}, or in UTC with a Z at its end`,
    );
  }
  const known = usableZone(id) ?? usableZone(zones.get(id) ?? "") ?? zoneBehind(id);
  if (known !== undefined) return known;
  try {
    return resolveZone(id);
  } catch (error) {
    throw new CalendarError(`has a ${name} with TZID: ${(error as Error).message}`);
  }
}

/** Some programs put a name of their own before the zone's: `/example.org/20260101/Europe/Berlin`. */
function zoneBehind(id: string): string | undefined {
  const parts = id.split("/");
  if (parts[0] !== "") return undefined;
  return usableZone(parts.slice(-3).join("/")) ?? usableZone(parts.slice(-2).join("/"));
}

function usableZone(name: string): string | undefined {
  try {
    return resolveZone(name.trim());
  } catch {
    return undefined;
  }
}
