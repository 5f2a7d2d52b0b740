import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { CalendarError } from "./calendar-error.ts";
import { parseLocal } from "./local-time.ts";
import { problemOf } from "./problem.ts";
import { deadlineTooEarly, type Frame } from "./span.ts";
import { nameOf, type PeriodWindow } from "./window.ts";

/** Deadlines that the authority moved: ahead of time, at 23:00 on the last day, or two days after it. */

export type Override = NonNullable<FilingCalendarSpec["overrides"]>[number];

/**
 * The windows with the overrides applied. An override adds a window to the new deadline and leaves the regular one
 * standing, so that, once they are in order, load is expected before both deadlines and the later one ends it.
 * Only a later deadline announced before the window opens replaces the regular one, which nobody works towards, and
 * so does any deadline in the place of a provisional one, which was a guess of ours.
 * `regular` finds the regular windows of a period, those of all its filings when it names none; an override without
 * one, or with a problem, changes nothing.
 */
export function applyOverrides(
  windows: readonly PeriodWindow[],
  overrides: readonly Override[],
  frame: Frame,
  regular: (period: string) => readonly PeriodWindow[],
): { windows: PeriodWindow[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const replaced = new Set<string>();
  const moving = new Set<string>();
  const added: PeriodWindow[] = [];
  for (const override of overrides) {
    const moved = move(override, frame, regular(override.period));
    problems.push(...moved.problems);
    if (!moved.window) continue;
    added.push(moved.window);
    if (moved.replaces) replaced.add(nameOf(moved.window));
    else if (moved.window.moved) moving.add(nameOf(moved.window));
  }
  const standing = windows
    .filter((window) => !replaced.has(nameOf(window)))
    .map((window) => (moving.has(nameOf(window)) ? { ...window, moved: true as const } : window));
  return { windows: [...standing, ...added], problems };
}

interface Moved {
  window?: PeriodWindow;
  replaces?: boolean;
  problems: Problem[];
}

function move(override: Override, frame: Frame, candidates: readonly PeriodWindow[]): Moved {
  const field = `spec.overrides[${override.period}]`;
  if (candidates.length === 0) return { problems: [unknownPeriod(field, override.period)] };

  const deadlineOf = (text: string): number => parseLocal(text, frame.zone, frame.closeMs);
  const opensOf = (text: string): number => parseLocal(text, frame.zone, frame.openMs);
  const problems = [
    ...problemOf(`${field}.deadline`, override.deadline, deadlineOf),
    ...(override.opens === undefined ? [] : problemOf(`${field}.opens`, override.opens, opensOf)),
  ];
  if (problems.length > 0) return { problems };

  const deadline = deadlineOf(override.deadline);
  const regular = nearestBefore(candidates, deadline);
  const opens = override.opens === undefined ? regular.opens : opensOf(override.opens);
  if (deadline <= opens) {
    const text = override.opens ?? `regularly ${new Date(opens).toISOString()}`;
    return { problems: [deadlineTooEarly(field, override.deadline, text)] };
  }
  const announcement = problemOf(`${field}.announcedAt`, override.announcedAt ?? "", announcedAtOf);
  const announcedAt = announcement.length > 0 ? undefined : announcedAtOf(override.announcedAt ?? "");
  const inTime = announcedAt !== undefined && announcedAt < Math.min(opens, regular.opens);
  const replaces = regular.grade === "Provisional" || (inTime && deadline >= regular.deadline);
  const { missing: _, heldUntil: __, moved: ___, ...rest } = regular;
  const movedMeanwhile = !replaces && deadline !== regular.deadline;
  return {
    window: {
      ...rest,
      opens,
      deadline,
      grade: "Published",
      source: override.source,
      ...(movedMeanwhile ? { moved: true } : {}),
    },
    replaces,
    problems: announcement,
  };
}

/** Where a period has several filings and the override names none, the one that is due last before the new deadline. */
function nearestBefore(candidates: readonly PeriodWindow[], deadline: number): PeriodWindow {
  const inOrder = candidates.toSorted((a, b) => a.deadline - b.deadline);
  return inOrder.findLast((window) => window.deadline < deadline) ?? inOrder[0]!;
}

/** Undefined for an empty text: not given. */
function announcedAtOf(text: string): number | undefined {
  if (text === "") return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CalendarError(`"${text.slice(0, 64)}" is not a time: write 2026-11-12T15:00:00Z`);
  return at;
}

function unknownPeriod(field: string, period: string): Problem {
  const message = `"${period}" is not a period of this calendar: use one of spec.dates, or without them a month such as 2026-11`;
  return { field: `${field}.period`, value: period, message };
}
