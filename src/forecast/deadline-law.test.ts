import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadlineFactor } from "./deadline-law.ts";

const DAY = 86_400_000;
const opens = Date.parse("2027-01-01T00:00:00Z");
const deadline = opens + 15 * DAY;

describe("the factor on the deadline law", () => {
  it.each([
    ["before the window opens", opens - 1, 1],
    ["when it opens", opens, 1 + 199 / 16 ** 1.3],
    ["three days before the deadline", deadline - 3 * DAY, 1 + 199 / 4 ** 1.3],
    ["a day before the deadline", deadline - DAY, 1 + 199 / 2 ** 1.3],
    ["at the deadline", deadline, 200],
    ["after the deadline", deadline + 9 * DAY, 200],
  ])("%s", (_name, at, factor) => {
    expect(deadlineFactor({ at, opens, deadline, peakFactor: 200 })).toBeCloseTo(factor, 9);
  });

  it("puts about 40 % of the additional load on the last day, as in India's GST returns of August 2017", () => {
    const days = Array.from(
      { length: 15 },
      (_, day) => deadlineFactor({ at: deadline - day * DAY, opens, deadline, peakFactor: 200 }) - 1,
    );
    const share = (days[0] ?? 0) / days.reduce((sum, day) => sum + day, 0);
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.5);
  });

  it.each([1, 0.5, 0, -3, Number.NaN])("is 1 for an expected peak factor of %s", (peakFactor) => {
    expect(deadlineFactor({ at: deadline, opens, deadline, peakFactor })).toBe(1);
  });

  it("jumps to the peak in a window without length", () => {
    expect(deadlineFactor({ at: opens - 1, opens, deadline: opens, peakFactor: 3 })).toBe(1);
    expect(deadlineFactor({ at: opens, opens, deadline: opens, peakFactor: 3 })).toBe(3);
  });

  const time = fc.integer({ min: 0, max: 4e12 });
  const windows = fc.record({
    opens: time,
    length: fc.integer({ min: 0, max: 400 * DAY }),
    peakFactor: fc.double({ min: 1, max: 1_000, noNaN: true }),
  });

  it("stays between 1 and the peak factor and never falls", () => {
    fc.assert(
      fc.property(windows, time, time, (window, a, b) => {
        const shape = { opens: window.opens, deadline: window.opens + window.length, peakFactor: window.peakFactor };
        const [early, late] = [Math.min(a, b), Math.max(a, b)].map((at) => deadlineFactor({ at, ...shape }));
        expect(early).toBeGreaterThanOrEqual(1);
        expect(late).toBeGreaterThanOrEqual(early ?? Number.NaN);
        expect(late).toBeLessThanOrEqual(window.peakFactor);
      }),
    );
  });

  it("never falls from one moment to the next inside a window", () => {
    const moment = fc.tuple(windows, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: DAY }));
    fc.assert(
      fc.property(moment, ([{ opens: from, length, peakFactor }, share, step]) => {
        const at = from + Math.floor(length * share);
        const shape = { opens: from, deadline: from + length, peakFactor };
        expect(deadlineFactor({ at: at + step, ...shape })).toBeGreaterThanOrEqual(deadlineFactor({ at, ...shape }));
      }),
    );
  });

  it("has the same shape in a window of minutes and in one of hours", () => {
    const left = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        left,
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: DAY / 300 }),
        (share, times, length) => {
          const factorOf = (long: number): number =>
            deadlineFactor({ at: -long * share, opens: -long, deadline: 0, peakFactor: 20 });
          expect(factorOf(length * times)).toBeCloseTo(factorOf(length), 8);
        },
      ),
    );
  });

  it("depends on the days left alone in windows of three days and more", () => {
    const left = fc.double({ min: 0, max: 3 * DAY, noNaN: true });
    fc.assert(
      fc.property(left, fc.integer({ min: 3 * DAY, max: 200 * DAY }), (ms, length) => {
        const short = deadlineFactor({ at: -ms, opens: -3 * DAY, deadline: 0, peakFactor: 20 });
        expect(deadlineFactor({ at: -ms, opens: -length, deadline: 0, peakFactor: 20 })).toBe(short);
      }),
    );
  });
});
