import { expect, test } from "vitest";
import { firstDifferences } from "./differences.ts";

test("only the lines that differ are shown, with the place", () => {
  const differences = firstDifferences("kind: A\nmin: 1\nmax: 2\nend\n", "kind: A\nmin: 0\nmax: 2\nend\n");
  expect(differences).toBe("  line 2:\n  - min: 1\n  + min: 0");
});

test("a missing file is shown by its beginning", () => {
  const text = Array.from({ length: 40 }, (_, index) => `line ${index}`).join("\n");
  expect(firstDifferences("", text)).toBe(
    [
      "  line 1:",
      "  - ",
      ...text
        .split("\n")
        .slice(0, 12)
        .map((line) => `  + ${line}`),
      "  + ... and 28 more lines",
    ].join("\n"),
  );
});
