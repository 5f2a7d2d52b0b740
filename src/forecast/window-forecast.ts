import { alignedHour, LAST_HOURS } from "./aligned-hour.ts";
import { smallDemand, type Baseline } from "./baseline.ts";
import { EventProfile, smallOf } from "./event-profile.ts";
import type { FilingWindow } from "./filing-window.ts";
import { HourlyLoad, isSample, type Sample } from "./hourly-load.ts";
import { kinship } from "./likeness.ts";
import { HOUR_MS, type LocalHours } from "./local-hours.ts";
import { nowcast } from "./nowcast.ts";
import type { ForecastState, WindowProfile } from "./state.ts";
import { upperError, type WindowError } from "./upper-error.ts";

type HeldWindow = FilingWindow & { holdsUntil: number };

interface Basis {
  state: ForecastState;
  /** Past windows to learn from. */
  learnt: readonly WindowProfile[];
  baseline: Baseline;
  clock: LocalHours;
  expectedPeakFactor: number;
  now: number;
  recent: readonly Sample[];
}

/** The demand in one filing window, from its opening to the end of its hold. */
export class WindowForecast {
  readonly window: HeldWindow;
  /** Moments at which another part of the window begins, or the window itself. */
  readonly edges: readonly number[];
  readonly #basis: Basis;
  readonly #profile: EventProfile;
  readonly #small: number;
  readonly #smallUsual: number;
  readonly #last: number;
  readonly #seen = new Map<number, { log: number; share: number }>();
  readonly #upper = new Map<number, { last: number; before: number }>();
  readonly #errors: { last: readonly WindowError[]; before: readonly WindowError[] };
  readonly #ahead: number;

  constructor(window: HeldWindow, basis: Basis) {
    const { state, learnt, baseline, clock } = basis;
    this.window = window;
    this.edges = [window.opens, window.deadline - LAST_HOURS * HOUR_MS, window.deadline, window.holdsUntil];
    this.#basis = basis;
    this.#small = smallOf(state);
    this.#smallUsual = smallDemand(baseline.profile.levels);
    this.#last = clock.hourOf(window.deadline - 1);
    const identity = { ...window, period: window.name ?? "", type: window.type ?? "" };
    const expectedPeakFactor = basis.expectedPeakFactor > 1 ? basis.expectedPeakFactor : 1;
    this.#profile = new EventProfile(identity, learnt, { clock, small: this.#small, expectedPeakFactor });
    this.#errors = errorsOf(learnt, identity);
    this.#ahead = nowcast(this.#hoursSoFar());
  }

  /** The factor by which the window in force runs ahead of the forecast, 1 at least. */
  get ahead(): number {
    return Math.exp(this.#ahead);
  }

  inForce(at: number): boolean {
    return at >= this.window.opens && at < this.window.holdsUntil;
  }

  /** The demand that is not exceeded with probability `q`, the median at least. */
  at(at: number, q: number): number {
    return this.#value(at, this.#ahead + this.#above(at, q));
  }

  /** The first moment after `at` at which it may fall, besides its edges: with the hour that was seen. */
  nextChange(at: number): number {
    return this.#basis.learnt.length > 0 && this.inForce(at) ? this.#basis.clock.nextHour(at) : Infinity;
  }

  #value(at: number, above: number): number {
    const { clock, baseline } = this.#basis;
    const hour = clock.hourOf(at);
    const usual = baseline.level(hour);
    let seen = this.#seen.get(hour);
    if (!seen) {
      seen = this.#profile.seen(alignedHour(hour, this.#last), usual, this.#smallUsual);
      this.#seen.set(hour, seen);
    }
    const log = this.#profile.shrunk(seen, { ...this.window, at, usual });
    return Math.max(0, (usual + this.#small) * Math.exp(log + above) - this.#small);
  }

  #above(at: number, q: number): number {
    if (q <= 0.5) return 0;
    let upper = this.#upper.get(q);
    if (!upper) {
      const { last, before } = this.#errors;
      upper = { last: Math.max(0, upperError(q, last)), before: Math.max(0, upperError(q, before)) };
      this.#upper.set(q, upper);
    }
    return at >= this.window.deadline - LAST_HOURS * HOUR_MS ? upper.last : upper.before;
  }

  /** The hours of this window that were seen, oldest first, and what was expected of each. */
  *#hoursSoFar(): Generator<{ load: number; expected: number }> {
    const { state, clock, recent, now } = this.#basis;
    const { calendar, name, opens, deadline } = this.window;
    const end = Math.min(now, deadline);
    const loads = new Map<number, number>();
    const stored = state.windows.find((each) => each.calendar === calendar && each.period === name);
    if (stored) {
      const last = clock.hourOf(stored.deadline - 1);
      for (const [back, load] of stored.load.entries()) if (load !== null) loads.set(last - back, load);
    }
    const hourly = new HourlyLoad(clock);
    for (const sample of recent) {
      if (isSample(sample) && sample[0] >= opens && sample[0] <= end) hourly.add(sample);
    }
    for (const { hour, load } of hourly.hours()) loads.set(hour, Math.max(load, loads.get(hour) ?? 0));
    for (const [hour, load] of [...loads].toSorted(([a], [b]) => a - b)) {
      const at = Math.max(opens, clock.startOf(hour));
      if (at < end) yield { load, expected: this.#value(at, 0) };
    }
  }
}

function errorsOf(
  learnt: readonly WindowProfile[],
  wanted: Parameters<typeof kinship>[0],
): { last: WindowError[]; before: WindowError[] } {
  const errors = learnt.flatMap((window) =>
    window.error ? [{ ...window.error, weight: kinship(wanted, window), atLeast: window.censored }] : [],
  );
  return {
    last: errors.map(({ last, ...error }) => ({ ...error, value: last })),
    before: errors.map(({ last, before = last, ...error }) => ({ ...error, value: before })),
  };
}
