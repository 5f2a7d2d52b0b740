import { expect, test } from "vitest";
import { wrapped } from "./wrapping.ts";

test.each<[string, number | undefined, string[]]>([
  ["", 10, [""]],
  ["one two three", undefined, ["one two three"]],
  ["one two three", 7, ["one two", "three"]],
  ["one two three", 6, ["one", "two", "three"]],
  ["averylongword and", 5, ["averylongword", "and"]],
])("%j in %s columns", (text, width, lines) => {
  expect(wrapped(text, width)).toEqual(lines);
});
