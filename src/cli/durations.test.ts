import { expect, test } from "vitest";
import { ago, durationText } from "./durations.ts";

test.each<[number, string]>([
  [0, "0 s"],
  [999, "0 s"],
  [1000, "1 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [61_000, "1 min 1 s"],
  [3_600_000, "1 h"],
  [7_260_000, "2 h 1 min"],
  // The third unit is left out, the second also where it is zero.
  [86_400_000 + 59_000, "1 d"],
  [3 * 86_400_000 + 4 * 3_600_000 + 5 * 60_000, "3 d 4 h"],
])("%i ms are %s", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each<[number, string]>([
  [-5000, "just now"],
  [400, "just now"],
  [4000, "4 s ago"],
])("%i ms are %s", (ms, text) => {
  expect(ago(ms)).toBe(text);
});
