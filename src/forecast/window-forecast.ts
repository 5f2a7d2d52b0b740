import { alignedHour, LAST_HOURS } from "./aligned-hour.ts";
import { smallDemand, type Baseline } from "./baseline.ts";
import { EventProfile, smallOf } from "./event-profile.ts";
import { deadlineFactor } from "./deadline-law.ts";
import { LONGEST_HOURS, type FilingWindow } from "./filing-window.ts";
import type { Law } from "./law-fit.ts";
import { HourlyLoad, isSample, type Sample } from "./hourly-load.ts";
import { kinship } from "./likeness.ts";
import { HOUR_MS, type LocalHours } from "./local-hours.ts";
import { nowcast } from "./nowcast.ts";
import type { SeenWindow } from "./seen-window.ts";
import type { ForecastState } from "./state.ts";
import { upperError, type WindowError } from "./upper-error.ts";

type HeldWindow = FilingWindow & { holdsUntil: number };

interface Basis {
  state: ForecastState;
  /** Past windows to learn from. */
  learnt: readonly SeenWindow[];
  baseline: Baseline;
  clock: LocalHours;
  expectedPeakFactor: number;
  now: number;
  recent: readonly Sample[];
}

/** What was seen of each hour of the window, from `first` on, and the share of the answer that it is. */
interface Table {
  first: number;
  logs: Float32Array;
  shares: Float32Array;
}

/**
 * The demand in one filing window, from its opening to the end of its hold. It keeps a table of its hours and nothing
 * of the state, of which there may be thousands.
 */
export class WindowForecast {
  readonly window: HeldWindow;
  /** Moments at which another part of the window begins, or the window itself. */
  readonly edges: readonly number[];
  readonly #baseline: Baseline;
  readonly #clock: LocalHours;
  readonly #law: Law;
  readonly #small: number;
  readonly #table: Table | undefined;
  readonly #errors: { last: readonly WindowError[]; before: readonly WindowError[] };
  readonly #upper = new Map<number, { last: number; before: number }>();
  readonly #ahead: number;

  constructor(window: HeldWindow, basis: Basis) {
    const { state, learnt, baseline, clock } = basis;
    this.window = window;
    this.edges = [window.opens, window.deadline - LAST_HOURS * HOUR_MS, window.deadline, window.holdsUntil];
    this.#baseline = baseline;
    this.#clock = clock;
    this.#small = smallOf(state);
    const identity = { ...window, period: window.name ?? "", type: window.type ?? "" };
    const expectedPeakFactor = basis.expectedPeakFactor > 1 ? basis.expectedPeakFactor : 1;
    const profile = new EventProfile(identity, learnt, expectedPeakFactor);
    this.#law = profile.law;
    this.#table = learnt.length > 0 ? tableOf(profile, window, basis) : undefined;
    this.#errors = errorsOf(learnt, identity);
    this.#ahead = nowcast(this.#hoursSoFar(basis));
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
    return this.#table && this.inForce(at) ? this.#clock.nextHour(at) : Infinity;
  }

  #value(at: number, above: number): number {
    const hour = this.#clock.hourOf(at);
    const usual = this.#baseline.level(hour);
    const small = this.#small;
    const law = (usual * deadlineFactor({ ...this.window, ...this.#law, at }) + small) / (usual + small);
    const share = this.#table?.shares[hour - this.#table.first] ?? 0;
    const seen = this.#table?.logs[hour - this.#table.first] ?? 0;
    return Math.max(0, (usual + small) * Math.exp(share * seen + (1 - share) * Math.log(law) + above) - small);
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
  *#hoursSoFar({ state, clock, recent, now }: Basis): Generator<{ load: number; expected: number }> {
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
      const start = clock.startOf(hour);
      if (start >= end || start + HOUR_MS <= opens) continue;
      // One request in an hour that is usually quiet is no sign of three times the load.
      const expected = this.#value(Math.max(opens, start), 0);
      yield { load: load + this.#small, expected: expected + this.#small };
    }
  }
}

function tableOf(
  profile: EventProfile,
  { opens, deadline, holdsUntil }: HeldWindow,
  { clock, baseline }: Basis,
): Table {
  const last = clock.hourOf(deadline - 1);
  const first = Math.max(clock.hourOf(opens), last - LONGEST_HOURS);
  const small = smallDemand(baseline.profile.levels);
  const length = clock.hourOf(holdsUntil) - first + 1;
  const [logs, shares] = [new Float32Array(length), new Float32Array(length)];
  for (let index = 0; index < length; index += 1) {
    const seen = profile.seen(alignedHour(first + index, last), baseline.level(first + index), small);
    logs[index] = seen.log;
    shares[index] = seen.share;
  }
  return { first, logs, shares };
}

function errorsOf(
  learnt: readonly SeenWindow[],
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
