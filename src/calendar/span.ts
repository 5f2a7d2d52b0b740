import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { parseClock, parseLocal } from "./local-time.ts";
import { problemOf } from "./problem.ts";
import { DAY_MS } from "./zone.ts";

/** What a calendar's bare days mean: its zone, and the times at which windows open and end. */
export interface Frame {
  zone: string;
  /** Milliseconds after midnight. */
  openMs: number;
  closeMs: number;
}

/** The frame of a calendar whose zone is known to be good. A time that cannot be read widens the day: longer, never shorter. */
export function frameOf(calendar: FilingCalendarSpec, zone: string): { frame: Frame; problems: Problem[] } {
  const opening = problemOf("spec.openTime", calendar.openTime, parseClock);
  const closing = problemOf("spec.closeTime", calendar.closeTime, parseClock);
  const frame = {
    zone,
    openMs: opening.length > 0 ? 0 : parseClock(calendar.openTime),
    closeMs: closing.length > 0 ? DAY_MS : parseClock(calendar.closeTime),
  };
  return { frame, problems: [...opening, ...closing] };
}

export interface Span {
  opens: number;
  deadline: number;
}

/** The moments of an opening and a deadline, each a day or a local time, or what is wrong with them. `field` holds both. */
export function readSpan(field: string, text: { opens: string; deadline: string }, frame: Frame): Span | Problem[] {
  const opens = (value: string): number => parseLocal(value, frame.zone, frame.openMs);
  const deadline = (value: string): number => parseLocal(value, frame.zone, frame.closeMs);
  const problems = [
    ...problemOf(`${field}.opens`, text.opens, opens),
    ...problemOf(`${field}.deadline`, text.deadline, deadline),
  ];
  if (problems.length > 0) return problems;
  const span = { opens: opens(text.opens), deadline: deadline(text.deadline) };
  if (span.deadline > span.opens) return span;
  return [deadlineTooEarly(field, text.deadline, text.opens)];
}

export function deadlineTooEarly(field: string, deadline: string, opens: string): Problem {
  const message = `"${deadline}" is not after the window opens (${opens}): give a later deadline, or an earlier opens`;
  return { field: `${field}.deadline`, value: deadline, message };
}
