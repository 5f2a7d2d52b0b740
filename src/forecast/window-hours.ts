import type { Span } from "./baseline.ts";
import { LAST_HOURS } from "./aligned-hour.ts";
import { LONGEST_HOURS, type FilingWindow } from "./filing-window.ts";
import { HOUR_MS, type LocalHours } from "./local-hours.ts";
import type { HourlyLoad } from "./hourly-load.ts";
import { roundedLoad, type WindowProfile } from "./state.ts";

/** A filing window while it is being learnt: its loads by local hour, so that its deadline may still move. */
export interface WindowHours {
  calendar: string;
  period: string;
  type: string;
  opens: number;
  deadline: number;
  loads: Map<number, number>;
  /** By local hour too; undefined until a week of usual hours is known. */
  usual: ((hour: number) => number) | undefined;
  censored: boolean;
}

/** The windows that are known, with the dates of today's calendar, earliest opening first. */
export function openWindows(
  stored: readonly WindowProfile[],
  windows: readonly FilingWindow[],
  clock: LocalHours,
): WindowHours[] {
  const known = new Map(stored.map((profile) => [keyOf(profile), restored(profile, clock)]));
  for (const window of identified(windows)) {
    const before = known.get(keyOf(window));
    known.set(keyOf(window), { loads: new Map(), usual: undefined, censored: false, ...before, ...window });
  }
  return [...known.values()].toSorted((a, b) => a.opens - b.opens || a.deadline - b.deadline);
}

type Identified = Pick<WindowHours, "calendar" | "period" | "type" | "opens" | "deadline">;

/**
 * A window whose deadline was moved is two in a row of one period. Those who file in the extension are others than
 * those who hurried to the first deadline: it is of a type of its own.
 */
function identified(windows: readonly FilingWindow[]): Identified[] {
  const firsts = new Set<string>();
  return windows
    .toSorted((a, b) => a.deadline - b.deadline)
    .map(({ calendar, name = "", type = "", opens, deadline }) => {
      const period = name === "" ? new Date(deadline).toISOString().slice(0, 10) : name;
      const first = { calendar, period, type, opens, deadline };
      const extended = name !== "" && firsts.has(keyOf(first));
      firsts.add(keyOf(first));
      return extended ? { ...first, type: `${type} extended`.trim() } : first;
    });
}

function keyOf({ calendar, period, type }: { calendar: string; period: string; type: string }): string {
  return JSON.stringify([calendar, period, type]);
}

function restored(profile: WindowProfile, clock: LocalHours): WindowHours {
  const { calendar, period, type, opens, deadline, load, baseline, censored } = profile;
  const last = clock.hourOf(deadline - 1);
  const loads = new Map(load.flatMap((each, back) => (each === null ? [] : [[last - back, each] as const])));
  const usual =
    baseline.length === 0 ? undefined : (hour: number) => baseline[clamp(last - hour, baseline.length)] ?? 0;
  return { calendar, period, type, opens, deadline, loads, usual, censored };
}

/** Past the ends of what was kept, the same hour of the week nearest to it. */
function clamp(back: number, length: number): number {
  const week = 168;
  if (length < week) return Math.min(Math.max(back, 0), length - 1);
  if (back < 0) return ((back % week) + week) % week;
  return back < length ? back : back - week * Math.ceil((back - length + 1) / week);
}

/** Takes over the hours in [from, to) that are new; what was learnt before stands. */
export function addHours(window: WindowHours, hourly: HourlyLoad, to: number): void {
  for (const { hour, load } of hourly.hours()) {
    if (hour < to && !window.loads.has(hour)) window.loads.set(hour, roundedLoad(load));
  }
}

/** Whether loads of the window are lower bounds: it was cut off, or much of its end was not seen. */
export function isCutOff(window: WindowHours, censored: readonly Span[], outages: readonly Span[]): boolean {
  const { opens, deadline } = window;
  const touches = (from: number, span: Span): boolean => span.from < deadline && span.to > from;
  return (
    window.censored ||
    censored.some((span) => touches(opens, span)) ||
    outages.some((span) => touches(Math.max(opens, deadline - LAST_HOURS * HOUR_MS), span))
  );
}

export function profileOf(window: WindowHours, clock: LocalHours): WindowProfile {
  const { calendar, period, type, opens, deadline, loads, usual, censored } = window;
  const last = clock.hourOf(deadline - 1);
  const length = Math.min(LONGEST_HOURS, Math.max(1, last - clock.hourOf(opens) + 1));
  const hours = Array.from({ length }, (_, back) => last - back);
  return {
    calendar,
    period,
    type,
    opens,
    deadline,
    load: hours.map((hour) => loads.get(hour) ?? null),
    baseline: usual ? hours.map((hour) => roundedLoad(usual(hour))) : [],
    censored,
  };
}
