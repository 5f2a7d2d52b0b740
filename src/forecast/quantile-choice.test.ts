import { describe, expect, it } from "vitest";
import { HOUR_MS } from "./local-hours.ts";
import { criticalQuantile, quantileAt } from "./quantile-choice.ts";

const window = { opens: 0, deadline: 400 * HOUR_MS };

describe("the quantile to have capacity for", () => {
  it.each([
    ["before the window opens", -1, undefined, 0.5],
    ["early in a window", 1, undefined, 0.8],
    ["72 hours before the deadline", 328 * HOUR_MS, undefined, 0.95],
    ["after the deadline, while it is held", 401 * HOUR_MS, undefined, 0.95],
    ["early, for who wants less", 1, 0.7, 0.7],
    ["early, for who wants more", 1, 0.99, 0.8],
    ["late, for who wants more", 399 * HOUR_MS, 0.99, 0.99],
  ])("%s", (_name, at, chosen, q) => {
    expect(quantileAt(at, window, chosen)).toBe(q);
  });

  it("is the half outside of windows", () => {
    expect(quantileAt(5, undefined, 0.99)).toBe(0.5);
  });

  it("weighs what a miss costs against what capacity costs", () => {
    expect(criticalQuantile(19, 1)).toBe(0.95);
    expect(criticalQuantile(1, 1)).toBe(0.5);
  });
});
