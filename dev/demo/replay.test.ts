import { describe, expect, it } from "vitest";
import { learnBaseline } from "../../src/forecast/learn-baseline.ts";
import { readInvoiceCounts } from "./dataset.ts";
import { offeredRate, pastRate } from "./replay.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;
const counts = readInvoiceCounts();

function windowAt(opens: string): { opens: number; deadline: number } {
  return { opens: Date.parse(opens), deadline: Date.parse(opens) + 6 * MINUTE };
}

describe("the history", () => {
  it.each(["2027-03-01T03:12:00Z", "2027-03-03T12:57:00Z", "2027-03-07T23:58:30Z"])(
    "makes about the usual load what an operator expects at a deadline after %s, at any hour of any day",
    (opens) => {
      const window = windowAt(opens);
      const past = pastRate(counts, window, 2_500);
      const samples: [number, number][] = [];
      for (let at = window.opens - 4 * WEEK; at < window.opens; at += 15 * MINUTE) samples.push([at, past(at)]);
      const expected = learnBaseline(samples)!.at(window.deadline);
      expect(expected).toBeGreaterThan(2_500 * 0.95);
      expect(expected).toBeLessThan(2_500 * 1.15);
    },
  );

  it("has nights and weekends", () => {
    const window = windowAt("2027-03-03T12:57:00Z");
    const past = pastRate(counts, window, 2_500);
    expect(past(window.deadline - 12 * HOUR)).toBe(0);
    expect(past(window.deadline - 5 * 24 * HOUR)).toBeLessThan(500);
  });
});

describe("the load that is offered", () => {
  const window = windowAt("2027-03-03T12:57:00Z");
  const rate = offeredRate(counts, window, { usual: 2_500, peakFactor: 3 });
  const calm = offeredRate(counts, window, { usual: 2_500, peakFactor: 1 });
  const rush = (at: number): number => rate(at) / calm(at);

  it("goes up and down around the usual as real working days do", () => {
    const levels = Array.from({ length: 60 }, (_, minute) => calm(window.opens + (minute - 20) * MINUTE) / 2_500);
    expect(Math.min(...levels)).toBeGreaterThan(0.7);
    expect(Math.max(...levels)).toBeLessThan(1.3);
    expect(new Set(levels).size).toBeGreaterThan(50);
  });

  it.each([
    ["a minute before the opening", -MINUTE, 1],
    ["half way to the deadline", 3 * MINUTE, 1 + 2 / 8.5 ** 1.3],
    ["one fifteenth before the deadline", 6 * MINUTE - 24_000, 1 + 2 / 2 ** 1.3],
    ["at the deadline", 6 * MINUTE, 3],
    ["two fifteenths after it", 6 * MINUTE + 48_000, 1 + 2 / Math.E],
    ["ten minutes after it", 16 * MINUTE, 1],
  ])("%s is the usual times %#", (_, after, factor) => {
    expect(rush(window.opens + after)).toBeCloseTo(factor, 4);
  });
});
