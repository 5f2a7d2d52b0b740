import { describe, expect, it } from "vitest";
import { leadOf, type PodStart } from "./lead.ts";

const seconds = (...durations: number[]): PodStart[] =>
  durations.map((duration, index) => ({ createdAt: index * 1_000, readyAt: index * 1_000 + duration * 1_000 }));

describe("leadOf", () => {
  it("is two minutes at least", () => {
    expect(leadOf([])).toEqual({ ms: 120_000, pods: 0 });
    expect(leadOf(seconds(...Array(30).fill(2)))).toEqual({ ms: 120_000, pods: 30 });
  });

  it("is the 95th percentile of the starts and a minute", () => {
    const starts = seconds(...Array.from({ length: 100 }, (_, index) => index + 1));
    expect(leadOf(starts)).toEqual({ ms: (95 + 60) * 1_000, pods: 100 });
  });

  it("leaves out the slowest one of twenty, and takes the slowest of nineteen as it is", () => {
    expect(leadOf(seconds(...Array(19).fill(100), 3_000)).ms).toBe(160_000);
    expect(leadOf(seconds(...Array(18).fill(100), 3_000)).ms).toBe(3_060_000);
  });

  it.each([
    [1, 5.05],
    [3, 2.76],
    [10, 1.42],
  ])("takes the slowest of %d starts for %d times too short", (pods, factor) => {
    expect(leadOf(seconds(...Array(pods).fill(100))).ms / 1_000 - 60).toBeCloseTo(100 * factor, -1);
  });

  it("takes no start for longer than the hour after which a pod counts as stuck", () => {
    expect(leadOf(seconds(3_000)).ms).toBe(3_660_000);
    expect(leadOf(seconds(3_600)).ms).toBe(3_660_000);
    expect(leadOf(seconds(3_601))).toEqual({ ms: 120_000, pods: 0 });
  });

  it.each([
    ["ready before it was created (clocks differ)", -1],
    ["without a time", Number.NaN],
  ])("does not count a pod that was %s", (_, duration) => {
    expect(leadOf(seconds(duration, 100))).toEqual(leadOf(seconds(100)));
  });

  it.each([0, 30_000, 7_200_000])("lets the user's own %d ms win", (ms) => {
    expect(leadOf(seconds(100, 200, 300), ms)).toEqual({ ms, pods: 0 });
  });
});
