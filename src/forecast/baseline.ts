import { hourOfWeek, HOURS_IN_WEEK, LocalHours } from "./local-hours.ts";
import { middle, quantile, weightedMedian } from "./quantile.ts";

/** A level that weeks agree on: this many, the newer ones weighing more. */
const WEEKS = 6;
const WEEKLY_DECAY = 0.8;
/** Peaks and not means: demand must be served within the hour as well. */
const PEAK_QUANTILE = 0.95;
const NEEDED_HOURS = 24;
/** Beyond what a Date can hold, less a day for the zone's offset. */
const LATEST = 8.64e15 - 86_400_000;

/** [from, to), ms since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** What a baseline is made of: plain data, to be stored. */
export interface BaselineProfile {
  zone: string;
  /** Demand for each hour of the week from Monday 00:00, or one number for all of them. */
  levels: readonly number[];
  /** Local hours with samples, and the samples, that it was learnt from. */
  hours: number;
  points: number;
  /** False with less than a day of history: then the level is only the median of what there is. */
  sufficient: boolean;
}

/** The demand to expect outside of windows and events, in the unit of the samples: a step for each hour of the week. */
export class Baseline {
  readonly profile: BaselineProfile;
  readonly #hours: LocalHours;

  constructor(profile: BaselineProfile) {
    this.profile = profile;
    this.#hours = new LocalHours(profile.zone);
  }

  at(time: number): number {
    const { levels } = this.profile;
    return levels[levels.length === 1 ? 0 : hourOfWeek(this.#hours.hourOf(time))] ?? 0;
  }

  /** The first moment after `time` at which the level may be another. */
  nextChange(time: number): number {
    return this.profile.levels.length === 1 ? Number.POSITIVE_INFINITY : this.#hours.nextHour(time);
  }

  /** How much it knows, in words for a condition. */
  get description(): string {
    const { hours, points, sufficient } = this.profile;
    const learnt = `${hours} h of history outside of windows and events (${points} samples)`;
    return sufficient ? learnt : `${learnt}, ${NEEDED_HOURS} h are needed; expecting their median at all hours`;
  }

  /** The profile with four digits a level, about a kilobyte. `new Baseline(JSON.parse(text))` restores it. */
  toJSON(): BaselineProfile {
    return { ...this.profile, levels: this.profile.levels.map((level) => Number(level.toPrecision(4))) };
  }
}

/**
 * Learns the baseline from samples in any order (time in ms since the epoch, value >= 0; others are dropped, gaps
 * are no samples), leaving out what lies in the `exclude` spans, windows and events above all.
 *
 * For each hour: the 95th percentile of its samples. For each hour of the week in `zone`: the median of its last
 * six such hours, weighted 0.8 for each week back. An hour of the week that was never seen takes the mean of the
 * hours beside it when both were, else the same hour of other days, else the median of all hours. Undefined
 * without any sample.
 */
export function learnBaseline(
  samples: Iterable<readonly [at: number, value: number]>,
  options: { zone?: string; exclude?: readonly Span[] } = {},
): Baseline | undefined {
  const zone = options.zone ?? "UTC";
  const byHour = groupByHour(samples, new LocalHours(zone), options.exclude ?? []);
  const hours = byHour.size;
  if (hours === 0) return undefined;
  const values = [...byHour.values()].flat();
  const sufficient = hours >= NEEDED_HOURS;
  const levels = sufficient ? weekOf(byHour) : [quantile(values, 0.5)];
  return new Baseline({ zone, levels, hours, points: values.length, sufficient });
}

function groupByHour(
  samples: Iterable<readonly [number, number]>,
  clock: LocalHours,
  exclude: readonly Span[],
): Map<number, number[]> {
  const byHour = new Map<number, number[]>();
  for (const [at, value] of samples) {
    if (!(Math.abs(at) <= LATEST) || !(value >= 0) || value === Number.POSITIVE_INFINITY) continue;
    if (exclude.some(({ from, to }) => at >= from && at < to)) continue;
    const hour = clock.hourOf(at);
    const values = byHour.get(hour);
    if (values) values.push(value);
    else byHour.set(hour, [value]);
  }
  return byHour;
}

interface Hour {
  hour: number;
  value: number;
}

/** A level for each of the 168 hours of the week. */
function weekOf(byHour: ReadonlyMap<number, readonly number[]>): number[] {
  const hours = [...byHour]
    .map(([hour, values]) => ({ hour, value: quantile(values, PEAK_QUANTILE) }))
    .toSorted((a, b) => b.hour - a.hour);
  const seen = mapGroups(
    hours,
    ({ hour }) => hourOfWeek(hour),
    (group) => recentMedian(group.slice(0, WEEKS)),
  );
  const daily = mapGroups(hours, ({ hour }) => hourOfWeek(hour) % 24, recentMedian);
  const overall = recentMedian(hours);
  return Array.from({ length: HOURS_IN_WEEK }, (_, slot) => {
    const before = seen.get((slot + HOURS_IN_WEEK - 1) % HOURS_IN_WEEK);
    const after = seen.get((slot + 1) % HOURS_IN_WEEK);
    const beside = before !== undefined && after !== undefined ? middle(before, after) : undefined;
    return seen.get(slot) ?? beside ?? daily.get(slot % 24) ?? overall;
  });
}

/** The weighted median of hours that are sorted from the newest to the oldest. */
function recentMedian(hours: readonly Hour[]): number {
  const newest = hours[0]?.hour ?? 0;
  return weightedMedian(
    hours.map(({ hour, value }) => ({ value, weight: WEEKLY_DECAY ** Math.floor((newest - hour) / HOURS_IN_WEEK) })),
  );
}

function mapGroups(
  hours: readonly Hour[],
  keyOf: (hour: Hour) => number,
  reduce: (group: readonly Hour[]) => number,
): Map<number, number> {
  const groups = Map.groupBy(hours, keyOf);
  return new Map([...groups].map(([key, group]) => [key, reduce(group)]));
}
