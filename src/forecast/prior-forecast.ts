import { deadlineFactor } from "./deadline-law.ts";
import type { Forecaster, PriorEvent } from "./forecaster.ts";

/** Usual demand: constant from each change to the next. */
export interface DemandCurve {
  at(time: number): number;
  /** The first moment after `time` at which the value may be another; Infinity for never. */
  nextChange(time: number): number;
}

/** A filing window. From the deadline to `holdsUntil` the peak is expected to last. */
export interface PriorWindow {
  opens: number;
  deadline: number;
  holdsUntil: number;
  peakFactor: number;
}

/**
 * The forecast before any window has been seen: the baseline times the strongest factor of the windows and events
 * in force, where a window's factor follows the deadline law.
 */
export class PriorForecast implements Forecaster {
  readonly #baseline: DemandCurve;
  readonly #windows: readonly PriorWindow[];
  readonly #events: readonly PriorEvent[];
  /** Moments at which a factor sets in or ends; between them no factor falls. */
  readonly #edges: readonly number[];

  constructor(options: { baseline: DemandCurve; windows?: readonly PriorWindow[]; events?: readonly PriorEvent[] }) {
    this.#baseline = options.baseline;
    this.#windows = options.windows ?? [];
    this.#events = options.events ?? [];
    this.#edges = [
      ...this.#windows.flatMap(({ opens, deadline, holdsUntil }) => [opens, deadline, holdsUntil]),
      ...this.#events.flatMap(({ start, end }) => [start, end]),
    ];
  }

  expected(at: number): number {
    return this.#baseline.at(at) * this.#factor(at);
  }

  /** Exact to the millisecond: in the stretches between changes nothing falls, so each peaks at its end. */
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

  #nextChange(at: number): number {
    let next = this.#baseline.nextChange(at);
    for (const edge of this.#edges) if (edge > at && edge < next) next = edge;
    return next;
  }

  #factor(at: number): number {
    let factor = 1;
    for (const window of this.#windows) {
      if (at < window.holdsUntil) factor = Math.max(factor, deadlineFactor({ ...window, at }));
    }
    for (const { start, end, peakFactor } of this.#events) {
      if (at >= start && at < end && peakFactor > factor) factor = peakFactor;
    }
    return factor;
  }
}
