import type { Span } from "./baseline.ts";
import type { LocalHours } from "./local-hours.ts";
import { quantile } from "./quantile.ts";

export type Sample = readonly [at: number, value: number];

/** Peaks and not means: demand must be served within the hour as well. */
const PEAK_QUANTILE = 0.95;
/** Beyond what a Date can hold, less a day for the zone's offset. */
const LATEST = 8.64e15 - 86_400_000;

/** A time and a demand >= 0. NaN and the like are no sample: a gap, and never a demand of 0. */
export function isSample([at, value]: Sample): boolean {
  return Math.abs(at) <= LATEST && value >= 0 && value < Number.POSITIVE_INFINITY;
}

export function isWithin(at: number, spans: readonly Span[]): boolean {
  return spans.some(({ from, to }) => at >= from && at < to);
}

/** Samples by local hour; what an hour needs is the 95th percentile of its samples, in whatever order they come. */
export class HourlyLoad {
  readonly #clock: LocalHours;
  readonly #samples = new Map<number, number[]>();

  constructor(clock: LocalHours) {
    this.#clock = clock;
  }

  add([at, value]: Sample): void {
    const hour = this.#clock.hourOf(at);
    const values = this.#samples.get(hour);
    if (values) values.push(value);
    else this.#samples.set(hour, [value]);
  }

  /** The hours that have samples, in order. */
  hours(): { hour: number; load: number; points: number }[] {
    return [...this.#samples]
      .map(([hour, values]) => ({ hour, load: quantile(values, PEAK_QUANTILE), points: values.length }))
      .toSorted((a, b) => a.hour - b.hour);
  }
}
