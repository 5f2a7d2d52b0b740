import { describe, expect, it } from "vitest";
import { nextFloor, type ReleaseInput } from "./release.ts";

const MINUTE = 60_000;

/** A window's floor of 60 that stands for an hour, with nothing to keep it. */
function input(overrides: Partial<ReleaseInput> = {}): ReleaseInput {
  return {
    now: 60 * MINUTE,
    inForce: { replicas: 60, since: 0, release: "stepped" },
    planned: { replicas: 2, release: "exact" },
    demanded: 5,
    planComplete: true,
    settings: { stepPercent: 20, everyMs: 10 * MINUTE },
    ...overrides,
  };
}

const unready = { demanded: undefined, planComplete: false };

describe("nextFloor", () => {
  it.each([
    [
      "a higher plan at once, whatever is unknown",
      { ...unready, planned: { replicas: 80, release: "stepped" as const } },
      80,
    ],
    ["an equal plan as it is", { ...unready, planned: { replicas: 60, release: "stepped" as const } }, 60],
    [
      "the end of a schedule at once, whatever the demand",
      { inForce: { replicas: 60, since: 0, release: "exact" as const }, demanded: 99 },
      2,
    ],
    [
      "the end of a schedule at once, whether or not demand is known",
      { inForce: { replicas: 60, since: 0, release: "exact" as const }, demanded: undefined },
      2,
    ],
  ])("follows %s", (_, overrides, replicas) => {
    expect(nextFloor(input(overrides))).toEqual({ replicas });
  });

  it.each([
    ["part of the plan is unknown", { planComplete: false }, "PlanIncomplete"],
    [
      "part of the plan is unknown, for a schedule too",
      { planComplete: false, inForce: { replicas: 60, since: 0, release: "exact" as const } },
      "PlanIncomplete",
    ],
    ["demand is unknown", { demanded: undefined }, "DemandUnknown"],
    ["demand is as high", { demanded: 60 }, "DemandAbove"],
    ["demand is higher", { demanded: 61 }, "DemandAbove"],
  ])("gives nothing back while %s", (_, overrides, held) => {
    expect(nextFloor(input(overrides))).toEqual({ replicas: 60, held });
  });

  it("takes one step once demand is below, and says when the next is due", () => {
    expect(nextFloor(input({ demanded: 59 }))).toEqual({ replicas: 48, held: "Stepping", nextStepAt: 70 * MINUTE });
  });

  it("waits between two steps", () => {
    const inForce = { replicas: 48, since: 55 * MINUTE, release: "stepped" as const };
    expect(nextFloor(input({ inForce }))).toEqual({ replicas: 48, held: "Stepping", nextStepAt: 65 * MINUTE });
    expect(nextFloor(input({ inForce, now: 65 * MINUTE - 1 })).replicas).toBe(48);
    expect(nextFloor(input({ inForce, now: 65 * MINUTE })).replicas).toBe(39);
  });

  it("goes no lower than the plan, and is then done", () => {
    const inForce = { replicas: 10, since: 0, release: "stepped" as const };
    expect(nextFloor(input({ inForce, planned: { replicas: 9, release: "exact" } }))).toEqual({ replicas: 9 });
  });

  it.each([
    [60, 20, 48],
    [9, 20, 8],
    [3, 20, 2],
    [4, 1, 3],
    [60, 100, 2],
    [59, 50, 30],
  ])("from %d, a step of %d percent leaves %d", (replicas, stepPercent, expected) => {
    const inForce = { replicas, since: 0, release: "stepped" as const };
    expect(nextFloor(input({ inForce, demanded: 0, settings: { stepPercent, everyMs: 1 } })).replicas).toBe(expected);
  });
});
