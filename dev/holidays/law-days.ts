import { plusDays } from "./years.ts";

/** A day off as a law names it: a date such as `05-03`, or so many days after Easter Sunday; in these years alone. */
export interface LawDay {
  on: string | number;
  since?: number;
  until?: number;
}

/** `01-01 05-01` in each year. */
export function each(days: string): LawDay[] {
  return days.split(" ").map((on) => ({ on }));
}

/** A day of one year alone, such as `2018-11-12`. */
export function once(day: string): LawDay {
  const year = Number(day.slice(0, 4));
  return { on: day.slice(5), since: year, until: year };
}

export const GOOD_FRIDAY: LawDay = { on: -2 };
export const EASTER_SUNDAY: LawDay = { on: 0 };
export const EASTER_MONDAY: LawDay = { on: 1 };
export const CORPUS_CHRISTI: LawDay = { on: 60 };

export function daysOf(year: number, laws: readonly LawDay[]): string[] {
  return laws
    .filter(({ since = -Infinity, until = Infinity }) => since <= year && year <= until)
    .map(({ on }) => (typeof on === "number" ? plusDays(easterSunday(year), on) : `${year}-${on}`));
}

/** Of the Gregorian calendar, by the method of Meeus, Jones and Butcher (Astronomical Algorithms, chapter 8). */
function easterSunday(year: number): string {
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const golden = year % 19;
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor((8 * century + 13) / 25) + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  return plusDays(`${year}-03-22`, epact + weekday - 7 * late);
}

const MONDAY = 1;

/** Day of the week, 0 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(day).getUTCDay();
}

/** The first Monday of a month for 1, the last one for -1. */
export function mondayOf(year: number, month: number, count: number): string {
  const first = `${year}-${String(month).padStart(2, "0")}-01`;
  if (count < 0) return plusDays(mondayOf(year, month + 1, 1), 7 * count);
  return plusDays(first, ((MONDAY - weekdayOf(first) + 7) % 7) + 7 * (count - 1));
}
