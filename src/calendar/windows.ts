import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { monthlyProblems, monthlyWindowOf, monthlyWindows, monthOf, type Months } from "./monthly.ts";
import { applyOverrides } from "./overrides.ts";
import { problemOf } from "./problem.ts";
import { frameOf, readSpan, type Frame } from "./span.ts";
import { inOrder, type PeriodWindow, type Window } from "./window.ts";
import { DAY_MS, resolveZone } from "./zone.ts";

interface Found {
  windows: readonly PeriodWindow[];
  problems: readonly Problem[];
}

/**
 * Months worked out beyond those asked for: a window opens up to a year before its deadline, and where it begins
 * depends on the one before.
 */
const MONTHS_AROUND = 14;

/** What was worked out last for a spec object; gone with the object. Evaluations ask the same again and again. */
const remembered = new WeakMap<FilingCalendarSpec, Found & { months: Months }>();

/**
 * The windows of a calendar that touch [from, to] (ms since the epoch), in order and without overlap, and every
 * part of the spec that cannot be used. A bad entry is left out and the others stand; without a usable zone
 * there are no windows. The spec is not to be changed afterwards.
 */
export function windowsOf(
  calendar: FilingCalendarSpec,
  name: string,
  range: { from: number; to: number },
): { windows: Window[]; problems: Problem[] } {
  const months = { from: monthAt(range.from), to: monthAt(range.to) };
  const { windows, problems } = recall(calendar, months);
  return {
    windows: windows
      .filter(({ opens, deadline }) => opens <= range.to && deadline >= range.from)
      .map(({ period, opens, deadline, grade }) => ({ calendar: name, name: period, opens, deadline, grade })),
    problems: [...problems],
  };
}

function recall(calendar: FilingCalendarSpec, { from, to }: Months): Found {
  const known = remembered.get(calendar);
  if (known && known.months.from <= from && known.months.to >= to) return known;
  // One month more to either side, so that the coming month's questions need no work.
  const months = { from: from - 1, to: to + 1 };
  const found = { ...workOut(calendar, months), months };
  remembered.set(calendar, found);
  return found;
}

function workOut(calendar: FilingCalendarSpec, { from, to }: Months): Found {
  const unusableZone = problemOf("spec.timeZone", calendar.timeZone, resolveZone);
  if (unusableZone.length > 0) return { windows: [], problems: unusableZone };

  const { frame, problems } = frameOf(calendar);
  const regular = calendar.monthly
    ? byMonth(calendar.monthly, frame, { from: from - MONTHS_AROUND, to: to + MONTHS_AROUND })
    : byDates(calendar.dates ?? [], frame);
  const moved = applyOverrides(regular.windows, calendar.overrides ?? [], frame, regular.find);
  return { windows: inOrder(moved.windows), problems: [...problems, ...regular.problems, ...moved.problems] };
}

interface Regular extends Found {
  find(this: void, period: string): PeriodWindow | undefined;
}

function byMonth(monthly: NonNullable<FilingCalendarSpec["monthly"]>, frame: Frame, months: Months): Regular {
  const problems = monthlyProblems(monthly);
  if (problems.length > 0) return { windows: [], problems, find: () => undefined };
  return {
    windows: monthlyWindows(monthly, frame, months),
    problems,
    find: (period) => monthlyWindowOf(monthly, frame, period),
  };
}

function byDates(dates: NonNullable<FilingCalendarSpec["dates"]>, frame: Frame): Regular {
  const problems: Problem[] = [];
  const windows: PeriodWindow[] = [];
  for (const { period, ...text } of dates) {
    const span = readSpan(`spec.dates[${period}]`, text, frame);
    if (Array.isArray(span)) problems.push(...span);
    else windows.push({ period, ...span, grade: "Published" });
  }
  return { windows, problems, find: (period) => windows.find((window) => window.period === period) };
}

function monthAt(at: number): number {
  return monthOf(Math.floor(at / DAY_MS));
}
