import type { Reading } from "../prometheus/reading.ts";

/**
 * The reactive part: what demand asks for right now. It is the autoscaler's own arithmetic (ratio,
 * tolerance, stabilization), with one rule above it: what could not be read never lowers anything.
 */

/** One demand signal as it was read, and how much of it one replica takes. */
export interface SignalReading {
  name: string;
  reading: Reading;
  /** Units of the signal (requests/s for demand) that one replica serves at the wanted utilization; > 0. */
  perReplica: number;
}

/** A recommendation at a time (ms), before stabilization. */
export interface Recommendation {
  at: number;
  replicas: number;
  /** Replicas that demand itself asked for; absent where it was not read. */
  demanded?: number;
}

export interface ReactiveState {
  /** Recommendations of the last stabilization window, oldest first. */
  history: readonly Recommendation[];
  /** Evaluations in a row in which no signal could be read. */
  failures: number;
  /** Whether the last evaluation had to do without complete data, so that the next complete one starts the wait anew. */
  incomplete: boolean;
}

export interface ReactiveSettings {
  /** Dead band of the ratio between demand and capacity; 0.1 = 10 %. */
  tolerance: number;
  stabilizationUpMs: number;
  stabilizationDownMs: number;
  /** After this many failed evaluations in a row at least `replicas` are asked for; absent = never. */
  fallback?: { afterFailures: number; replicas: number };
}

export interface ReactiveResult {
  /** Replicas that demand asks for after tolerance, stabilization and fallback; not yet clamped to min and max. */
  replicas: number;
  /** Replicas that the readable signals ask for without tolerance or stabilization; undefined when none is readable. */
  raw: number | undefined;
  /**
   * Most that demand asked for within the wait before a decrease, 0 when it was not read: a load that moves about a
   * limit is above it once, not at every other sample.
   */
  lately: number;
  /** Every signal was read and none was partial: only then may anything be lowered. */
  complete: boolean;
  /** The fallback holds at present. */
  fallback: boolean;
  state: ReactiveState;
}

export const initialReactiveState: ReactiveState = { history: [], failures: 0, incomplete: true };

/** The most that the API has room for in a count. */
const MOST_REPLICAS = 2 ** 31 - 1;

/**
 * Replicas for a demand, whole ones. What is within a billionth of a whole number is that number: 57 requests/s
 * over 100 * 0.57 a replica are one replica, although the quotient of the two doubles is a little above 1.
 */
export function replicasFor(demand: number, perReplica: number): number {
  return Math.min(MOST_REPLICAS, Math.max(0, Math.ceil(demand / perReplica - 1e-9)));
}

/**
 * One evaluation. `current` is the workload's present replica count.
 *
 * The ratio and its dead band are the HPA's: desired = ceil(value / perReplica) unless the ratio
 * value / (perReplica * current) is within [1 - tolerance, 1 + tolerance] (kubernetes, "Algorithm details" of
 * the HPA).
 */
export function evaluateReactive(
  signals: readonly SignalReading[],
  current: number,
  now: number,
  settings: ReactiveSettings,
  before: ReactiveState,
): ReactiveResult {
  const needs = signals.flatMap(({ reading, perReplica }) =>
    reading.ok ? [{ raw: replicasFor(reading.value, perReplica), ratio: reading.value / (perReplica * current) }] : [],
  );
  const complete = signals.every(({ reading }) => reading.ok && reading.partial === undefined);
  const failures = needs.length > 0 || signals.length === 0 ? 0 : before.failures + 1;
  const { fallback } = settings;
  const fallsBack = fallback !== undefined && failures >= fallback.afterFailures;

  const raw = needs.length > 0 || signals.length === 0 ? Math.max(0, ...needs.map((need) => need.raw)) : undefined;
  const { tolerance } = settings;
  // Over no replicas the ratio is infinite or no number: in no dead band.
  const bearable = ({ ratio }: { ratio: number }): boolean => ratio >= 1 - tolerance && ratio <= 1 + tolerance;
  const tolerated = needs.map((need) => (bearable(need) ? current : need.raw));
  const demanded = needs.map((need) => (bearable(need) ? Math.min(current, need.raw) : need.raw));
  const recommended = Math.max(0, ...tolerated, complete ? 0 : current, fallsBack ? fallback.replicas : 0);

  // After a gap the wait before a decrease starts with the first complete answer: what was in force
  // then is entered as a recommendation. A process that has just started is in the same position.
  const afterGap = before.incomplete && complete;
  const history = [
    ...before.history,
    ...(before.history.length === 0 || afterGap ? [{ at: now, replicas: current }] : []),
    { at: now, replicas: recommended, demanded: Math.max(0, ...demanded) },
  ].filter(({ at }) => at > now - Math.max(settings.stabilizationUpMs, settings.stabilizationDownMs) || at === now);

  return {
    replicas: stabilize(history, current, now, settings),
    raw,
    lately: lately(history, now - settings.stabilizationDownMs),
    complete,
    fallback: fallsBack,
    state: { history, failures, incomplete: !complete },
  };
}

function lately(history: readonly Recommendation[], after: number): number {
  const latest = history.at(-1);
  return Math.max(0, ...history.map((each) => (each.at > after || each === latest ? (each.demanded ?? 0) : 0)));
}

/**
 * Old recommendations limit a change, they are never a target of their own (kubernetes #96671, #98174):
 * an increase goes no higher than the lowest of the up window, a decrease no lower than the highest of
 * the down window, and between the two the present count stays.
 */
export function stabilize(
  history: readonly Recommendation[],
  current: number,
  now: number,
  windows: { stabilizationUpMs: number; stabilizationDownMs: number },
): number {
  const latest = history.at(-1)?.replicas ?? current;
  const within = (ms: number): number[] => history.filter(({ at }) => at > now - ms).map(({ replicas }) => replicas);
  const ceiling = Math.min(latest, ...within(windows.stabilizationUpMs));
  const bottom = Math.max(latest, ...within(windows.stabilizationDownMs));
  return Math.max(ceiling, Math.min(bottom, current));
}
