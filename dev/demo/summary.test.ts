import { describe, expect, it } from "vitest";
import type { Offered } from "./load-source.ts";
import type { ReplicaCount } from "./plain-hpa.ts";
import { summarize, type Measured, type Summary } from "./summary.ts";

const START = Date.parse("2027-01-01T00:00:00Z");

/** One minute: 1,000 requests/s, and from the 40th to the 50th second 2,000. The peak needs 25 replicas of 80. */
const offered: Offered[] = Array.from({ length: 60 }, (_, second) => ({
  at: START + (second + 1) * 1_000,
  requests: second >= 40 && second < 50 ? 2_000 : 1_000,
  seconds: 1,
}));

/** Ready replicas from given seconds on; two more are always starting. */
function counts(...pairs: [second: number, ready: number][]): ReplicaCount[] {
  return pairs.map(([second, ready]) => ({ at: START + second * 1_000, ready, replicas: ready + 2 }));
}

function summary(measured: Partial<Measured>): Summary {
  return summarize({
    from: START,
    to: START + 60_000,
    offered,
    operator: counts([0, 25]),
    plain: counts([0, 13]),
    perReplica: 100,
    utilization: 0.8,
    ...measured,
  });
}

it("the peak is the five seconds in which most was offered", () => {
  const { peak, needed } = summary({});
  expect(peak.load).toBe(2_000);
  expect(peak.at).toBeGreaterThanOrEqual(START + 42_000);
  expect(peak.at).toBeLessThanOrEqual(START + 48_000);
  expect(needed).toBe(25);
});

it("one second that is high by chance is no peak of its own", () => {
  const lucky = offered.map((part, second) => (second === 5 ? { ...part, requests: 3_000 } : part));
  expect(summary({ offered: lucky }).peak.load).toBe(2_000);
});

describe("the peak is met", () => {
  it.each<[string, [number, number][], number | undefined]>([
    [
      "from the moment on at which enough were ready",
      [
        [0, 10],
        [30, 25],
      ],
      30,
    ],
    [
      "by more than enough",
      [
        [0, 10],
        [30, 40],
      ],
      30,
    ],
    [
      "and not by those that were ready and went again",
      [
        [0, 25],
        [20, 24],
        [35, 25],
      ],
      35,
    ],
    [
      "and not by those that came late",
      [
        [0, 10],
        [49, 25],
      ],
      undefined,
    ],
    ["and not by one too few", [[0, 24]], undefined],
  ])("%s", (_, pairs, since) => {
    const { operator, met } = summary({ operator: counts(...pairs) });
    expect(operator.readySince).toBe(since === undefined ? undefined : START + since * 1_000);
    expect(met).toBe(since !== undefined);
  });
});

it("what was offered beyond the ready replicas is counted in seconds and requests", () => {
  const { plain } = summary({ plain: counts([0, 13], [44, 20]) });
  expect(plain).toMatchObject({ secondsShort: 3, requestsBeyond: 3 * 700, readyAtPeak: 13 });
});

it("replicas cost from their creation on", () => {
  expect(summary({}).operator.replicaMinutes).toBeCloseTo(27);
});
