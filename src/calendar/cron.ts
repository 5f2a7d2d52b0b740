import { CalendarError } from "./calendar-error.ts";
import { dateOf, dayNumber, lastDayOfMonth } from "./zone.ts";

/**
 * Cron times: minute, hour, day of month, month, day of week, with lists, ranges, steps and English three-letter
 * names; 0 and 7 are Sunday, L is the last day of the month. When both days are restricted, either of them is
 * enough; a field that begins with * restricts nothing (Vixie cron).
 */
export interface Cron {
  /** Minutes after midnight, ascending. */
  readonly minutes: readonly number[];
  /** Whether it fires on a day (days since the epoch, local). */
  matchesDay(day: number): boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTE: Field = { name: "minute", min: 0, max: 59 };
const HOUR: Field = { name: "hour", min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: "day of month", min: 1, max: 31 };
const MONTH: Field = {
  name: "month",
  min: 1,
  max: 12,
  names: "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(" "),
};
const DAY_OF_WEEK: Field = { name: "day of week", min: 0, max: 7, names: "SUN MON TUE WED THU FRI SAT".split(" ") };

/** Every five minutes. Pods do not start faster, and each boundary costs a look at the plan. */
const MOST_A_DAY = 288;
/** No combination of a day of month, a month and a day of week stays away for longer (leap days that are a Monday: 40 years over 2100). */
const LONGEST_GAP_YEARS = 40;

/** Throws a CalendarError that names the field, its text and what may stand there. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  const [minuteText, hourText, dayText, monthText, weekText] = fields;
  if (fields.length !== 5 || !minuteText || !hourText || !dayText || !monthText || !weekText) {
    throw new CalendarError(
      `"${text.slice(0, 100)}" has ${text.trim() === "" ? 0 : fields.length} fields and a cron time has five: minute hour day-of-month month day-of-week, for example 0 9 * * 1-5`,
    );
  }
  const minutes = timesOfDay(parseField(HOUR, hourText), parseField(MINUTE, minuteText));
  if (minutes.length > MOST_A_DAY) {
    throw new CalendarError(
      `"${text}" fires ${minutes.length} times a day: give at most ${MOST_A_DAY}, every five minutes`,
    );
  }
  const cron = { minutes, matchesDay: dayMatcher(dayText, monthText, weekText) };
  if (!everFires(cron)) throw new CalendarError(`"${text}" never fires: no month has such a day`);
  return cron;
}

function dayMatcher(dayText: string, monthText: string, weekText: string): Cron["matchesDay"] {
  const items = dayText.split(",");
  const last = items.includes("L");
  const numbers = items.filter((item) => item !== "L");
  const days = new Set(numbers.length > 0 ? parseField(DAY_OF_MONTH, numbers.join(",")) : []);
  const months = new Set(parseField(MONTH, monthText));
  const weekDays = new Set(parseField(DAY_OF_WEEK, weekText).map((day) => day % 7));
  const either = !dayText.startsWith("*") && !weekText.startsWith("*");

  return (day) => {
    const { year, month, dayOfMonth, dayOfWeek } = dateOf(day);
    if (!months.has(month)) return false;
    const byMonth = days.has(dayOfMonth) || (last && dayOfMonth === lastDayOfMonth(year, month));
    const byWeek = weekDays.has(dayOfWeek);
    return either ? byMonth || byWeek : byMonth && byWeek;
  };
}

function timesOfDay(hours: readonly number[], minutes: readonly number[]): number[] {
  return hours.flatMap((hour) => minutes.map((minute) => hour * 60 + minute));
}

/** The numbers that a field stands for, ascending. */
function parseField(field: Field, text: string): number[] {
  const values = new Set(text.split(",").flatMap((item) => parseItem(field, item)));
  return [...values].toSorted((a, b) => a - b);
}

function parseItem(field: Field, item: string): number[] {
  const match = /^(?:(\*)|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(item);
  if (!match) throw unusable(field, item);
  const [, star, from, to, stepText] = match;
  const step = stepText === undefined ? 1 : Number(stepText);
  const first = star ? field.min : valueOf(field, from ?? "", item);
  // A single value with a step runs on to the end of the field.
  const lastValue = to !== undefined ? endOf(field, to, item) : star || stepText !== undefined ? field.max : first;
  if (step === 0) throw new CalendarError(`${field.name} "${item}": a step of 0 never advances, give 1 or more`);
  if (lastValue < first)
    throw new CalendarError(`${field.name} "${item}": the range runs backwards, write it as two ranges`);
  return Array.from({ length: Math.floor((lastValue - first) / step) + 1 }, (_, index) => first + index * step);
}

/** The end of a range; Sunday ends a week there, as in FRI-SUN. */
function endOf(field: Field, text: string, item: string): number {
  const value = valueOf(field, text, item);
  return field === DAY_OF_WEEK && value === 0 ? 7 : value;
}

function valueOf(field: Field, text: string, item: string): number {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + (field === MONTH ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) throw unusable(field, item);
  return value;
}

function unusable(field: Field, item: string): CalendarError {
  const names = field.names ? ` or ${field.names[0]} to ${field.names.at(-1)}` : "";
  const last = field === DAY_OF_MONTH ? ", or L for the last day" : "";
  return new CalendarError(`${field.name} "${item}" is not within ${field.min} to ${field.max}${names}${last}`);
}

function everFires(cron: Cron): boolean {
  const start = dayNumber(2096, 1, 1);
  const end = dayNumber(2096 + LONGEST_GAP_YEARS, 1, 1);
  for (let day = start; day < end; day += 1) if (cron.matchesDay(day)) return true;
  return false;
}
