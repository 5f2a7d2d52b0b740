import type { Filing } from "../api/v1alpha1/filing-calendar-rules.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { dueIn, SHIFTS, type Due } from "./due.ts";
import { dayIn, monthName, monthOfYear, parseMonthName, type Months } from "./months.ts";
import type { Workdays } from "./shift.ts";
import type { Frame } from "./span.ts";
import type { PeriodWindow } from "./window.ts";
import { instantOf } from "./zone.ts";

/** Windows of filings that are due by rule. */

/** A provisional window is held for so many days more: the largest shift that China published for 2022 to 2026. */
const PROVISIONAL_DAYS = 12;

export interface FilingRules {
  filings: readonly Filing[];
  workdays: Workdays;
  frame: Frame;
}

/** The windows whose regular deadlines lie in these months. */
export function filingWindows(rules: FilingRules, { from, to }: Months): PeriodWindow[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .flatMap((month) => windowsIn(rules, month))
    .filter(({ opens, deadline }) => opens < deadline);
}

/** The windows of a period as these calendars name them, `2026-11` or `2026-11 GSTR-1`; empty for another text. */
export function filingWindowsOf(rules: FilingRules, period: string): PeriodWindow[] {
  const parsed = parseMonthName(period);
  if (!parsed) return [];
  return windowsIn(rules, parsed.month).filter(({ filing }) => parsed.rest === undefined || filing === parsed.rest);
}

function windowsIn({ filings, workdays, frame }: FilingRules, month: number): PeriodWindow[] {
  const named = new Set(filings.map(({ name }) => name)).size > 1;
  const period = monthName(month);
  return filings
    .filter(({ months }) => months === undefined || months.includes(monthOfYear(month)))
    .map((filing) => ({
      period,
      filing: filing.name,
      ...(named ? { name: `${period} ${filing.name}` } : {}),
      ...windowOf(filing, month, dueIn(filing, month, workdays), frame),
    }));
}

function windowOf(
  filing: Filing,
  month: number,
  { base, day, missing }: Due,
  frame: Frame,
): Omit<PeriodWindow, "period"> {
  const { zone, openMs, closeMs } = frame;
  return {
    opens: instantOf(zone, openingDay(filing.opens, month, base), openMs),
    deadline: instantOf(zone, day, closeMs),
    type: filing.type,
    ...(missing
      ? { grade: "Provisional", missing, heldUntil: instantOf(zone, base + PROVISIONAL_DAYS, closeMs) }
      : { grade: "Computed" }),
    ...(filing.source === undefined ? {} : { source: filing.source }),
  };
}

function openingDay({ day, daysBefore = 0 }: Filing["opens"], month: number, base: number): number {
  if (day === undefined) return base - daysBefore;
  const sameMonth = dayIn(month, day);
  return sameMonth <= base ? sameMonth : dayIn(month - 1, day);
}

/** What is wrong with a rule. The API server refuses these; an object may be older than its checks. */
export function filingProblems(field: string, { deadline, opens, shift, extraWorkdays, months }: Filing): Problem[] {
  const checks: [boolean, string, unknown, string][] = [
    [
      isDay(deadline.day) || isCount(deadline.workday, 23),
      "deadline",
      deadline,
      "give day (1 to 31, or last) or workday",
    ],
    [isCount(opens.day, 31) || isCount(opens.daysBefore, 366, 0), "opens", opens, "give day (1 to 31) or daysBefore"],
    [shift in SHIFTS, "shift", shift, `write ${Object.keys(SHIFTS).join(", ")}`],
    [extraWorkdays === undefined || isCount(extraWorkdays, 30), "extraWorkdays", extraWorkdays, "give 1 to 30"],
    [(months ?? []).every((month) => isCount(month, 12)), "months", months, "give months, 1 to 12"],
  ];
  return checks
    .filter(([fits]) => !fits)
    .map(([, name, value, fix]) => {
      const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
      return { field: `${field}.${name}`, value: text, message: `"${text}" cannot be used: ${fix}` };
    });
}

/** A day of a month as users write it. */
export function isDay(day: number | string | undefined): boolean {
  return day === "last" || isCount(day, 31);
}

function isCount(value: number | string | undefined, most: number, least = 1): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}
