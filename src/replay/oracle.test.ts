import { expect, it } from "vitest";
import { DEFAULT_HPA } from "./hpa.ts";
import { oracle } from "./oracle.ts";
import { score } from "./score.ts";
import type { Scene, World } from "./simulate.ts";

const MINUTE = 60_000;
const world: World = {
  workload: { perReplica: 10, utilization: 0.7, minReplicas: 2, maxReplicas: 100, expectedPeakFactor: 3 },
  hpa: DEFAULT_HPA,
  times: { podMedianMs: 45_000, podP95Ms: 2 * MINUTE, nodeLeadMs: 3 * MINUTE },
  metricLagMs: 0,
  outages: [],
};
const steps = { stepPercent: 20, everyMs: 10 * MINUTE };

/** A sample a minute. */
function sceneOf(load: readonly number[]): Scene {
  const trace = { start: 0, stepMs: MINUTE, load: Float64Array.from(load) };
  return { trace, from: 0, to: load.length * MINUTE, windowsAt: () => [] };
}
const repeated = (value: number, times: number): number[] => Array.from({ length: times }, () => value);

it("the bare need is there from one lead before, and comes down by steps", () => {
  const { pods } = oracle(sceneOf([...repeated(10, 20), ...repeated(95, 5), ...repeated(10, 60)]), world, steps);
  const atMinute = (minute: number): number => pods[minute * 4]!;
  expect([14, 15, 24].map(atMinute)).toEqual([2, 10, 10]);
  // 20 % of ten, then of eight.
  expect([25, 34, 35, 44, 45].map(atMinute)).toEqual([8, 8, 7, 7, 6]);
});

it("nothing comes too late with the bare need, and with one pod fewer at the peak it would", () => {
  const scene = sceneOf(Array.from({ length: 300 }, (_, minute) => 200 + 190 * Math.sin(minute / 20)));
  const run = oracle(scene, world, steps);
  const about = { trace: scene.trace, perReplica: 10, deadlines: [] };
  expect(score(run, about).violationMinutes).toBe(0);
  const fewer = { ...run, ready: run.ready.map((pods) => Math.min(pods, Math.max(...run.ready) - 1)) };
  expect(score(fewer, about).violationMinutes).toBeGreaterThan(0);
});

it("an oracle with a plan holds its levels to the end of the grace", () => {
  const scene = sceneOf([...repeated(10, 10), ...repeated(50, 10), ...repeated(10, 40)]);
  const window = { calendar: "c", opens: 0, deadline: 30 * MINUTE, grade: "Published" as const };
  const { pods } = oracle(scene, world, steps, { windows: [window], graceMs: 10 * MINUTE });
  expect([4, 5, 30, 39].map((minute) => pods[minute * 4])).toEqual([2, 5, 5, 5]);
  expect(pods[41 * 4]).toBe(4);
});
