import { Baseline, never, smallDemand, type IsHoliday } from "./baseline.ts";
import { smallOf } from "./event-profile.ts";
import type { FilingWindow } from "./filing-window.ts";
import { StretchedForecast, type Forecaster, type PriorEvent } from "./forecaster.ts";
import { learntWindows } from "./learnt-windows.ts";
import { LocalHours } from "./local-hours.ts";
import { quantileAt } from "./quantile-choice.ts";
import type { Sample } from "./hourly-load.ts";
import { seenWindow } from "./seen-window.ts";
import type { ForecastState } from "./state.ts";
import { studentQuantile } from "./student-t.ts";
import { WindowForecast } from "./window-forecast.ts";

/** A bound above so many times the highest load ever seen is an extrapolation, and is said to be one. */
const FAR = 3;
/** Of usual hours there are so many that the normal distribution will do. */
const MANY = 100;

export interface ForecastInput {
  state: ForecastState;
  /** The window in force and those to come. From the deadline to `holdsUntil` the peak is expected to last. */
  windows: readonly (FilingWindow & { holdsUntil: number })[];
  events: readonly PriorEvent[];
  /** What is known of the peak, in times of usual demand, until a window has been seen. */
  expectedPeakFactor: number;
  holidays?: IsHoliday;
  now: number;
  /** Samples since the window in force opened, for how it runs against the forecast. */
  recent?: Iterable<Sample>;
}

/**
 * Demand as it was learnt: usual hours, and filing windows by the hours to their deadlines. With nothing seen it is
 * the prior: usual demand times the deadline law up to the expected peak factor. Where windows and events overlap the
 * highest counts, not the product.
 */
export class LearnedForecast implements Forecaster {
  readonly #baseline: Baseline;
  readonly #small: number;
  readonly #clock: LocalHours;
  readonly #windows: readonly WindowForecast[];
  readonly #events: readonly PriorEvent[];
  readonly #edges: readonly number[];
  readonly #highest: number;
  readonly #seen: number;
  readonly #expected: Forecaster;

  constructor(input: ForecastInput) {
    const { state, windows, events, now, holidays = never } = input;
    const { zone, highest } = state;
    const unknown = { zone, levels: [0], hours: 0, points: 0, sufficient: false };
    this.#baseline = new Baseline(state.baseline ?? unknown, holidays);
    this.#small = smallDemand(this.#baseline.profile.levels);
    this.#clock = new LocalHours(zone);
    this.#highest = highest;
    this.#events = events;
    const ready = { clock: this.#clock, small: smallOf(state) };
    const learnt = learntWindows(state).map((window) => seenWindow(window, ready));
    this.#seen = learnt.length;
    const recent = [...(input.recent ?? [])];
    this.#windows = windows.map(
      (window) =>
        new WindowForecast(window, {
          ...input,
          recent: window.opens <= now && now < window.holdsUntil ? recent : [],
          learnt: learnt.filter(({ deadline }) => deadline < window.deadline),
          baseline: this.#baseline,
          clock: this.#clock,
        }),
    );
    this.#edges = [
      ...this.#windows.flatMap(({ edges }) => edges),
      ...events.flatMap(({ start, end }) => [start, end]),
    ].toSorted((a, b) => a - b);
    this.#expected = this.#curve(() => 0.5);
  }

  /** The median. */
  expected(at: number): number {
    return this.#expected.expected(at);
  }

  peak(from: number, to: number): { at: number; value: number } {
    return this.#expected.peak(from, to);
  }

  peakIn(from: number, to: number): number {
    return this.#expected.peakIn(from, to);
  }

  /** What demand does not exceed with probability `q`, never less than the median. Events are the user's own number. */
  bound(q: number): Forecaster {
    return this.#curve(() => q);
  }

  /**
   * The demand to plan for, for replicas that are to be used at `utilization` (0 to 1): the median, and no less than
   * what lets the bound be served at full capacity. The room that utilization leaves is there for the unexpected; it
   * is not asked for twice. The quantile of the bound is that of `quantileAt`; `quantile` is the user's own.
   */
  planned({ quantile, utilization }: { quantile?: number; utilization: number }): Forecaster {
    return this.#curve((at, window) => quantileAt(at, window, quantile), utilization);
  }

  /** What it rests on, in words for a condition. */
  get basis(): string {
    const windows = this.#seen === 1 ? "1 filing window" : `${this.#seen || "no"} filing windows`;
    const running = this.#windows.map(({ ahead }) => ahead).find((factor) => factor > 1.005);
    const ahead = running === undefined ? "" : `; the window in force runs ahead, raised by ${running.toFixed(2)}`;
    return `${this.#baseline.description}; ${windows} seen${ahead}`;
  }

  /** What to tell the user when the bound of a window is far above all that was ever seen. */
  caution(quantile?: number): string | undefined {
    const planned = this.planned({ utilization: 1, ...(quantile === undefined ? {} : { quantile }) });
    const peaks = this.#windows.map(({ window }) => planned.peakIn(window.opens, window.deadline));
    const peak = Math.max(0, ...peaks);
    if (!(peak > FAR * this.#highest) || this.#highest === 0) return undefined;
    return `${rounded(peak)} requests/s are planned for, more than ${FAR} times the highest ever seen (${rounded(this.#highest)})`;
  }

  #curve(quantile: (at: number, window: FilingWindow | undefined) => number, share = 1): Forecaster {
    return new StretchedForecast({
      at: (time) =>
        share === 1 ? this.#at(time, quantile) : Math.max(this.expected(time), share * this.#at(time, quantile)),
      nextChange: (time) => this.#nextChange(time),
    });
  }

  #at(time: number, quantile: (at: number, window: FilingWindow | undefined) => number): number {
    const usual = this.#baseline.at(time);
    let highest = this.#usualBound(usual, quantile(time, undefined));
    for (const forecast of this.#windows) {
      if (forecast.inForce(time)) highest = Math.max(highest, forecast.at(time, quantile(time, forecast.window)));
    }
    for (const { start, end, peakFactor } of this.#events) {
      if (time >= start && time < end) highest = Math.max(highest, usual * peakFactor);
    }
    return highest;
  }

  #usualBound(usual: number, q: number): number {
    const { spread = 0 } = this.#baseline.profile;
    if (spread === 0 || q <= 0.5) return usual;
    return (usual + this.#small) * Math.exp(spread * usualQuantile(q)) - this.#small;
  }

  #nextChange(time: number): number {
    let next = this.#baseline.nextChange(time);
    for (const window of this.#windows) next = Math.min(next, window.nextChange(time));
    for (const edge of this.#edges) if (edge > time && edge < next) next = edge;
    return next;
  }
}

function usualQuantile(q: number): number {
  let known = usualQuantiles.get(q);
  if (known === undefined) usualQuantiles.set(q, (known = studentQuantile(q, MANY)));
  return known;
}

const usualQuantiles = new Map<number, number>();

function rounded(load: number): string {
  return String(Number(load.toPrecision(3)));
}
