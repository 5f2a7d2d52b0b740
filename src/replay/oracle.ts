import type { Window } from "../calendar/window.ts";
import { TICK_MS, type Run, type Scene, type World } from "./simulate.ts";
import { loadAt } from "./trace.ts";

/**
 * Who knows the future: the fewest pods with which no request comes too late, under the same leads, steps and
 * minimum. It is no policy, for it sees what no policy may.
 */

/** How a floor comes down. */
export interface Steps {
  stepPercent: number;
  everyMs: number;
}

/** How a plan holds what it has raised. */
export interface Hold {
  windows: readonly Window[];
  graceMs: number;
}

/**
 * Each pod is asked for one lead (node and 95th percentile of pod start) before it is needed, at full `perReplica`; the
 * count comes down by the release's steps. With `hold` the steps are those of a plan as well: up to a deadline never
 * lower than before, and held to the end of the grace. Without it this is the bare need, which follows every night
 * down and lets go at the deadline.
 */
export function oracle(scene: Scene, world: World, steps: Steps, hold?: Hold): Run {
  const { from, to } = scene;
  const { workload, times } = world;
  const leadTicks = Math.ceil((times.nodeLeadMs + times.podP95Ms) / TICK_MS);
  const ticks = Math.ceil((to - from) / TICK_MS);
  const needed = new Int32Array(ticks + leadTicks);
  for (let tick = 0; tick < needed.length; tick++) {
    const load = loadAt(scene.trace, from + tick * TICK_MS);
    const replicas = Number.isNaN(load) ? 0 : Math.ceil(load / workload.perReplica - 1e-9);
    needed[tick] = Math.min(workload.maxReplicas, Math.max(workload.minReplicas, replicas));
  }
  if (hold) holdLevels(needed, from, hold);
  const pods = descend(highestAhead(needed, leadTicks, ticks), steps);
  return { policy: hold ? "oracle" : "bare need", from, tickMs: TICK_MS, pods, ready: pods, floor: pods };
}

function holdLevels(needed: Int32Array, from: number, { windows, graceMs }: Hold): void {
  for (const { opens, deadline } of windows) {
    const first = Math.max(0, Math.ceil((opens - from) / TICK_MS));
    const end = Math.min(needed.length, Math.ceil((deadline + graceMs - from) / TICK_MS));
    for (let tick = first + 1; tick < end; tick++) needed[tick] = Math.max(needed[tick]!, needed[tick - 1]!);
  }
}

/** For each of `ticks` the highest of it and the `lead` that follow. */
function highestAhead(needed: Int32Array, lead: number, ticks: number): Int32Array {
  const highest = new Int32Array(ticks);
  // Ticks whose need nothing later within the lead exceeds, highest first.
  const queue: number[] = [];
  let head = 0;
  for (let tick = 0; tick < needed.length; tick++) {
    while (queue.length > head && needed[queue.at(-1)!]! <= needed[tick]!) queue.pop();
    queue.push(tick);
    const at = tick - lead;
    if (at < 0 || at >= ticks) continue;
    while (queue[head]! < at) head += 1;
    highest[at] = needed[queue[head]!]!;
  }
  return highest;
}

/** The same count, coming down in steps only. */
function descend(wanted: Int32Array, { stepPercent, everyMs }: Steps): Int32Array {
  const every = Math.max(1, Math.round(everyMs / TICK_MS));
  const pods = Int32Array.from(wanted);
  let since = 0;
  for (let tick = 1; tick < pods.length; tick++) {
    const before = pods[tick - 1]!;
    if (wanted[tick]! < before) {
      const step = Math.max(1, Math.floor((before * stepPercent) / 100));
      pods[tick] = tick - since < every ? before : Math.max(wanted[tick]!, before - step);
    }
    if (pods[tick] !== before) since = tick;
  }
  return pods;
}
