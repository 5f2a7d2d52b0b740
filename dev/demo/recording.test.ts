import { expect, it } from "vitest";
import { Recording } from "./recording.ts";

it("the release is each step down after the deadline, and nothing before it", () => {
  const recording = new Recording();
  const floors = [8, 10, 8, 23, 23, 23, 16, 16, 8];
  for (const [at, floor] of floors.entries()) {
    recording.add({ at, replicas: floor, ready: floor, scaling: { floor }, conditions: [] });
  }
  expect(recording.releaseSteps(5)).toEqual([
    { at: 6, from: 23, to: 16 },
    { at: 8, from: 16, to: 8 },
  ]);
  expect(recording.mostReplicas).toBe(23);
  expect(recording.counts).toHaveLength(9);
});
