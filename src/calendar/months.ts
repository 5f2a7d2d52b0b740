import { dateOf, dayNumber, lastDayOfMonth } from "./zone.ts";

/** Months counted through the years (year × 12 + month - 1), and days in them. */

export interface Months {
  from: number;
  to: number;
}

/** The month that a day is in. */
export function monthOf(day: number): number {
  const { year, month } = dateOf(day);
  return year * 12 + month - 1;
}

/** 1 to 12. */
export function monthOfYear(month: number): number {
  return (month % 12) + 1;
}

/** `2026-11`, as periods are named. */
export function monthName(month: number): string {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String(monthOfYear(month)).padStart(2, "0")}`;
}

/** The month of a name, and what follows it after a space; undefined for another text. */
export function parseMonthName(text: string): { month: number; rest?: string } | undefined {
  const [, year, month, rest] = /^(\d{4})-(0[1-9]|1[0-2])(?: (.+))?$/.exec(text) ?? [];
  if (month === undefined) return undefined;
  return { month: Number(year) * 12 + Number(month) - 1, ...(rest === undefined ? {} : { rest }) };
}

/** A day of a month as a day number; in a month that is too short, its last day. */
export function dayIn(month: number, day: number | "last"): number {
  const year = Math.floor(month / 12);
  const last = lastDayOfMonth(year, monthOfYear(month));
  return dayNumber(year, monthOfYear(month), day === "last" ? last : Math.min(day, last));
}
