import { describe, expect, it } from "vitest";
import { studentQuantile } from "./student-t.ts";

describe("the quantile of Student's t", () => {
  // From the printed tables of the distribution.
  it.each([
    [1, 0.95, 6.3138],
    [2, 0.9, 1.8856],
    [3, 0.95, 2.3534],
    [3, 0.8, 0.9785],
    [5, 0.975, 2.5706],
    [10, 0.9, 1.3722],
    [30, 0.99, 2.4573],
    [100, 0.95, 1.6602],
  ])("with %d degrees of freedom at %d is %d", (degrees, q, value) => {
    expect(studentQuantile(q, degrees)).toBeCloseTo(value, 3);
    expect(studentQuantile(1 - q, degrees)).toBeCloseTo(-value, 3);
  });

  it("is 0 at the middle", () => {
    expect(studentQuantile(0.5, 4)).toBe(0);
  });

  it("rises with q and with fewer degrees", () => {
    const rising = [0.5, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999].map((q) => studentQuantile(q, 3.25));
    expect(rising).toEqual(rising.toSorted((a, b) => a - b));
    expect(studentQuantile(0.9, 3)).toBeGreaterThan(studentQuantile(0.9, 4));
  });
});
