import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import type { Frame } from "./span.ts";
import type { PeriodWindow } from "./window.ts";
import { dateOf, dayNumber, instantOf, lastDayOfMonth } from "./zone.ts";

/** Windows by day of month. */

type Monthly = NonNullable<FilingCalendarSpec["monthly"]>;

/** Months counted through the years: year × 12 + month - 1. */
export interface Months {
  from: number;
  to: number;
}

export function monthOf(day: number): number {
  const { year, month } = dateOf(day);
  return year * 12 + month - 1;
}

/** What is wrong with the rule as a whole. The API server refuses these; an object may be older than its checks. */
export function monthlyProblems({ deadlineDay, opensDay, opensDaysBefore }: Monthly): Problem[] {
  const problems: Problem[] = [];
  if (deadlineDay !== "last" && !isDay(deadlineDay)) {
    const message = `"${deadlineDay}" is not a day of a month: write 1 to 31, or last`;
    problems.push({ field: "spec.monthly.deadlineDay", value: String(deadlineDay), message });
  }
  if (opensDay !== undefined && !isDay(opensDay)) {
    const message = `"${opensDay}" is not a day of a month: write 1 to 31`;
    problems.push({ field: "spec.monthly.opensDay", value: String(opensDay), message });
  }
  if ((opensDay === undefined) === (opensDaysBefore === undefined)) {
    const message = "give exactly one of opensDay and opensDaysBefore";
    problems.push({ field: "spec.monthly", value: opensDay === undefined ? "neither" : "both", message });
  }
  return problems;
}

function isDay(day: number | string): boolean {
  return typeof day === "number" && Number.isInteger(day) && day >= 1 && day <= 31;
}

/** The windows whose deadlines lie in these months. */
export function monthlyWindows(monthly: Monthly, frame: Frame, { from, to }: Months): PeriodWindow[] {
  return Array.from({ length: to - from + 1 }, (_, index) => monthlyWindow(monthly, frame, from + index)).filter(
    ({ opens, deadline }) => opens < deadline,
  );
}

/** The window of a period as monthly calendars name them, `2026-11`; undefined for another text. */
export function monthlyWindowOf(monthly: Monthly, frame: Frame, period: string): PeriodWindow | undefined {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period) ?? [];
  return month === undefined ? undefined : monthlyWindow(monthly, frame, Number(year) * 12 + Number(month) - 1);
}

function monthlyWindow(monthly: Monthly, frame: Frame, month: number): PeriodWindow {
  const deadlineDay = dayIn(month, monthly.deadlineDay === "last" ? 31 : Number(monthly.deadlineDay));
  return {
    period: `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}`,
    opens: instantOf(frame.zone, openingDay(monthly, month, deadlineDay), frame.openMs),
    deadline: instantOf(frame.zone, deadlineDay, frame.closeMs),
    grade: "Computed",
  };
}

function openingDay({ opensDay, opensDaysBefore = 0 }: Monthly, month: number, deadlineDay: number): number {
  if (opensDay === undefined) return deadlineDay - opensDaysBefore;
  const sameMonth = dayIn(month, opensDay);
  return sameMonth <= deadlineDay ? sameMonth : dayIn(month - 1, opensDay);
}

/** A day of a month as a day number; in a month that is too short, its last day. */
function dayIn(month: number, day: number): number {
  const year = Math.floor(month / 12);
  const monthOfYear = (month % 12) + 1;
  return dayNumber(year, monthOfYear, Math.min(day, lastDayOfMonth(year, monthOfYear)));
}
