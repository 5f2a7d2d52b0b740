import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnCapacity, type CapacityPoint } from "./capacity.ts";

/** 500 moments of 1 to 10 pods with up to 100 requests/s each; more are not served well. */
function points(change: (point: CapacityPoint, index: number) => CapacityPoint = (point) => point): CapacityPoint[] {
  return Array.from({ length: 500 }, (_, index) => {
    const ready = 1 + (index % 10);
    const each = 70 + (index % 41);
    return change({ load: ready * each, ready, good: each <= 100 }, index);
  });
}

describe("the capacity of a replica", () => {
  it("is the highest load per pod that was served well", () => {
    const learnt = learnCapacity(points());
    expect(learnt).toMatchObject({ ok: true });
    expect(learnt.ok && learnt.perReplica).toBeGreaterThanOrEqual(98);
    expect(learnt.ok && learnt.perReplica).toBeLessThanOrEqual(100);
    expect(learnt.ok && learnt.correlation).toBeGreaterThan(0.9);
  });

  it("is not that of a lucky moment", () => {
    const lucky = points().concat(Array.from({ length: 15 }, () => ({ load: 300, ready: 2, good: true })));
    const learnt = learnCapacity(lucky);
    expect(learnt.ok && learnt.perReplica).toBeLessThanOrEqual(110);
  });

  it("does not fall for bad moments at low load, which have another cause", () => {
    const down = points().concat(Array.from({ length: 100 }, () => ({ load: 30, ready: 3, good: false })));
    expect(learnCapacity(down)).toEqual(learnCapacity(points()));
  });

  it("takes no account of moments without pods or numbers", () => {
    const odd = [
      { load: Number.NaN, ready: 3, good: true },
      { load: 5, ready: 0, good: true },
      { load: 5, ready: Number.NaN, good: true },
    ];
    expect(learnCapacity([...odd, ...points()])).toEqual(learnCapacity(points()));
  });

  it.each([
    ["few moments", points().slice(0, 100), /^\d+ moments inside the objectives were seen, 288 are needed: set spec/],
    ["one number of pods", points((point) => ({ ...point, ready: 3 })), /^it ran on 3 to 3 pods/],
    ["one load", points((point) => ({ ...point, load: 50 })), /^demand was between 50 and 50/],
    ["no load", points((point) => ({ ...point, load: 0 })), /^demand was between 0 and 0/],
    [
      "pods that do not follow demand",
      points((point, index) => ({ ...point, load: 100 + ((index * 37) % 400) })),
      /^pods do not follow demand: their correlation is -?0\.\d+, 0\.9 is needed/,
    ],
  ])("is not told from %s", (_name, given, reason) => {
    const learnt = learnCapacity(given);
    expect(learnt.ok ? learnt : learnt.reason).toMatch(reason);
  });

  it("is one of the loads per pod that were seen, whatever the order", () => {
    const shuffled = fc.shuffledSubarray(points(), { minLength: 500 });
    fc.assert(
      fc.property(shuffled, (given) => {
        const learnt = learnCapacity(given);
        const expected = learnCapacity(points());
        expect(learnt.ok && expected.ok && Math.abs(learnt.perReplica - expected.perReplica)).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
});
