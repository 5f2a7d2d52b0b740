import { Temporal } from "temporal-polyfill";

export const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const HOURS_IN_WEEK = 168;

/**
 * Hours by the clock on the wall of one IANA zone. An hour is a number that grows by one from each local hour to
 * the next; the two hours of a clock that is set back are one.
 */
export class LocalHours {
  readonly zone: string;
  /** Offsets at the start of UTC days, looked up once: a zone's rules are slow to ask. */
  readonly #offsets = new Map<number, number>();

  /** Throws a RangeError for a zone that does not exist. */
  constructor(zone: string) {
    this.zone = zone;
    this.#lookUp(0);
  }

  hourOf(at: number): number {
    return Math.floor((at + this.#offsetAt(at)) / HOUR_MS);
  }

  /** The first moment of an hour. */
  startOf(hour: number): number {
    const local = hour * HOUR_MS;
    return local - this.#offsetAt(local - this.#offsetAt(local));
  }

  /** The first moment after `at` that belongs to another hour. */
  nextHour(at: number): number {
    const offset = this.#offsetAt(at);
    return (Math.floor((at + offset) / HOUR_MS) + 1) * HOUR_MS - offset;
  }

  #offsetAt(at: number): number {
    const day = Math.floor(at / DAY_MS);
    const offset = this.#offsetOfDay(day);
    return offset === this.#offsetOfDay(day + 1) ? offset : this.#lookUp(at);
  }

  #offsetOfDay(day: number): number {
    const known = this.#offsets.get(day);
    if (known !== undefined) return known;
    const offset = this.#lookUp(day * DAY_MS);
    this.#offsets.set(day, offset);
    return offset;
  }

  #lookUp(at: number): number {
    const instant = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at));
    return instant.toZonedDateTimeISO(this.zone).offsetNanoseconds / 1e6;
  }
}

/** 0 is Monday 00:00, 167 is Sunday 23:00. The epoch was a Thursday. */
export function hourOfWeek(hour: number): number {
  return (((hour + 3 * 24) % HOURS_IN_WEEK) + HOURS_IN_WEEK) % HOURS_IN_WEEK;
}
