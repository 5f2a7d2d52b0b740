import { describe, expect, it, vi } from "vitest";
import { neededAt, peakNeed, planAt, planSteps, rampStep, type PlanSource } from "./plan.ts";

/** A source that needs `replicas` in [start, end). */
const span = (reason: string, start: number, end: number, replicas: number): PlanSource => ({
  reason,
  release: "exact",
  need: (from, to) => (from < end && to >= start ? replicas : 0),
  boundaries: (from, to) => [start, end].filter((at) => at >= from && at <= to),
});

describe("planAt", () => {
  const morning = span("morning", 100, 200, 6);
  const noon = span("noon", 150, 180, 12);

  it.each([
    [79, 2, "base"],
    [80, 6, "morning"],
    [129, 6, "morning"],
    [130, 12, "noon"],
    [179, 12, "noon"],
    [180, 6, "morning"],
    [199, 6, "morning"],
    [200, 2, "base"],
  ])("at %d, with a lead of 20, asks for %d (%s)", (at, replicas, reason) => {
    expect(planAt([morning, noon], 2, at, 20)).toMatchObject({ replicas, reason });
  });

  it("gives an inactive source no vote (B25)", () => {
    expect(planAt([noon, morning], 5, 300, 20)).toEqual({ replicas: 5, reason: "base", release: "exact" });
  });

  it("never asks for less than the base", () => {
    expect(planAt([morning], 8, 150, 20)).toEqual({ replicas: 8, reason: "base", release: "exact" });
  });

  it("takes the way down of the strongest source", () => {
    const forecast: PlanSource = { ...noon, release: "stepped" };
    expect(planAt([morning, forecast], 2, 160, 0).release).toBe("stepped");
    expect(planAt([morning, forecast], 2, 190, 0).release).toBe("exact");
  });

  it("rounds what has a peak up to a step of its ramp, and nothing else", () => {
    const ramp: PlanSource = { ...span("window", 0, 100, 13), peak: () => 102 };
    expect(planAt([ramp], 2, 50, 0).replicas).toBe(22);
    expect(planAt([span("schedule", 0, 100, 13)], 2, 50, 0).replicas).toBe(13);
  });

  it("does not ask a source that is far away for its peak", () => {
    const peak = vi.fn<() => number>(() => 102);
    planAt([{ ...span("window", 1_000, 2_000, 13), peak }], 2, 50, 0);
    expect(peak).not.toHaveBeenCalled();
  });
});

describe("neededAt", () => {
  it("is what is needed now, without lead and rounding", () => {
    const ramp: PlanSource = { ...span("window", 100, 200, 13), peak: () => 102 };
    expect(neededAt([ramp], 2, 99)).toBe(2);
    expect(neededAt([ramp], 2, 100)).toBe(13);
  });
});

describe("rampStep", () => {
  it.each([
    [2, 2, 22, 2],
    [0, 2, 22, 2],
    [3, 2, 22, 4],
    [4, 2, 22, 4],
    [5, 2, 22, 6],
    [22, 2, 22, 22],
    // 25 - 2 in steps of 3: the last one ends at the peak.
    [24, 2, 25, 25],
    [3, 2, 5, 3],
    // A need above the peak it was said to have is believed.
    [30, 2, 22, 30],
    [7, 2, 2, 7],
  ])("need %d between base %d and peak %d is %d", (need, base, peak, expected) => {
    expect(rampStep(need, base, peak)).toBe(expected);
  });
});

describe("planSteps", () => {
  const sources = [span("morning", 100, 200, 6), span("noon", 150, 180, 12)];

  it("lists what holds now and each change after it, a lead ahead of each raise", () => {
    expect(planSteps(sources, 2, { from: 0, to: 300, leadMs: 20 })).toEqual([
      { from: 0, replicas: 2, reason: "base" },
      { from: 80, replicas: 6, reason: "morning" },
      { from: 130, replicas: 12, reason: "noon" },
      { from: 180, replicas: 6, reason: "morning" },
      { from: 200, replicas: 2, reason: "base" },
    ]);
  });

  it("sees a raise whose need lies beyond the range but whose lead does not", () => {
    expect(planSteps(sources, 2, { from: 0, to: 85, leadMs: 20 }).at(-1)).toMatchObject({ from: 80, replicas: 6 });
  });

  it("ends with its range", () => {
    expect(planSteps(sources, 2, { from: 0, to: 190, leadMs: 20 }).at(-1)).toMatchObject({ from: 180, replicas: 6 });
    expect(planSteps(sources, 2, { from: 0, to: 200, leadMs: 20 }).at(-1)).toMatchObject({ from: 200, replicas: 2 });
  });

  it("lists no moment twice and no change that is none", () => {
    const twins = [span("a", 100, 200, 6), span("b", 100, 200, 6)];
    expect(planSteps(twins, 2, { from: 150, to: 300, leadMs: 0 }).map(({ from }) => from)).toEqual([150, 200]);
  });

  it("ends at its limit", () => {
    const many = Array.from({ length: 50 }, (_, index) => span("x", index * 10, index * 10 + 5, 3));
    expect(planSteps(many, 2, { from: -1, to: 1_000, leadMs: 0 })).toHaveLength(24);
    expect(planSteps(many, 2, { from: -1, to: 1_000, leadMs: 0 }, 3)).toHaveLength(3);
  });
});

describe("peakNeed", () => {
  it("is the highest need of the range and what it stems from", () => {
    const sources = [span("morning", 100, 200, 6), span("noon", 150, 180, 12), span("evening", 200, 250, 4)];
    expect(peakNeed(sources, { from: 0, to: 300 })).toEqual({ replicas: 12, reason: "noon" });
    expect(peakNeed(sources, { from: 0, to: 140 })).toEqual({ replicas: 6, reason: "morning" });
    expect(peakNeed(sources, { from: 300, to: 400 })).toBeUndefined();
  });
});
