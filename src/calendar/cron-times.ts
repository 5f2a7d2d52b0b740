import type { Cron } from "./cron.ts";
import { DAY_MS, instantOf, MINUTE_MS } from "./zone.ts";

/** Local days reach from 14 h before to 12 h after the UTC day of the same name, and a clock may be set by a day. */
const SPREAD_DAYS = 2;
/** Beyond this many days nothing is looked for: every cron fires at least once in it (see parseCron). */
const SEARCH_DAYS = 40 * 366;
const REMEMBERED_DAYS = 1_000;

/**
 * The moments at which a cron fires in a zone, ms since the epoch. Looks at days and not at minutes, and
 * remembers the days it has worked out, since converting local time is slow and evaluations ask again and again.
 */
export class CronTimes {
  readonly #cron: Cron;
  readonly #zone: string;
  readonly #byDay = new Map<number, readonly number[]>();

  /** The zone must be one that resolveZone accepts. */
  constructor(cron: Cron, zone: string) {
    this.#cron = cron;
    this.#zone = zone;
  }

  /** The first time after `at`; undefined when there is none within 40 years. */
  next(at: number): number | undefined {
    const today = Math.floor(at / DAY_MS);
    let found: number | undefined;
    let until = today + SEARCH_DAYS;
    for (let day = today - SPREAD_DAYS; day <= until; day += 1) {
      if (!this.#cron.matchesDay(day)) continue;
      const first = this.#on(day).find((time) => time > at);
      if (first === undefined || (found !== undefined && found <= first)) continue;
      // Where a clock was set forward over midnight, the next day's times may come before this day's.
      if (found === undefined) until = Math.min(until, day + SPREAD_DAYS);
      found = first;
    }
    return found;
  }

  /** The last time at or before `at`; undefined when there is none within 40 years. */
  previous(at: number): number | undefined {
    const today = Math.floor(at / DAY_MS);
    let found: number | undefined;
    let until = today - SEARCH_DAYS;
    for (let day = today + SPREAD_DAYS; day >= until; day -= 1) {
      if (!this.#cron.matchesDay(day)) continue;
      const last = this.#on(day).findLast((time) => time <= at);
      if (last === undefined || (found !== undefined && found >= last)) continue;
      if (found === undefined) until = Math.max(until, day - SPREAD_DAYS);
      found = last;
    }
    return found;
  }

  #on(day: number): readonly number[] {
    const known = this.#byDay.get(day);
    if (known) return known;
    const times = this.#timesOn(day);
    if (this.#byDay.size >= REMEMBERED_DAYS) this.#byDay.clear();
    this.#byDay.set(day, times);
    return times;
  }

  #timesOn(day: number): number[] {
    const { minutes } = this.#cron;
    const midnight = instantOf(this.#zone, day, 0);
    // On a day of 24 h no clock is set, so minutes count straight on from midnight.
    if (instantOf(this.#zone, day + 1, 0) - midnight === DAY_MS) return minutes.map((m) => midnight + m * MINUTE_MS);
    const times = new Set(minutes.map((minute) => instantOf(this.#zone, day, minute * MINUTE_MS)));
    return [...times].toSorted((a, b) => a - b);
  }
}
