import { eachHour, Hourly, HOURS_OF_WEEK } from "../hourly.ts";
import type { Policy } from "../policy.ts";

/** Smoothing of level, trend and season; a trend of its own would run away within a window. */
const ALPHA = 0.3;
const BETA = 0.01;
const GAMMA = 0.3;

/** Additive Holt-Winters (Winters 1960) on the hours of the week, for this hour and the next, as a metric. */
export const holtWinters: Policy = {
  name: "Holt-Winters",
  begin({ past, workload: { perReplica, utilization } }) {
    const hours = new Hourly(past);
    const smoothing = new Smoothing();
    let seen = hours.first;
    const metricAt = eachHour((hour) => {
      for (; seen < hour; seen++) smoothing.add(seen, hours.at(seen));
      const expected = Math.max(smoothing.ahead(hour, 1), smoothing.ahead(hour + 1, 2));
      return Math.max(0, Math.ceil(expected / (perReplica * utilization)));
    });
    return { look: ({ now }) => ({ metric: metricAt(now) }) };
  },
};

class Smoothing {
  readonly #season = new Float64Array(HOURS_OF_WEEK);
  #first: number[] = [];
  #level = 0;
  #trend = 0;

  /** The first week sets level and season; it needs a second before it smooths. */
  add(hour: number, value: number): void {
    const slot = hour % HOURS_OF_WEEK;
    if (this.#first.length < HOURS_OF_WEEK) {
      this.#first.push(value);
      this.#season[slot] = value;
      if (this.#first.length < HOURS_OF_WEEK) return;
      this.#level = this.#first.reduce((sum, one) => sum + one, 0) / HOURS_OF_WEEK;
      for (const [index, one] of this.#season.entries()) this.#season[index] = one - this.#level;
      return;
    }
    const season = this.#season[slot]!;
    const before = this.#level;
    this.#level = ALPHA * (value - season) + (1 - ALPHA) * (before + this.#trend);
    this.#trend = BETA * (this.#level - before) + (1 - BETA) * this.#trend;
    this.#season[slot] = GAMMA * (value - this.#level) + (1 - GAMMA) * season;
  }

  ahead(hour: number, steps: number): number {
    if (this.#first.length < HOURS_OF_WEEK) return 0;
    return this.#level + steps * this.#trend + this.#season[hour % HOURS_OF_WEEK]!;
  }
}
