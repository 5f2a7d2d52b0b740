import { expect, it } from "vitest";
import { forecastScore, QUANTILES } from "./forecast-score.ts";

it("what is told too low costs q of it, what is told too high 1 - q, both as shares of the mean load", () => {
  const told = QUANTILES.map(() => 100);
  const { pinball } = forecastScore([
    { actual: 90, told },
    { actual: 110, told },
  ]);
  for (const [index, q] of QUANTILES.entries()) expect(pinball[index]).toBeCloseTo((10 * q + 10 * (1 - q)) / 200, 12);
});

it("coverage is the share of hours at or under the bound", () => {
  const hours = [80, 90, 100, 110].map((actual) => ({ actual, told: [85, 90, 105, 120] }));
  expect(forecastScore(hours).coverage).toEqual([0.25, 0.5, 0.75, 1]);
});
