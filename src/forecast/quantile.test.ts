import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boundedMedian, weightedMedian } from "./quantile.ts";

const exact = (value: number, weight = 1): { value: number; weight: number; atLeast: boolean } => ({
  value,
  weight,
  atLeast: false,
});
const atLeast = (value: number, weight = 1): typeof entry => ({ value, weight, atLeast: true });
const entry = exact(0);

describe("a median with lower bounds among its values", () => {
  it.each([
    ["lets a bound count where the higher values are", [exact(1), atLeast(2), exact(5)], 5],
    ["shares a bound by the weights above it", [atLeast(1, 4), exact(2, 1), exact(3, 3)], 3],
    ["takes the highest bound for its value", [exact(1), atLeast(7, 3)], 7],
    ["is not moved by a bound above the middle", [exact(1), exact(1), exact(1), atLeast(9)], 1],
  ])("%s", (_name, entries, median) => {
    expect(boundedMedian(entries)).toBe(median);
  });

  const entries = fc.array(
    fc.record({
      value: fc.integer({ min: -50, max: 50 }),
      weight: fc.double({ min: 0.01, max: 5, noNaN: true }),
      atLeast: fc.boolean(),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it("is the weighted median where there are none", () => {
    fc.assert(
      fc.property(entries, (given) => {
        const known = given.map(({ value, weight }) => exact(value, weight));
        expect(boundedMedian(known)).toBe(weightedMedian(known));
      }),
    );
  });

  it("is never lower because a value is only a lower bound", () => {
    fc.assert(
      fc.property(entries, fc.nat(), (given, at) => {
        const bounded = given.map((each, index) => (index === at % given.length ? { ...each, atLeast: true } : each));
        expect(boundedMedian(bounded)).toBeGreaterThanOrEqual(boundedMedian(given) - 1e-9);
      }),
    );
  });

  it("is never lower for a higher value, where all are exact", () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 0, max: 40 }), (given, at, more) => {
        const known = given.map(({ value, weight }) => exact(value, weight));
        const raised = known.map(({ value, weight }, index) =>
          exact(value + (index === at % given.length ? more : 0), weight),
        );
        expect(boundedMedian(raised)).toBeGreaterThanOrEqual(boundedMedian(known));
      }),
    );
  });
});
