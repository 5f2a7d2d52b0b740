import { Baseline, NEEDED_HOURS, never, roundedProfile, type IsHoliday, type Span } from "./baseline.ts";
import { unusualSpan, type FilingWindow } from "./filing-window.ts";
import { HourlyLoad, isSample, isWithin, type Sample } from "./hourly-load.ts";
import { fitLaw } from "./law-fit.ts";
import { learntWindows } from "./learnt-windows.ts";
import { HOURS_IN_WEEK, LocalHours } from "./local-hours.ts";
import { bounded, emptyState, MOST_WINDOWS, roundedLoad, type ForecastState, type WindowProfile } from "./state.ts";
import { UsualHours } from "./usual-hours.ts";
import { withErrors } from "./window-errors.ts";
import { addHours, isCutOff, openWindows, profileOf, type WindowHours } from "./window-hours.ts";

export interface LearnInput {
  /** In any order; all there are from `before.learntUntil` on. Those before do no harm. */
  samples: Iterable<Sample>;
  /** Past windows and the one in force, of all calendars; windows ahead do no harm. */
  windows: readonly FilingWindow[];
  /** Events, which are neither usual nor like other windows. */
  events: readonly Span[];
  /** Spans in which samples are wrong: the service or its telemetry was down. */
  outages: readonly Span[];
  /** Spans in which demand was cut off by overload, so that loads are lower bounds. */
  censored?: readonly Span[];
  zone: string;
  holidays?: IsHoliday;
  /** Ms since the epoch; samples after it are not looked at. */
  now: number;
}

export interface Findings {
  /** Samples outside of windows and events, and how many hours of them a baseline needs. */
  points: number;
  needed: number;
  /** Hours without a sample between the first and the last, outages left out. */
  gaps: number;
  /** Windows that are over and can be learnt from. */
  windowsSeen: number;
}

/**
 * Learns usual demand and filing windows from samples, and goes on from what was learnt before: pieces give what all
 * samples at once give. An hour is learnt when a sample of a later one has been seen.
 */
export function learn(
  before: ForecastState | undefined,
  input: LearnInput,
): { state: ForecastState; findings: Findings } {
  const { zone, holidays = never, now } = input;
  const clock = new LocalHours(zone);
  const samples = [...input.samples].filter((sample) => isSample(sample) && sample[0] <= now);
  const known = goOnFrom(before, samples, clock);
  const windows = openWindows(known.windows, input.windows, clock);
  const seen = sorted({ ...input, samples }, windows, clock);

  const from = clock.hourOf(known.learntUntil);
  const end = Math.max(from, clock.hourOf(Math.min(now, Math.max(known.learntUntil, seen.newest))));
  const spans = windows.map(unusualSpan);
  const isUsual = ([hour]: readonly [number, number]): boolean => !isWithin(clock.startOf(hour), spans);
  const usual = new UsualHours({
    usual: known.usual.filter(isUsual),
    holidays: known.holidays.filter(isUsual),
  });

  let points = known.baseline?.points ?? 0;
  for (const { hour, load, points: more } of seen.usual.hours()) {
    if (hour < from || hour >= end) continue;
    // A window is compared with what was usual when it opened: that is what will be known of the next one.
    settle(windows, usual, { zone, holidays, hour, clock });
    usual.add(hour, roundedLoad(load), holidays(Math.floor(hour / 24)));
    points += more;
  }
  settle(windows, usual, { zone, holidays, hour: end, clock });

  const baseline = usual.profile(zone, points);
  const learntUntil = end === from ? known.learntUntil : clock.startOf(end);
  const profiles = windows
    .filter(({ opens }) => opens < learntUntil)
    .map((window) => {
      const hourly = seen.inWindows.get(window);
      if (hourly) addHours(window, hourly, end);
      const censored = isCutOff(window, input.censored ?? [], input.outages);
      return profileOf({ ...window, censored }, clock);
    })
    .filter(({ load, deadline }) => deadline > learntUntil || load.some((each) => each !== null));
  const state = bounded({
    version: 1,
    zone,
    learntUntil,
    highest: Math.max(known.highest, seen.highest),
    ...(baseline ? { baseline: roundedProfile(baseline) } : {}),
    ...usual.kept(),
    windows: profiles.toSorted((a, b) => a.deadline - b.deadline).slice(-MOST_WINDOWS),
  });
  return {
    state: withErrors({ ...state, windows: state.windows.map((window) => withLaw(window, learntUntil)) }),
    findings: {
      points,
      needed: NEEDED_HOURS,
      gaps: seen.gaps,
      windowsSeen: learntWindows(state).length,
    },
  };
}

/**
 * What to go on from. Samples from long before what is known are the whole past, read at last: the hours are learnt
 * anew in the order of time, and so are the windows that they cover; the others stay as they are. In another zone
 * hours have other numbers, while windows are counted from their deadlines.
 */
function goOnFrom(before: ForecastState | undefined, samples: readonly Sample[], clock: LocalHours): ForecastState {
  if (!before) return emptyState(clock.zone);
  const first = samples.reduce((earliest, [at]) => Math.min(earliest, at), Infinity);
  const firstKnown = before.usual[0]?.[0] ?? Infinity;
  const isLater = samples.length === 0 || clock.hourOf(first) >= firstKnown - HOURS_IN_WEEK;
  if (before.zone === clock.zone && isLater) return before;
  const windows = before.windows.filter(({ opens }) => opens < first);
  return { ...emptyState(clock.zone), windows, highest: before.highest };
}

interface Sorted {
  usual: HourlyLoad;
  inWindows: ReadonlyMap<WindowHours, HourlyLoad>;
  /** Time of the newest sample, -Infinity for none. */
  newest: number;
  highest: number;
  gaps: number;
}

/** Each sample to where it belongs: usual hours, the windows it lies in, or nowhere. */
function sorted(input: LearnInput, windows: readonly WindowHours[], clock: LocalHours): Sorted {
  const { samples, events, outages, now } = input;
  const usual = new HourlyLoad(clock);
  const open = windows
    .filter(({ opens }) => opens <= now)
    .map((window) => ({ window, unusual: unusualSpan(window), hourly: new HourlyLoad(clock) }));
  const hours = new Set<number>();
  let newest = -Infinity;
  let highest = 0;
  for (const sample of samples) {
    const [at, value] = sample;
    newest = Math.max(newest, at);
    hours.add(clock.hourOf(at));
    if (isWithin(at, outages)) continue;
    highest = Math.max(highest, value);
    if (isWithin(at, events)) continue;
    let isUsual = true;
    for (const { window, unusual, hourly } of open) {
      if (at >= window.opens && at < window.deadline) hourly.add(sample);
      if (at >= unusual.from && at < unusual.to) isUsual = false;
    }
    if (isUsual) usual.add(sample);
  }
  const inWindows = new Map(open.map(({ window, hourly }) => [window, hourly] as const));
  return { usual, inWindows, newest, highest, gaps: gapsIn([...hours], outages, clock) };
}

/** Hours without a sample between the first and the last, but for those that begin in an outage. */
function gapsIn(hours: readonly number[], outages: readonly Span[], clock: LocalHours): number {
  const inOrder = hours.toSorted((a, b) => a - b);
  let gaps = 0;
  for (const [index, hour] of inOrder.entries()) {
    for (let missing = (inOrder[index - 1] ?? hour) + 1; missing < hour; missing += 1) {
      if (!isWithin(clock.startOf(missing), outages)) gaps += 1;
    }
  }
  return gaps;
}

/** Windows that have opened by `hour` keep the baseline of now for good, if a week or more of it is known. */
function settle(
  windows: readonly WindowHours[],
  usual: UsualHours,
  at: { zone: string; holidays: IsHoliday; hour: number; clock: LocalHours },
): void {
  if (usual.count < HOURS_IN_WEEK) return;
  const unsettled = windows.filter((window) => !window.usual && at.clock.hourOf(window.opens) <= at.hour);
  if (unsettled.length === 0) return;
  const profile = usual.profile(at.zone, 0);
  if (!profile) return;
  const baseline = new Baseline(profile, at.holidays);
  for (const window of unsettled) window.usual = (hour) => baseline.level(hour);
}

/** The law of a window that is over; while it is open it would change with each hour. */
function withLaw(window: WindowProfile, learntUntil: number): WindowProfile {
  const law = window.deadline <= learntUntil ? fitLaw(window) : undefined;
  const { law: _, error: __, ...profile } = window;
  return law ? { ...profile, law } : profile;
}
