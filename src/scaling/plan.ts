/**
 * The plan: how many replicas schedules, events and filing windows need, and when. Pure: the same code
 * answers the controller ("now") and the status ("the next steps").
 */

/** A source of need. All times are milliseconds since the epoch. */
export interface PlanSource {
  /** Shown to the user, e.g. `schedule office-hours`. */
  reason: string;
  /**
   * Most replicas that this source needs at any moment of [from, to]; 0 when none.
   * It holds for every refinement: the need of a longer span is never smaller.
   */
  need(from: number, to: number): number;
  /**
   * How it goes down again: `exact` as soon as it no longer needs them (a schedule says when it ends),
   * `stepped` with the release's steps, for what stems from a forecast.
   */
  release: "exact" | "stepped";
  /** Moments in [from, to] at which the need may change, besides a slow drift. */
  boundaries(from: number, to: number): readonly number[];
  /** Highest need ever asked for; the ramp up to it has at most ten steps. Absent for fixed numbers: they are exact. */
  peak?(at: number): number;
}

export interface Planned {
  replicas: number;
  /** Why this many: the strongest source, or `base`. */
  reason: string;
  release: "exact" | "stepped";
}

const RAMP_STEPS = 10;

/** What is needed at this very moment, without lead and rounding. */
export function neededAt(sources: readonly PlanSource[], base: number, at: number): number {
  return Math.max(base, ...sources.map((source) => source.need(at, at)));
}

/** What must be asked for at `at`, so that it is there when it is needed `leadMs` later. */
export function planAt(sources: readonly PlanSource[], base: number, at: number, leadMs: number): Planned {
  let planned: Planned = { replicas: base, reason: "base", release: "exact" };
  for (const source of sources) {
    const need = source.need(at, at + leadMs);
    // The peak is asked for only where it counts: most windows of a year are far away at any moment.
    const replicas = source.peak && need > base ? rampStep(need, base, source.peak(at)) : need;
    if (replicas > planned.replicas) planned = { replicas, reason: source.reason, release: source.release };
  }
  return planned;
}

/**
 * Rounds a need up to one of at most ten levels between base and peak, so that a ramp is a few decisive
 * steps and not a new rollout of pods each half minute. Never below the need, never above the peak.
 */
export function rampStep(need: number, base: number, peak: number): number {
  if (need <= base || peak <= base) return Math.max(need, base);
  const step = Math.ceil((peak - base) / RAMP_STEPS);
  return Math.max(need, Math.min(peak, base + Math.ceil((need - base) / step) * step));
}

export interface PlanStep {
  from: number;
  replicas: number;
  reason: string;
}

/**
 * The plan from `from` to `to` as steps, the first of them what holds at `from`. At most `limit` steps:
 * what a user reads, not what the controller acts on.
 */
export function planSteps(
  sources: readonly PlanSource[],
  base: number,
  range: { from: number; to: number; leadMs: number },
  limit = 24,
): PlanStep[] {
  const { from, to, leadMs } = range;
  // A need begins to count one lead before its own boundary, and ends at the boundary.
  const moments = sources
    .flatMap((source) => source.boundaries(from, to + leadMs))
    .flatMap((at) => [at - leadMs, at])
    .filter((at) => at > from && at <= to);
  const steps: PlanStep[] = [];
  for (const at of [from, ...new Set(moments.toSorted((a, b) => a - b))]) {
    const { replicas, reason } = planAt(sources, base, at, leadMs);
    if (steps.at(-1)?.replicas !== replicas) steps.push({ from: at, replicas, reason });
    if (steps.length === limit) break;
  }
  return steps;
}

/** The highest need in a range, with its first moment to within the sources' boundaries: what must fit under the ceilings. */
export function peakNeed(
  sources: readonly PlanSource[],
  range: { from: number; to: number },
): { replicas: number; reason: string } | undefined {
  let peak: { replicas: number; reason: string } | undefined;
  for (const source of sources) {
    const replicas = source.need(range.from, range.to);
    if (replicas > (peak?.replicas ?? 0)) peak = { replicas, reason: source.reason };
  }
  return peak;
}
