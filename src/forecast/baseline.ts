import { hourOfWeek, LocalHours } from "./local-hours.ts";

/** From so many hours on a baseline has a level for each hour of the week. */
export const NEEDED_HOURS = 24;
/** What is small against the usual demand, as a share of its mean. */
const SMALL = 0.1;

/** [from, to), ms since the epoch. */
export interface Span {
  from: number;
  to: number;
}

/** Whether a day is a public holiday: local days since the epoch. */
export type IsHoliday = (day: number) => boolean;

export const never: IsHoliday = () => false;

/** What a baseline is made of: plain data, to be stored. */
export interface BaselineProfile {
  zone: string;
  /** Demand for each hour of the week from Monday 00:00, or one number for all of them. */
  levels: readonly number[];
  /** The same for each hour of a public holiday, once one was seen whole; it is like any day of its week before. */
  holidays?: readonly number[];
  /** Standard deviation of the logarithm of an hour's demand against its level. */
  spread?: number;
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
  readonly #isHoliday: IsHoliday;

  constructor(profile: BaselineProfile, isHoliday: IsHoliday = never) {
    this.profile = profile;
    this.#hours = new LocalHours(profile.zone);
    this.#isHoliday = isHoliday;
  }

  at(time: number): number {
    return this.level(this.#hours.hourOf(time));
  }

  /** The demand in an hour by the clock of the zone. */
  level(hour: number): number {
    const { levels, holidays } = this.profile;
    if (levels.length === 1) return levels[0] ?? 0;
    const slot = hourOfWeek(hour);
    const ofHoliday = holidays && this.#isHoliday(Math.floor(hour / 24)) ? holidays[slot % 24] : undefined;
    return ofHoliday ?? levels[slot] ?? 0;
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
    return roundedProfile(this.profile);
  }
}

export function roundedProfile(profile: BaselineProfile): BaselineProfile {
  const { levels, holidays, spread } = profile;
  return {
    ...profile,
    levels: levels.map(fourDigits),
    ...(holidays ? { holidays: holidays.map(fourDigits) } : {}),
    ...(spread === undefined ? {} : { spread: fourDigits(spread) }),
  };
}

function fourDigits(level: number): number {
  return Number(level.toPrecision(4));
}

/**
 * A demand that is nothing beside the usual one, a tenth of its mean. Ratios of demands are taken with it added to
 * both: those of nights and closed days would be wild, and 0 has no logarithm.
 */
export function smallDemand(levels: readonly number[]): number {
  return SMALL * levels.reduce((sum, level) => sum + level / levels.length, 0);
}
