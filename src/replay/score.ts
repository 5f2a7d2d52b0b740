import type { Run } from "./simulate.ts";
import { loadAt, type Trace } from "./trace.ts";

/** What a run was worth: what users saw, and what it cost. */
export interface Score {
  /** Time with more demand than the ready pods serve inside the objective. */
  violationMinutes: number;
  /** The same in the last 72 h before deadlines. */
  lastViolationMinutes: number;
  /** Requests that came in above what the ready pods serve: late or refused. */
  lateRequests: number;
  podHours: number;
  /** Changes of the count. */
  scaleEvents: number;
  /** The floor's largest fall within five minutes, as a share of it; a fall of one pod is none. */
  largestStepDown: number;
}

const LAST_MS = 72 * 3_600_000;
const STEP_SPAN_MS = 300_000;

export interface Span {
  from: number;
  to: number;
}

/** Of [from, to) of a run. `deadlines`: those whose last 72 h are looked at by themselves. */
export function score(
  run: Run,
  { trace, perReplica, deadlines }: { trace: Trace; perReplica: number; deadlines: readonly number[] },
  { from, to }: Span = { from: run.from, to: run.from + run.pods.length * run.tickMs },
): Score {
  const { tickMs } = run;
  const [minutes, hours, seconds] = [tickMs / 60_000, tickMs / 3_600_000, tickMs / 1_000];
  const first = Math.max(0, Math.ceil((from - run.from) / tickMs));
  const end = Math.min(run.pods.length, Math.ceil((to - run.from) / tickMs));
  const result = {
    violationMinutes: 0,
    lastViolationMinutes: 0,
    lateRequests: 0,
    podHours: 0,
    scaleEvents: 0,
    largestStepDown: 0,
  };
  for (let tick = first; tick < end; tick++) {
    const at = run.from + tick * tickMs;
    const pods = run.pods[tick]!;
    result.podHours += pods * hours;
    if (tick > first && pods !== run.pods[tick - 1]) result.scaleEvents += 1;
    if (tick > first && run.floor[tick]! < run.floor[tick - 1]!) {
      result.largestStepDown = Math.max(result.largestStepDown, fallAt(run, tick, first));
    }
    const capacity = run.ready[tick]! * perReplica;
    const above = loadAt(trace, at) - capacity;
    // NaN, where nothing was measured, is above nothing; nor is what doubles lose: three times 0.1 over 0.3.
    if (!(above > 1e-9 * capacity)) continue;
    result.violationMinutes += minutes;
    result.lateRequests += above * seconds;
    if (deadlines.some((deadline) => at >= deadline - LAST_MS && at < deadline)) result.lastViolationMinutes += minutes;
  }
  return result;
}

function fallAt({ floor, tickMs }: Run, tick: number, first: number): number {
  let before = 0;
  for (let back = tick; back >= Math.max(first, tick - STEP_SPAN_MS / tickMs); back--) {
    before = Math.max(before, floor[back]!);
  }
  const by = before - floor[tick]!;
  return by > 1 ? by / before : 0;
}
