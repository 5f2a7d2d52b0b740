import { quantile } from "../forecast/quantile.ts";
import type { FiledWindow } from "./filed-windows.ts";
import { QUANTILES, type ForecastHour } from "./forecast-score.ts";
import type { Looked } from "./policies/invoiceops.ts";
import { loadAt, type Trace } from "./trace.ts";

const HOUR_MS = 3_600_000;
const WARNED_BEFORE_MS = 72 * HOUR_MS;
/** What demand must be served within the hour as well. */
const PEAK = 0.95;
const P90 = QUANTILES.indexOf(0.9);

/** Writes down what invoiceops told before each hour of a window, beside what came. */
export class ForecastWatch {
  fights = 0;
  readonly #trace: Trace;
  readonly #windows: readonly FiledWindow[];
  readonly #hours = new Map<FiledWindow, ForecastHour[]>();
  readonly #warned = new Map<FiledWindow, boolean>();
  #hour = -Infinity;

  constructor(trace: Trace, windows: readonly FiledWindow[]) {
    this.#trace = trace;
    this.#windows = windows;
  }

  take({ now, decision, prepared, fought }: Looked): void {
    if (fought) this.fights += 1;
    const window = this.#windows.find(({ opens, deadline }) => now >= opens && now < deadline);
    if (!window) return;
    if (now >= window.deadline - WARNED_BEFORE_MS && !this.#warned.has(window)) {
      this.#warned.set(window, decision.shortfall !== undefined);
    }
    const hour = Math.floor(now / HOUR_MS);
    if (hour === this.#hour || !prepared.forecast) return;
    this.#hour = hour;
    const actual = this.#peakOf(hour * HOUR_MS);
    if (Number.isNaN(actual)) return;
    const { bound } = prepared.forecast;
    const told = QUANTILES.map((q) => bound(q).peakIn(hour * HOUR_MS, (hour + 1) * HOUR_MS - 1));
    this.#hours.set(window, [...(this.#hours.get(window) ?? []), { actual, told }]);
  }

  /** Each window's hours as shares of its mean load, or the largest would be all that counts. */
  get hours(): ForecastHour[] {
    return [...this.#hours.values()].flatMap((hours) => {
      const mean = hours.reduce((sum, { actual }) => sum + actual, 0) / hours.length;
      return mean > 0
        ? hours.map(({ actual, told }) => ({ actual: actual / mean, told: told.map((value) => value / mean) }))
        : [];
    });
  }

  covered(window: FiledWindow): number {
    const hours = this.#hours.get(window) ?? [];
    return hours.filter(({ actual, told }) => actual <= told[P90]!).length / hours.length;
  }

  warned(window: FiledWindow): boolean {
    return this.#warned.get(window) ?? false;
  }

  #peakOf(from: number): number {
    const step = Math.max(60_000, this.#trace.stepMs);
    const loads = Array.from({ length: Math.ceil(HOUR_MS / step) }, (_, index) =>
      loadAt(this.#trace, from + index * step),
    ).filter((value) => !Number.isNaN(value));
    return loads.length === 0 ? Number.NaN : quantile(loads, PEAK);
  }
}
