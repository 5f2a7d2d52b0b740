import type { Past } from "./past.ts";

const HOUR_MS = 3_600_000;
export const HOURS_OF_WEEK = 168;

/** The highest load of each whole hour of the past; worked out once an hour is over. */
export class Hourly {
  readonly #past: Past;
  readonly #known = new Map<number, number>();

  constructor(past: Past) {
    this.#past = past;
  }

  /** Hours since the epoch; the first that is not over. */
  get next(): number {
    return Math.floor(this.#past.now / HOUR_MS);
  }

  get first(): number {
    return Math.ceil(this.#past.start / HOUR_MS);
  }

  at(hour: number): number {
    const known = this.#known.get(hour);
    if (known !== undefined) return known;
    const value = this.#past.highest(hour * HOUR_MS, (hour + 1) * HOUR_MS);
    this.#known.set(hour, value);
    return value;
  }
}

/** Works once for each hour: what a forecaster that runs by the hour would do. */
export function eachHour<T>(work: (hour: number) => T): (now: number) => T {
  let kept: { hour: number; value: T } | undefined;
  return (now) => {
    const hour = Math.floor(now / HOUR_MS);
    if (kept?.hour !== hour) kept = { hour, value: work(hour) };
    return kept.value;
  };
}
