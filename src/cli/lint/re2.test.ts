import { expect, test } from "vitest";
import { regularExpression } from "./re2.ts";

test.each<[string, string, boolean]>([
  ["[^[:space:]]", " \t\n", false],
  ["[^[:space:]]", " x ", true],
  ["^[[:alpha:]_]+$", "a_B", true],
  ["^[[:alpha:]_]+$", "a1", false],
  [String.raw`^\d{1,3}h$`, "24h", true],
  [String.raw`^\d{1,3}h$`, "24h\n", false],
  ["^(?:a|b)$", "b", true],
])("%s on %j: %s", (pattern, text, matches) => {
  expect(regularExpression(pattern).test(text)).toBe(matches);
});

test.each(["(?i)a", String.raw`\pL`, String.raw`a\z`, String.raw`\Qa\E`, String.raw`^\s+$`, "[[:unknown:]]"])(
  "%s is read in another way by JavaScript, so it is not read at all",
  (pattern) => {
    expect(() => regularExpression(pattern)).toThrow(RangeError);
  },
);
