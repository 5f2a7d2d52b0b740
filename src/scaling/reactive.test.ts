import { describe, expect, it } from "vitest";
import type { Reading } from "../prometheus/reading.ts";
import {
  evaluateReactive,
  initialReactiveState,
  replicasFor,
  stabilize,
  type ReactiveSettings,
  type SignalReading,
} from "./reactive.ts";

const STEP_MS = 30_000;
const settings: ReactiveSettings = { tolerance: 0.1, stabilizationUpMs: 0, stabilizationDownMs: 300_000 };
const withFallback: ReactiveSettings = { ...settings, fallback: { afterFailures: 3, replicas: 6 } };

const value = (requests: number): Reading => ({ ok: true, value: requests, at: 0 });
const partial = (requests: number): Reading => ({ ...value(requests), partial: "store-2 is away" }) as Reading;
const missing: Reading = { ok: false, reason: "NoData", message: "the query gives no series" };

const demand = (...readings: Reading[]): SignalReading[] =>
  readings.map((reading, index) => ({ name: `s${index + 1}`, reading, perReplica: 100 }));

/** The counts of a workload that follows each evaluation at once, one evaluation each 30 s. */
function follow(start: number, script: readonly Reading[][], options: ReactiveSettings = settings): number[] {
  let state = initialReactiveState;
  let replicas = start;
  return script.map((readings, index) => {
    const result = evaluateReactive(demand(...readings), replicas, index * STEP_MS, options, state);
    ({ state, replicas } = result);
    return replicas;
  });
}

const times = (count: number, ...readings: Reading[]): Reading[][] => Array.from({ length: count }, () => readings);

describe("replicasFor", () => {
  it.each([
    [0, 100, 0],
    [1, 100, 1],
    [800, 100, 8],
    [801, 100, 9],
    [57, 100 * 0.57, 1],
    [800 * (1 + 1e-15), 100, 8],
    [1e308, 1e-9, 2 ** 31 - 1],
  ])("%d requests/s at %d a replica need %d", (requests, perReplica, expected) => {
    expect(replicasFor(requests, perReplica)).toBe(expected);
  });
});

describe("the dead band", () => {
  it.each([
    ["is inclusive above", 8, 880, 8],
    ["ends above", 8, 881, 9],
    ["is inclusive below", 10, 900, 10],
    ["ends below", 10, 899, 9],
    ["does not hold a workload at zero", 0, 1, 1],
    ["leaves a workload at zero that nobody asks", 0, 0, 0],
  ])("%s: %d replicas, %d requests/s give %d", (_, current, requests, expected) => {
    const eager = { ...settings, stabilizationDownMs: 0 };
    expect(follow(current, [[value(requests)]], eager)).toEqual([expected]);
  });

  it("is applied to each signal, the largest need wins", () => {
    expect(follow(10, [[value(1050), value(1300)]])).toEqual([13]);
    expect(follow(10, [[value(1050), value(500)]])).toEqual([10]);
  });

  it("does not touch the raw need", () => {
    const result = evaluateReactive(demand(value(1050)), 10, 0, settings, initialReactiveState);
    expect(result).toMatchObject({ raw: 11, replicas: 10 });
  });
});

describe("missing data", () => {
  it("keeps what runs through five failures in a row and follows the next number (B01)", () => {
    const script = [[value(800)], ...times(5, missing), [value(1200)]];
    expect(follow(8, script, withFallback)).toEqual([8, 8, 8, 8, 8, 8, 12]);
  });

  it("never goes below 14 in 20 failures (B13)", () => {
    expect(follow(14, times(20, missing), withFallback)).toEqual(Array(20).fill(14));
  });

  it("raises 4 to the fallback at the third failure, and only then (B13)", () => {
    expect(follow(4, times(5, missing), withFallback)).toEqual([4, 4, 6, 6, 6]);
  });

  it("counts failures anew after one good answer (B13)", () => {
    const script = [...times(2, missing), [value(400)], ...times(3, missing)];
    expect(follow(4, script, withFallback)).toEqual([4, 4, 4, 4, 4, 6]);
  });

  it("needs no fallback to keep what runs", () => {
    expect(follow(4, times(20, missing))).toEqual(Array(20).fill(4));
  });

  it("counts an evaluation as failed only when no signal could be read", () => {
    const result = evaluateReactive(demand(value(100), missing), 4, 0, withFallback, {
      ...initialReactiveState,
      failures: 2,
    });
    expect(result).toMatchObject({ fallback: false, state: { failures: 0 } });
  });

  it("says that the fallback is in force", () => {
    const before = { ...initialReactiveState, failures: 2 };
    expect(evaluateReactive(demand(missing), 4, 0, withFallback, before)).toMatchObject({
      replicas: 6,
      raw: undefined,
      complete: false,
      fallback: true,
      state: { failures: 3, incomplete: true },
    });
  });

  it("lets one of two signals raise but not lower while the other is missing (B23)", () => {
    expect(
      follow(3, [
        [value(100), missing],
        [value(500), missing],
      ]),
    ).toEqual([3, 5]);
  });

  it("holds a partial answer against a decrease and follows it up; complete data wait 300 s of their own (B17)", () => {
    const script = [...times(20, partial(400)), [partial(1900)], ...times(11, value(400))];
    const counts = follow(16, script);
    expect(counts.slice(0, 21)).toEqual([...Array(20).fill(16), 19]);
    // Ten evaluations lie within 300 s of the first complete answer; the eleventh is the first after them.
    expect(counts.slice(21)).toEqual([...Array(10).fill(19), 4]);
  });

  it("starts the wait anew after every gap", () => {
    const script = [...times(9, value(400)), [missing], ...times(11, value(400))];
    expect(follow(16, script)).toEqual([...Array(20).fill(16), 4]);
  });

  it("treats a process that has just started like the end of a gap", () => {
    expect(follow(16, times(11, value(400)))).toEqual([...Array(10).fill(16), 4]);
  });

  it("asks for nothing, completely, where no signal is configured", () => {
    const result = evaluateReactive([], 5, 0, withFallback, { ...initialReactiveState, failures: 7 });
    expect(result).toMatchObject({ raw: 0, complete: true, fallback: false, state: { failures: 0 } });
  });
});

describe("stabilization", () => {
  const MINUTE = 60_000;
  const windows = { stabilizationUpMs: 300_000, stabilizationDownMs: 600_000 };

  it("holds 17 where an old 21 was held back and 14 is asked for now, then follows down (B29a)", () => {
    const history = [
      { at: 0, replicas: 21 },
      { at: 5 * MINUTE, replicas: 15 },
      { at: 9 * MINUTE, replicas: 14 },
    ];
    expect(stabilize(history, 17, 9 * MINUTE, windows)).toBe(17);
    expect(stabilize(history, 17, 10 * MINUTE, windows)).toBe(15);
    expect(stabilize(history, 15, 15 * MINUTE, windows)).toBe(14);
  });

  it("stays at 2 where minute 1 asks for 3 and minute 2 for 1 (B29b)", () => {
    let state = initialReactiveState;
    const counts = [300, 100].map((requests, index) => {
      const result = evaluateReactive(demand(value(requests)), 2, index * MINUTE, { ...settings, ...windows }, state);
      ({ state } = result);
      return result.replicas;
    });
    expect(counts).toEqual([2, 2]);
  });

  it("follows up only once the whole up window asks for more", () => {
    const script = times(12, value(800));
    expect(follow(4, script, { ...settings, stabilizationUpMs: 300_000 })).toEqual([...Array(10).fill(4), 8, 8]);
  });

  it("holds the first recommendation of a process by what runs, also on partial data", () => {
    const slow = { ...settings, stabilizationUpMs: 300_000 };
    expect(follow(4, times(12, partial(800)), slow)).toEqual([...Array(10).fill(4), 8, 8]);
  });

  it("keeps the longer of the two windows", () => {
    const slow = { ...settings, stabilizationUpMs: 600_000, stabilizationDownMs: 0 };
    expect(follow(4, times(22, value(800)), slow)).toEqual([...Array(20).fill(4), 8, 8]);
  });

  it("follows down at once without a window", () => {
    expect(follow(16, [[value(400)]], { ...settings, stabilizationDownMs: 0 })).toEqual([4]);
  });

  it("remembers no more than its windows", () => {
    let state = initialReactiveState;
    for (let index = 0; index < 100; index += 1) {
      ({ state } = evaluateReactive(demand(value(400)), 4, index * STEP_MS, settings, state));
    }
    expect(state.history).toHaveLength(10);
  });
});
