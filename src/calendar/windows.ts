import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { filingWindows, filingWindowsOf } from "./filing-windows.ts";
import { BUILT_IN, type HolidayTable } from "./holidays/holiday-table.ts";
import { monthOf, type Months } from "./months.ts";
import { applyOverrides } from "./overrides.ts";
import { plainCalendar, type PlainCalendar } from "./plain-calendar.ts";
import { frameOf, readSpan, type Frame } from "./span.ts";
import { inOrder, nameOf, type PeriodWindow, type Window } from "./window.ts";
import { DAY_MS } from "./zone.ts";

interface Found {
  /** The calendar's zone; undefined when it has none that can be used. */
  zone?: string;
  problems: readonly Problem[];
}

interface FoundWindows extends Found {
  windows: readonly PeriodWindow[];
}

/**
 * Months worked out beyond those asked for: a window opens up to a year before its deadline, and where it begins
 * depends on the one before.
 */
const MONTHS_AROUND = 14;

/** What was worked out last for a spec object; gone with the object. Evaluations ask the same again and again. */
const remembered = new WeakMap<FilingCalendarSpec, FoundWindows & { months: Months; table: HolidayTable }>();

/**
 * The windows of a calendar that touch [from, to] (ms since the epoch), in order and without overlap, and every
 * part of the spec that cannot be used. A window that may still be open after its deadline touches what it is held
 * for, too. A bad entry is left out and the others stand; without a usable zone there are no windows. The spec is
 * not to be changed afterwards.
 */
export function windowsOf(
  calendar: FilingCalendarSpec,
  name: string,
  range: { from: number; to: number },
  table: HolidayTable = BUILT_IN,
): { windows: Window[]; problems: Problem[]; zone?: string } {
  const months = { from: monthAt(range.from), to: monthAt(range.to) };
  const { windows, problems, ...found } = recall(calendar, months, table);
  return {
    ...(found.zone === undefined ? {} : { zone: found.zone }),
    windows: windows
      .filter(({ opens, deadline, heldUntil = deadline }) => opens <= range.to && heldUntil >= range.from)
      .map((window) => windowOf(name, window)),
    problems: [...problems],
  };
}

function windowOf(calendar: string, { period, name = period, filing: _filing, ...known }: PeriodWindow): Window {
  return { calendar, name, ...known };
}

/**
 * What is due in these months by the regular deadlines, for people: each filing and period for itself, one that was
 * moved with its new deadline alone. In the order of the deadlines.
 */
export function periodsOf(
  calendar: FilingCalendarSpec,
  months: Months,
  table: HolidayTable = BUILT_IN,
): Found & { periods: PeriodWindow[] } {
  const { windows, ...found } = workOut(calendar, months, table);
  // Where a deadline was moved the new one is the last in the list.
  const last = new Map(windows.map((window) => [`${window.filing} ${nameOf(window)}`, window]));
  const within = ({ period, deadline }: PeriodWindow): boolean => {
    const month = calendar.dates ? monthAt(deadline - 1) : monthOf(Date.parse(period) / DAY_MS);
    return month >= months.from && month <= months.to;
  };
  return { ...found, periods: [...last.values()].filter(within).toSorted((a, b) => a.deadline - b.deadline) };
}

function recall(calendar: FilingCalendarSpec, { from, to }: Months, table: HolidayTable): FoundWindows {
  const known = remembered.get(calendar);
  if (known && known.table === table && known.months.from <= from && known.months.to >= to) return known;
  // One month more to either side, so that the coming month's questions need no work.
  const months = { from: from - 1, to: to + 1 };
  const around = { from: months.from - MONTHS_AROUND, to: months.to + MONTHS_AROUND };
  const { windows, ...rest } = workOut(calendar, around, table);
  const found = { ...rest, windows: inOrder(windows), months, table };
  remembered.set(calendar, found);
  return found;
}

/** Every window by itself: those of `dates` and of moved deadlines wherever they are, the others of these months. */
function workOut(calendar: FilingCalendarSpec, months: Months, table: HolidayTable): FoundWindows {
  const plain = plainCalendar(calendar, table);
  if (plain.zone === undefined) return { windows: [], problems: plain.problems };

  const { frame, problems } = frameOf(calendar, plain.zone);
  const regular = calendar.dates ? byDates(calendar.dates, frame) : byRule(plain, frame, months);
  const published = applyOverrides(regular.windows, plain.published, frame, regular.find);
  const announced = Map.groupBy(published.windows, nameOf);
  const moved = applyOverrides(published.windows, calendar.overrides ?? [], frame, (period) =>
    // What the regime knows to be published is what its author moves.
    regular.find(period).map((window) => announced.get(nameOf(window))?.at(-1) ?? window),
  );
  return {
    zone: plain.zone,
    windows: moved.windows,
    problems: [...plain.problems, ...problems, ...regular.problems, ...moved.problems],
  };
}

interface Regular {
  windows: readonly PeriodWindow[];
  problems: readonly Problem[];
  find(this: void, period: string): readonly PeriodWindow[];
}

function byRule({ filings, workdays }: PlainCalendar, frame: Frame, months: Months): Regular {
  const rules = { filings, workdays, frame };
  return {
    windows: filingWindows(rules, months),
    problems: [],
    find: (period) => filingWindowsOf(rules, period),
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
  return { windows, problems, find: (period) => windows.filter((window) => window.period === period) };
}

function monthAt(at: number): number {
  return monthOf(Math.floor(at / DAY_MS));
}
