import { plusDays } from "./years.ts";

/** Days of this year, from three to four months of another calendar's, as ICU reckons it. */
type Calendar = "islamic-umalqura" | "chinese";

/** The days of a year of ours that are this day of this month in the other calendar; twice where its year is short. */
export function daysIn(year: number, calendar: Calendar, month: number, day: number): string[] {
  const format = new Intl.DateTimeFormat("en-u-nu-latn", {
    calendar,
    timeZone: "UTC",
    month: "numeric",
    day: "numeric",
  });
  const found: string[] = [];
  for (let date = `${year}-01-01`; date.startsWith(`${year}-`); date = plusDays(date, 1)) {
    const parts = Object.fromEntries(format.formatToParts(new Date(date)).map(({ type, value }) => [type, value]));
    if (parts["month"] === String(month) && parts["day"] === String(day)) found.push(date);
  }
  return found;
}

/** The days from so many before to so many after one, those of the same year alone. */
export function around(day: string, before: number, after: number): string[] {
  return Array.from({ length: before + after + 1 }, (_, index) => plusDays(day, index - before)).filter(
    (one) => one.slice(0, 4) === day.slice(0, 4),
  );
}
