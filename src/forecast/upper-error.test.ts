import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { upperError, type WindowError } from "./upper-error.ts";

function errors(values: readonly number[], overrides: Partial<WindowError> = {}): WindowError[] {
  return values.map((value) => ({ value, weight: 1, atLeast: false, ...overrides }));
}

describe("how far above its forecast a window may be", () => {
  it("is the prior's with no window: log 1.15, a deviation of 0.25 with 3 degrees, and that of the mean of two", () => {
    // The 0.9 quantile of Student's t with 3 degrees of freedom is 1.63774.
    expect(upperError(0.9, [])).toBeCloseTo(Math.log(1.15) + 0.25 * Math.sqrt(1.5) * 1.63774, 4);
  });

  it("comes down as windows agree, and goes up as they do not", () => {
    const alike = upperError(0.9, errors([0.1, 0.12, 0.14, 0.13]));
    expect(alike).toBeLessThan(upperError(0.9, []));
    expect(upperError(0.9, errors([-1, 1, -0.5, 1.2]))).toBeGreaterThan(upperError(0.9, []));
  });

  it("lets windows of another kind count for a quarter", () => {
    const high = [1, 1.1];
    const own = upperError(0.9, errors(high));
    const borrowed = upperError(0.9, errors(high, { weight: 0.25 }));
    expect(borrowed).toBeGreaterThan(upperError(0.9, []));
    expect(borrowed).toBeLessThan(own);
  });

  it("does not take a window that was cut off low for a low one, and one that was high for at least that", () => {
    const known = errors([0.3, 0.2]);
    expect(upperError(0.9, [...known, ...errors([-2], { atLeast: true })])).toBe(upperError(0.9, known));
    expect(upperError(0.9, [...known, ...errors([2], { atLeast: true })])).toBeGreaterThan(upperError(0.9, known));
  });

  it.each([
    [0.9, 0.9],
    [0.8, 0.8],
    [0.5, 0.5],
  ])("is split conformal from nine windows on: at %d the %dth of ten parts", (q, value) => {
    expect(upperError(q, errors([0.5, 0.1, 0.9, 0.3, 0.7, 0.2, 0.8, 0.4, 0.6]))).toBe(value);
  });

  it("is no less than the highest seen where nine windows say too little", () => {
    expect(upperError(0.99, errors([0, 0, 0, 0, 0, 0, 0, 0, 3]))).toBeGreaterThanOrEqual(3);
  });

  it("is stricter after misses", () => {
    const calm = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((value) => value / 10);
    const missed = upperError(0.5, errors([...calm, 1, 1.1, 1.2]));
    const plain = upperError(0.5, errors([1.2, 1.1, 1, ...calm]));
    expect(missed).toBeGreaterThan(plain);
  });

  it("rises with q", () => {
    const some = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { maxLength: 20 });
    const q = fc.double({ min: 0.05, max: 0.995, noNaN: true });
    fc.assert(
      fc.property(some, q, q, (values, a, b) => {
        const [low = 0, high = 0] = [Math.min(a, b), Math.max(a, b)].map((each) => upperError(each, errors(values)));
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
      }),
    );
  });
});
