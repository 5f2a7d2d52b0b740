import type { BaselineProfile } from "./baseline.ts";
import { LONGEST_HOURS } from "./filing-window.ts";
import { HOURS_IN_WEEK } from "./local-hours.ts";
import {
  Misfit,
  readFields,
  readFlag,
  readInteger,
  readList,
  readLoad,
  readNumber,
  readText,
  readTime,
  readZone,
} from "./plain-data.ts";

/**
 * What has been learnt of one service: all that a forecast needs, in less than 100 KB, so that it outlives what
 * Prometheus remembers. Plain data; loads in the unit of the samples, with three significant digits.
 */
export interface ForecastState {
  version: 1;
  /** The IANA zone by whose clock hours are counted. */
  zone: string;
  /** Samples before it have been learnt, ms since the epoch; 0 for none. It is where an hour begins. */
  learntUntil: number;
  /** The highest sample ever seen outside of outages. */
  highest: number;
  /** The usual demand, made of the hours below. Absent until there is one. */
  baseline?: BaselineProfile;
  /** Hours outside of windows and events, the last six of each hour of the week, oldest first. */
  usual: readonly HourLoad[];
  /** The same of public holidays, the last six of each hour of the day. */
  holidays: readonly HourLoad[];
  /** Oldest deadline first, 24 at most. */
  windows: readonly WindowProfile[];
}

/** An hour by the clock of the zone (LocalHours) and the 95th percentile of its samples. */
export type HourLoad = readonly [hour: number, load: number];

/** What was seen of one filing window. Element i of the lists is the i-th local hour back from the deadline. */
export interface WindowProfile {
  calendar: string;
  period: string;
  type: string;
  /** Ms since the epoch. */
  opens: number;
  deadline: number;
  /** null: not seen, masked, or still ahead. */
  load: readonly (number | null)[];
  /** The usual demand as it was known when the window opened; empty until a week of it was known. */
  baseline: readonly number[];
  /** Demand was cut off by overload or an outage: the loads are lower bounds. */
  censored: boolean;
  /** The deadline law that fits it best; absent until the window is over. */
  law?: { peakFactor: number; exponent: number };
  /**
   * How far its loads were above what the other windows foretell: logarithm of the 90th percentile of the ratios
   * in the last 72 hours and before. Absent without another window.
   */
  error?: { last: number; before?: number };
}

export const MOST_WINDOWS = 24;
/** The last so many hours of each hour of the week. */
export const WEEKS_KEPT = 6;
const LONGEST_TEXT = 100_000;

/** As loads are stored. */
export function roundedLoad(load: number): number {
  return Number(load.toPrecision(3));
}

export function emptyState(zone: string): ForecastState {
  return { version: 1, zone, learntUntil: 0, highest: 0, usual: [], holidays: [], windows: [] };
}

/** The state as JSON of less than 100 KB. */
export function stateText(state: ForecastState): string {
  return JSON.stringify(bounded(state));
}

/** The state without its oldest windows as far as it would take more than 100 KB. */
export function bounded(state: ForecastState): ForecastState {
  let { windows } = state;
  while (windows.length > 0 && JSON.stringify({ ...state, windows }).length > LONGEST_TEXT) windows = windows.slice(1);
  return windows === state.windows ? state : { ...state, windows };
}

/**
 * The state that a text holds, or what is wrong with it, the field named. Never throws. `newer`: a later version of
 * this program wrote it.
 */
export function parseState(text: string): { state: ForecastState } | { problem: string; newer?: true } {
  try {
    const fields = readFields("the state", JSON.parse(text));
    const version = readInteger("version", fields.version);
    if (version > 1)
      return { problem: `it was written by a newer version (${version}): use a newer invoiceops`, newer: true };
    return { state: readState(fields) };
  } catch (error) {
    if (error instanceof Misfit) return { problem: error.message };
    return { problem: `it is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function readState(fields: ReturnType<typeof readFields>): ForecastState {
  if (fields.version !== 1) throw new Misfit("version", fields.version, "1");
  const { baseline } = fields;
  return {
    version: 1,
    zone: readZone("zone", fields.zone),
    learntUntil: readTime("learntUntil", fields.learntUntil),
    highest: readLoad("highest", fields.highest),
    ...(baseline === undefined ? {} : { baseline: readBaseline(baseline) }),
    usual: readList("usual", fields.usual, WEEKS_KEPT * HOURS_IN_WEEK, readHour),
    holidays: readList("holidays", fields.holidays, WEEKS_KEPT * 24, readHour),
    windows: readList("windows", fields.windows, MOST_WINDOWS, readWindow),
  };
}

function readBaseline(value: unknown): BaselineProfile {
  const { zone, levels, holidays, spread, hours, points, sufficient } = readFields("baseline", value);
  const read = readList("baseline.levels", levels, HOURS_IN_WEEK, readLoad);
  if (read.length !== 1 && read.length !== HOURS_IN_WEEK)
    throw new Misfit("baseline.levels", levels, `a list of ${HOURS_IN_WEEK}, or of 1,`);
  const days = holidays === undefined ? undefined : readList("baseline.holidays", holidays, 24, readLoad);
  if (days && days.length !== 24) throw new Misfit("baseline.holidays", holidays, "a list of 24");
  return {
    zone: readZone("baseline.zone", zone),
    levels: read,
    ...(days ? { holidays: days } : {}),
    ...(spread === undefined ? {} : { spread: readLoad("baseline.spread", spread) }),
    hours: readLoad("baseline.hours", hours),
    points: readLoad("baseline.points", points),
    sufficient: readFlag("baseline.sufficient", sufficient),
  };
}

function readHour(field: string, value: unknown): HourLoad {
  if (!Array.isArray(value) || value.length !== 2) throw new Misfit(field, value, "[hour, load]");
  return [readInteger(`${field}[0]`, value[0]), readLoad(`${field}[1]`, value[1])];
}

function readWindow(field: string, value: unknown): WindowProfile {
  const { calendar, period, type, opens, deadline, load, baseline, censored, law, error } = readFields(field, value);
  const window = {
    calendar: readText(`${field}.calendar`, calendar),
    period: readText(`${field}.period`, period),
    type: readText(`${field}.type`, type),
    opens: readTime(`${field}.opens`, opens),
    deadline: readTime(`${field}.deadline`, deadline),
    load: readList(`${field}.load`, load, LONGEST_HOURS, (path, each) => (each === null ? null : readLoad(path, each))),
    baseline: readList(`${field}.baseline`, baseline, LONGEST_HOURS, readLoad),
    censored: readFlag(`${field}.censored`, censored),
    ...(law === undefined ? {} : { law: readLaw(`${field}.law`, law) }),
    ...(error === undefined ? {} : { error: readError(`${field}.error`, error) }),
  };
  if (!(window.deadline > window.opens)) throw new Misfit(`${field}.deadline`, deadline, "a time after opens");
  if (window.baseline.length > 0 && window.baseline.length !== window.load.length)
    throw new Misfit(`${field}.baseline`, baseline, `a list as long as load (${window.load.length}), or of none,`);
  return window;
}

function readLaw(field: string, value: unknown): NonNullable<WindowProfile["law"]> {
  const { peakFactor, exponent } = readFields(field, value);
  return {
    peakFactor: readNumber(`${field}.peakFactor`, peakFactor, 1, 1e9),
    exponent: readNumber(`${field}.exponent`, exponent, 0, 10),
  };
}

function readError(field: string, value: unknown): NonNullable<WindowProfile["error"]> {
  const { last, before } = readFields(field, value);
  return {
    last: readNumber(`${field}.last`, last, -20, 20),
    ...(before === undefined ? {} : { before: readNumber(`${field}.before`, before, -20, 20) }),
  };
}
