/** A moment of a workload: demand in requests/s, ready pods, and whether the objectives were met. */
export interface CapacityPoint {
  load: number;
  ready: number;
  good: boolean;
}

export type Capacity = { ok: true; perReplica: number; correlation: number } | { ok: false; reason: string };

/** A day of samples of five minutes. */
const NEEDED_POINTS = 288;
const NEEDED_CORRELATION = 0.9;
/** From the fewest to the most pods, and from the lowest to the highest load. */
const NEEDED_RANGE = 2;
/** So many moments of about the same load per pod are looked at together, and so many of them must be good. */
const GROUP = 20;
const NEEDED_GOOD = 18;

/**
 * What one replica serves inside its objectives, in requests/s: the highest load per ready pod that was served well,
 * not at a lucky moment but at 18 of the 20 around it. Told only where pods explain the load: over at least twice the
 * pods and twice the load, with a correlation of 0.9 (after Kapacity's gate); else why not, and what to do.
 */
export function learnCapacity(points: Iterable<CapacityPoint>): Capacity {
  const usable = [...points].filter(
    ({ load, ready }) => load >= 0 && load < Infinity && ready >= 1 && ready < Infinity,
  );
  const good = usable.filter((point) => point.good);
  if (good.length < NEEDED_POINTS)
    return refusal(`${good.length} moments inside the objectives were seen, ${NEEDED_POINTS} are needed`);
  const pods = range(good.map(({ ready }) => ready));
  if (pods.to < NEEDED_RANGE * pods.from)
    return refusal(`it ran on ${pods.from} to ${pods.to} pods, and twice as many at times are needed to tell`);
  const load = range(good.map((point) => point.load));
  if (!(load.to >= NEEDED_RANGE * load.from) || load.to === 0)
    return refusal(`demand was between ${text(load.from)} and ${text(load.to)}, and twice as much at times is needed`);
  const correlation = correlationOf(good);
  if (!(correlation >= NEEDED_CORRELATION))
    return refusal(
      `pods do not follow demand: their correlation is ${text(correlation)}, ${NEEDED_CORRELATION} is needed`,
    );
  const perReplica = servedWell(usable);
  if (!perReplica) return refusal("at no load per pod were the objectives met most of the time");
  return { ok: true, perReplica, correlation };
}

function refusal(why: string): Capacity {
  return { ok: false, reason: `${why}: set spec.scaling.perReplica` };
}

/** From the highest load per pod downwards, the first that was served well; undefined when none was. */
function servedWell(points: readonly CapacityPoint[]): number | undefined {
  const byLoad = points
    .map(({ load, ready, good }) => ({ each: load / ready, good }))
    .toSorted((a, b) => b.each - a.each || Number(a.good) - Number(b.good));
  let good = 0;
  for (const [index, point] of byLoad.entries()) {
    good += Number(point.good) - Number(byLoad[index - GROUP]?.good ?? false);
    if (index >= GROUP - 1 && good >= NEEDED_GOOD) return point.each;
  }
  return undefined;
}

/** Pearson's; NaN where one of the two never changes. */
function correlationOf(points: readonly CapacityPoint[]): number {
  const loadMean = mean(points.map(({ load }) => load));
  const readyMean = mean(points.map(({ ready }) => ready));
  let [both, loads, pods] = [0, 0, 0];
  for (const { load, ready } of points) {
    both += (load - loadMean) * (ready - readyMean);
    loads += (load - loadMean) ** 2;
    pods += (ready - readyMean) ** 2;
  }
  return both / Math.sqrt(loads * pods);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

function range(values: readonly number[]): { from: number; to: number } {
  return values.reduce(({ from, to }, value) => ({ from: Math.min(from, value), to: Math.max(to, value) }), {
    from: Infinity,
    to: -Infinity,
  });
}

function text(value: number): string {
  return String(Number(value.toPrecision(2)));
}
