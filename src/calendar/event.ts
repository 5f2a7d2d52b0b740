import type { Problem } from "../api/v1alpha1/fields.ts";
import { CalendarError } from "./calendar-error.ts";
import { parseLocal } from "./local-time.ts";
import { problemOf } from "./problem.ts";
import { resolveZone } from "./zone.ts";

/** First and last moment of an event: local times in an IANA zone. */
export interface EventTimes {
  readonly timeZone: string;
  readonly start: string;
  readonly end: string;
}

/** When an event is, [start, end) in ms since the epoch. Throws a CalendarError when it cannot be told. */
export function eventInstants(event: EventTimes): { start: number; end: number } {
  const zone = resolveZone(event.timeZone);
  const start = parseLocal(event.start, zone);
  const end = parseLocal(event.end, zone);
  // By the clock on the wall the order may look right: 02:30 does not exist when clocks go from 2 to 3.
  if (end <= start) throw new CalendarError(`"${event.end}" is not after the start ${event.start}: give a later time`);
  return { start, end };
}

/** The events of a spec that can be used, with their moments, and why the others cannot. `field` is the list's path. */
export function readEvents<E extends EventTimes & { name: string }>(
  events: readonly E[],
  field = "spec.events",
): { events: { event: E; start: number; end: number }[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const usable: { event: E; start: number; end: number }[] = [];
  for (const event of events) {
    const path = `${field}[${event.name}]`;
    const inZone = [
      ...problemOf(`${path}.timeZone`, event.timeZone, resolveZone),
      ...problemOf(`${path}.start`, event.start, (text) => parseLocal(text, "UTC")),
      ...problemOf(`${path}.end`, event.end, (text) => parseLocal(text, "UTC")),
    ];
    const found = inZone.length > 0 ? inZone : problemOf(`${path}.end`, event.end, () => eventInstants(event));
    problems.push(...found);
    if (found.length === 0) usable.push({ event, ...eventInstants(event) });
  }
  return { events: usable, problems };
}
