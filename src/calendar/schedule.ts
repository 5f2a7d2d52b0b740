import type { Problem } from "../api/v1alpha1/fields.ts";
import { parseCron } from "./cron.ts";
import { CronTimes } from "./cron-times.ts";
import { problemOf } from "./problem.ts";
import { resolveZone } from "./zone.ts";

/** When a schedule is on: two cron times in an IANA zone. */
export interface ScheduleTimes {
  readonly timeZone: string;
  readonly start: string;
  readonly end: string;
}

export interface ScheduleState {
  readonly active: boolean;
  /** The boundary that passed last, ms since the epoch; undefined when none has passed. */
  readonly since?: number;
  /** The next boundary; until then nothing changes. */
  readonly until: number;
}

/** A schedule that can be used. */
export interface Schedule {
  readonly name: string;
  readonly replicas: number;
  /** The state at a moment, ms since the epoch. */
  at(time: number): ScheduleState;
}

type StateAt = (time: number) => ScheduleState;

/** The work of parsing is done once for each object that holds a schedule, and goes when that object goes. */
const compiled = new WeakMap<ScheduleTimes, StateAt>();
/** By their texts: thousands of services have the same office hours, which take milliseconds to work out. */
const shared = new Map<string, StateAt>();
const MOST_SHARED = 1_000;

/**
 * Whether a schedule is active: it is when the last boundary that passed was a start. What comes next says
 * nothing (a start on weekdays with an end every day would be on all weekend). Where a start and an end fall
 * on the same moment, it starts. Throws a CalendarError when zone or cron cannot be used.
 */
export function scheduleActive(schedule: ScheduleTimes, at: number): ScheduleState {
  return compile(schedule)(at);
}

/** The schedules of a spec that can be used, and why the others cannot. `field` is the path of the list. */
export function readSchedules(
  schedules: readonly (ScheduleTimes & { name: string; replicas: number })[],
  field = "spec.scaling.schedules",
): { schedules: Schedule[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const usable: Schedule[] = [];
  for (const schedule of schedules) {
    const found = compiled.has(schedule) ? [] : problemsOf(schedule, `${field}[${schedule.name}]`);
    problems.push(...found);
    if (found.length === 0) {
      usable.push({ name: schedule.name, replicas: schedule.replicas, at: (time) => scheduleActive(schedule, time) });
    }
  }
  return { schedules: usable, problems };
}

function problemsOf({ timeZone, start, end }: ScheduleTimes, path: string): Problem[] {
  return [
    ...problemOf(`${path}.timeZone`, timeZone, resolveZone),
    ...problemOf(`${path}.start`, start, parseCron),
    ...problemOf(`${path}.end`, end, parseCron),
  ];
}

function compile(schedule: ScheduleTimes): StateAt {
  const known = compiled.get(schedule);
  if (known) return known;
  const { timeZone, start, end } = schedule;
  const key = JSON.stringify([timeZone, start, end]);
  const state = shared.get(key) ?? stateIn(resolveZone(timeZone), start, end);
  if (shared.size >= MOST_SHARED) shared.clear();
  shared.set(key, state);
  compiled.set(schedule, state);
  return state;
}

function stateIn(zone: string, start: string, end: string): StateAt {
  return stateOf(new CronTimes(parseCron(start), zone), new CronTimes(parseCron(end), zone));
}

/** States kept of one schedule: what a plan of the coming weeks asks for. */
const REMEMBERED_STATES = 64;

function stateOf(starts: CronTimes, ends: CronTimes): StateAt {
  const remembered: ScheduleState[] = [];
  return (time) => {
    const known = remembered.find(({ since = -Infinity, until }) => since <= time && time < until);
    if (known) return known;
    const started = starts.previous(time) ?? -Infinity;
    const ended = ends.previous(time) ?? -Infinity;
    const since = Math.max(started, ended);
    const until = Math.min(starts.next(time) ?? Infinity, ends.next(time) ?? Infinity);
    const active = started >= ended && started > -Infinity;
    const state = since > -Infinity ? { active, since, until } : { active, until };
    if (remembered.length === REMEMBERED_STATES) remembered.shift();
    remembered.push(state);
    return state;
  };
}
