import { describe, expect, it } from "vitest";
import { nowcast } from "./nowcast.ts";

function hours(count: number, ratio: number): { load: number; expected: number }[] {
  return Array.from({ length: count }, () => ({ load: 10 * ratio, expected: 10 }));
}

describe("how far a window runs ahead of its forecast", () => {
  it.each([
    ["nothing without hours", [], 0],
    ["nothing when it runs as expected", hours(100, 1), 0],
    ["nothing when it runs behind", hours(100, 0.2), 0],
    ["half of it after 72 hours", hours(72, 2), Math.log(2) / 2],
    ["what it once was, when it is slower after", [...hours(72, 2), ...hours(300, 0.1)], Math.log(2) / 2],
    ["three times at most", hours(10_000, 100), Math.log(3)],
  ])("is %s", (_name, given, ahead) => {
    expect(nowcast(given)).toBeCloseTo(ahead, 9);
  });

  it("counts the hours with much load for more", () => {
    const quiet = { load: 3, expected: 1 };
    const busy = { load: 100, expected: 100 };
    const mixed = Array.from({ length: 48 }, (_, hour) => (hour % 2 === 0 ? busy : quiet));
    expect(nowcast(mixed)).toBeLessThan(0.02);
  });
});
