import { expect, it } from "vitest";
import { score } from "./score.ts";
import type { Run } from "./simulate.ts";

const MINUTE = 60_000;

/** A tick a minute. */
function runOf(over: { pods?: readonly number[]; ready?: readonly number[]; floor?: readonly number[] }): Run {
  const pods = over.pods ?? over.ready ?? over.floor ?? [];
  const series = (values: readonly number[] = pods): Int32Array => Int32Array.from(values);
  return { policy: "p", from: 0, tickMs: MINUTE, pods: series(), ready: series(over.ready), floor: series(over.floor) };
}
const loadOf = (
  ...load: number[]
): { trace: { start: number; stepMs: number; load: Float64Array }; perReplica: number } => ({
  trace: { start: 0, stepMs: MINUTE, load: Float64Array.from(load) },
  perReplica: 10,
});

it("a minute with more demand than the ready pods serve is a violation, and what is above comes late", () => {
  const found = score(runOf({ pods: [3, 3, 3], ready: [1, 2, 3] }), { ...loadOf(15, 20, Number.NaN), deadlines: [] });
  expect(found).toMatchObject({ violationMinutes: 1, lateRequests: 300, lastViolationMinutes: 0 });
  expect(found.podHours).toBeCloseTo(9 / 60, 12);
});

it("the 72 hours before a deadline are counted by themselves, and no other minute", () => {
  const about = loadOf(15, 15, 15);
  const found = score(runOf({ pods: [1, 1, 1] }), { ...about, deadlines: [2 * MINUTE] });
  expect(found).toMatchObject({ violationMinutes: 3, lastViolationMinutes: 2 });
});

it("each change of the count is one scale event", () => {
  expect(score(runOf({ pods: [1, 2, 2, 5, 4] }), { ...loadOf(), deadlines: [] }).scaleEvents).toBe(3);
});

it.each([
  ["the largest fall of the floor within five minutes", [100, 90, 80, 80, 80, 80, 80, 80, 70], 0.2],
  ["a fall of one pod is none", [3, 2, 2, 2, 2, 2, 2, 1], 0],
])("%s", (_, floor, share) => {
  expect(score(runOf({ floor }), { ...loadOf(), deadlines: [] }).largestStepDown).toBeCloseTo(share, 9);
});

it("of a span only what lies in it", () => {
  const found = score(
    runOf({ pods: [1, 1, 1] }),
    { ...loadOf(15, 15, 15), deadlines: [] },
    { from: MINUTE, to: 2 * MINUTE },
  );
  expect(found.violationMinutes).toBe(1);
});
