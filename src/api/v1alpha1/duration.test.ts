import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

test.each([
  ["300s", 300_000],
  ["24h", 86_400_000],
  ["1h30m", 5_400_000],
  ["1.5h", 5_400_000],
  ["0.001s", 1],
  ["500ms", 500],
  ["1h2m3s4ms", 3_723_004],
  ["0s", 0],
  ["2160h", 7_776_000_000],
])("%s is %d ms", (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  ["90d", '"90d" is not a duration: days are not a unit, write 2160h'],
  ["", '"" is not a duration: write hours'],
  ["10", "write hours, minutes, seconds or milliseconds"],
  ["0", "write hours"],
  ["-5m", "write hours"],
  ["+5m", "write hours"],
  ["5 m", "write hours"],
  ["5M", "write hours"],
  ["1m1h", "write hours"],
  ["1w", "write hours"],
  [".5h", "write hours"],
  ["1h\n", "write hours"],
  ["9".repeat(40) + "h", "write hours"],
])("%j is refused", (text, message) => {
  expect(() => parseDuration(text)).toThrow(RangeError);
  expect(() => parseDuration(text)).toThrow(message);
});

test.each([
  [0, "0s"],
  [5_400_000, "1h30m"],
  [86_400_000, "24h"],
  [61_001, "1m1s1ms"],
  [-300_000, "-5m"],
])("%d ms is written %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("what is written is read back as the same", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3e12 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});
