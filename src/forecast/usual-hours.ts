import { NEEDED_HOURS, smallDemand, type BaselineProfile } from "./baseline.ts";
import { hourOfWeek, HOURS_IN_WEEK } from "./local-hours.ts";
import { middle, quantile, weightedMedian } from "./quantile.ts";
import { WEEKS_KEPT, type HourLoad } from "./state.ts";

const WEEKLY_DECAY = 0.8;
/** How much of a change of level that two weeks agree on is taken over, and how much of it at most. */
const DAMPING = 0.5;
const MOST_CHANGE = Math.log(1.5);

/**
 * The hours outside of windows and events that a baseline is made of: of each hour of the week the last six, so
 * that hours added in pieces, in the order of time, give what all of them at once give. Public holidays are a
 * class of their own, by the hour of the day.
 */
export class UsualHours {
  readonly #week = new Map<number, HourLoad[]>();
  readonly #holidays = new Map<number, HourLoad[]>();
  #count = 0;

  constructor(kept: { usual: readonly HourLoad[]; holidays: readonly HourLoad[] } = { usual: [], holidays: [] }) {
    for (const [hour, load] of kept.usual) this.add(hour, load, false);
    for (const [hour, load] of kept.holidays) this.add(hour, load, true);
  }

  /** Hours that are kept. */
  get count(): number {
    return this.#count;
  }

  /** Adds an hour that is later than all before. */
  add(hour: number, load: number, holiday: boolean): void {
    const [slots, slot] = holiday ? [this.#holidays, hourOfWeek(hour) % 24] : [this.#week, hourOfWeek(hour)];
    const hours = slots.get(slot) ?? [];
    slots.set(slot, hours);
    hours.push([hour, load]);
    if (hours.length > WEEKS_KEPT) hours.shift();
    else this.#count += 1;
  }

  kept(): { usual: readonly HourLoad[]; holidays: readonly HourLoad[] } {
    return { usual: inOrder(this.#week), holidays: inOrder(this.#holidays) };
  }

  /** The baseline that they make; undefined for none. `points` are the samples behind them. */
  profile(zone: string, points: number): BaselineProfile | undefined {
    const { usual, holidays } = this.kept();
    const all = [...usual, ...holidays];
    if (all.length === 0) return undefined;
    const sufficient = all.length >= NEEDED_HOURS && usual.length > 0;
    const about = { zone, hours: all.length, points, sufficient };
    if (!sufficient)
      return {
        ...about,
        levels: [
          quantile(
            all.map(([, load]) => load),
            0.5,
          ),
        ],
      };
    const levels = smoothed(this.#levels(usual), this.#week);
    const level = levelOf(usual, levels);
    const spread = spreadOf(usual, levels);
    return {
      ...about,
      levels: levels.map((each) => each * level),
      ...(spread > 0 ? { spread } : {}),
      ...(this.#holidays.size === 24
        ? { holidays: Array.from({ length: 24 }, (_, hour) => recentMedian(this.#holidays.get(hour) ?? []) * level) }
        : {}),
    };
  }

  /**
   * A level for each of the 168 hours of the week: the median of its hours, weighted 0.8 for each week back. An hour
   * of the week that was never seen takes the mean of the hours beside it when both were, else the same hour of other
   * days, else the median of all.
   */
  #levels(usual: readonly HourLoad[]): number[] {
    const daily = Map.groupBy(usual, ([hour]) => hourOfWeek(hour) % 24);
    const seen = (slot: number): number | undefined => {
      const hours = this.#week.get((slot + HOURS_IN_WEEK) % HOURS_IN_WEEK);
      return hours && recentMedian(hours);
    };
    return Array.from({ length: HOURS_IN_WEEK }, (_, slot) => {
      const own = seen(slot);
      if (own !== undefined) return own;
      const [before, after] = [seen(slot - 1), seen(slot + 1)];
      if (before !== undefined && after !== undefined) return middle(before, after);
      return recentMedian(daily.get(slot % 24) ?? usual);
    });
  }
}

function inOrder(slots: ReadonlyMap<number, readonly HourLoad[]>): HourLoad[] {
  return [...slots.values()].flat().toSorted(([a], [b]) => a - b);
}

/**
 * Levels drawn towards what day and hour of day alone would make of them, as far as weeks differ: the median of six
 * noisy hours is noisy, and the busiest hour of a week would be the luckiest. James and Stein's weight: the variance
 * between the levels and that model against the variance of weeks within a level. Hours that are the same each week
 * stay what they are.
 */
function smoothed(levels: readonly number[], week: ReadonlyMap<number, readonly HourLoad[]>): number[] {
  const small = smallDemand(levels);
  if (small === 0) return [...levels];
  const days = sums(levels, (slot) => Math.floor(slot / 24));
  const hours = sums(levels, (slot) => slot % 24);
  const total = days.reduce((sum, day) => sum + day, 0);
  const model = levels.map((_, slot) => ((days[Math.floor(slot / 24)] ?? 0) * (hours[slot % 24] ?? 0)) / total);
  let [within, freedom, between, noise] = [0, 0, 0, 0];
  for (const [slot, loads] of week) {
    const [level, scale] = [levels[slot] ?? 0, (model[slot] ?? 0) + small];
    for (const [, load] of loads) within += (load - level) ** 2 / scale;
    freedom += loads.length - 1;
    between += (level - (model[slot] ?? 0)) ** 2 / scale;
    noise += 1 / loads.length;
  }
  if (freedom < HOURS_IN_WEEK / 2) return [...levels];
  const variance = within / freedom;
  const real = Math.max(0, (between - noise * variance) / week.size);
  return levels.map((level, slot) => {
    const own = week.get(slot)?.length ?? 0;
    const weight = own === 0 || variance === 0 ? 1 : (own * real) / (own * real + variance);
    return weight * level + (1 - weight) * (model[slot] ?? level);
  });
}

function sums(levels: readonly number[], groupOf: (slot: number) => number): number[] {
  const groups: number[] = [];
  for (const [slot, level] of levels.entries()) groups[groupOf(slot)] = (groups[groupOf(slot)] ?? 0) + level;
  return groups;
}

/** The weighted median of some hours. */
function recentMedian(hours: readonly HourLoad[]): number {
  const newest = hours.reduce((latest, [hour]) => Math.max(latest, hour), -Infinity);
  return weightedMedian(
    hours.map(([hour, load]) => ({ value: load, weight: WEEKLY_DECAY ** Math.floor((newest - hour) / HOURS_IN_WEEK) })),
  );
}

/**
 * The damped change of level: a median of weeks lags behind when demand grows. What the last two weeks of hours
 * agree on, the smaller of the two, by half. 1 with less.
 */
function levelOf(usual: readonly HourLoad[], levels: readonly number[]): number {
  const weeks = [usual.slice(-2 * HOURS_IN_WEEK, -HOURS_IN_WEEK), usual.slice(-HOURS_IN_WEEK)];
  const [before = 0, last = 0] = weeks.map((hours) =>
    hours.length < HOURS_IN_WEEK ? 0 : quantile(residuals(hours, levels), 0.5),
  );
  if (before * last <= 0) return 1;
  const agreed = Math.sign(last) * Math.min(Math.abs(before), Math.abs(last), MOST_CHANGE);
  return Math.exp(DAMPING * agreed);
}

/** The standard deviation of the logarithm of hours against their level, from the median deviation. */
function spreadOf(usual: readonly HourLoad[], levels: readonly number[]): number {
  return 1.4826 * quantile(residuals(usual, levels).map(Math.abs), 0.5);
}

function residuals(hours: readonly HourLoad[], levels: readonly number[]): number[] {
  const small = smallDemand(levels);
  if (small === 0) return hours.map(() => 0);
  return hours.map(([hour, load]) => Math.log((load + small) / ((levels[hourOfWeek(hour)] ?? 0) + small)));
}
