/** What to expect, in the unit of the samples (requests/s); times in ms since the epoch. */
export interface Forecaster {
  expected(at: number): number;
  /** The highest value in [from, to], both ends included, and the first moment it is reached. */
  peak(from: number, to: number): { at: number; value: number };
  /** The value of `peak`. */
  peakIn(from: number, to: number): number;
}

/** A one-off event: `peakFactor` times the usual demand in [start, end). */
export interface PriorEvent {
  start: number;
  end: number;
  peakFactor: number;
}

/**
 * A forecast that never falls between two changes; `nextChange` gives the first after a moment. So the peak of a
 * stretch is at its end, exact to the millisecond.
 */
export class StretchedForecast implements Forecaster {
  readonly expected: (at: number) => number;
  readonly #nextChange: (at: number) => number;

  constructor(options: { at: (time: number) => number; nextChange: (time: number) => number }) {
    this.expected = options.at;
    this.#nextChange = options.nextChange;
  }

  peak(from: number, to: number): { at: number; value: number } {
    let peak = { at: from, value: this.expected(from) };
    for (let start = from; start <= to;) {
      const next = this.#nextChange(start);
      for (const at of [start, Math.max(start, Math.min(next - 1, to))]) {
        const value = this.expected(at);
        if (value > peak.value) peak = { at, value };
      }
      start = next;
    }
    return peak;
  }

  peakIn(from: number, to: number): number {
    return this.peak(from, to).value;
  }
}
