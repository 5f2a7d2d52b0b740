import { describe, expect, it } from "vitest";
import { simulatePlainHpa, type PlainHpaOptions, type ReplicaCount, type Sample } from "./plain-hpa.ts";

const START = Date.parse("2027-01-01T00:00:00Z");
const SYNC = 15_000;

/** The load as pairs of seconds since the start and requests/s. */
function load(...pairs: [seconds: number, value: number][]): Sample[] {
  return pairs.map(([seconds, value]) => ({ at: START + seconds * 1_000, value }));
}

function simulate(samples: Sample[], seconds: number, options: Partial<PlainHpaOptions> = {}): ReplicaCount[] {
  return simulatePlainHpa(samples, {
    minReplicas: 1,
    maxReplicas: 100,
    averageValue: 100,
    startOf: () => 0,
    from: START,
    to: START + seconds * 1_000,
    ...options,
  });
}

/** Replicas right after each sync. */
function replicasBySync(counts: readonly ReplicaCount[]): number[] {
  return counts.filter(({ at }) => (at - START) % SYNC === 0).map(({ replicas }) => replicas);
}

describe("the replicas asked for", () => {
  it.each([
    ["begin with what the load asks for", load([0, 750]), [8, 8]],
    ["stay while the load is within a tenth of what they are for", load([0, 1_000], [10, 1_099]), [10, 10]],
    ["follow the load once it is outside of that", load([0, 1_000], [10, 1_101]), [10, 12]],
    ["double at most in a sync", load([0, 1_000], [10, 9_000]), [10, 20, 40, 80, 90, 90]],
    ["grow by four in a sync where doubling is less", load([0, 100], [10, 900]), [1, 5, 9]],
    ["end at the maximum", load([0, 5_000], [10, 50_000]), [50, 100, 100]],
    ["are not fewer than the minimum", load([0, 0]), [1, 1]],
    ["stay where the load is not known", [], [1, 1]],
  ])("%s", (_, samples, expected) => {
    expect(replicasBySync(simulate(samples, (expected.length - 1) * 15))).toEqual(expected);
  });

  it("come down only to the highest that was asked for in the last five minutes", () => {
    const bySync = replicasBySync(simulate(load([0, 2_000], [10, 1_000], [160, 500]), 600));
    const fell = bySync.findIndex((replicas) => replicas < 20);
    expect(fell * SYNC).toBe(300_000);
    expect(bySync[fell]).toBe(10);
    expect(bySync.at(-1)).toBe(5);
  });
});

describe("the replicas that are ready", () => {
  it("become so as long after their creation as pods take, those of the beginning at once", () => {
    const counts = simulate(load([0, 500], [10, 900]), 120, { startOf: (pod) => 20_000 * (pod + 1) });
    const readyAt = (seconds: number): number | undefined => counts[seconds]?.ready;
    expect([0, 15, 34, 35, 54, 55, 95].map(readyAt)).toEqual([5, 5, 5, 6, 6, 7, 9]);
  });

  it("are given up last", () => {
    const counts = simulate(load([0, 500], [10, 1_000], [20, 500]), 400, {
      startOf: () => Infinity,
      maxReplicas: 10,
    });
    expect(counts.at(-1)).toMatchObject({ replicas: 5, ready: 5 });
  });
});
