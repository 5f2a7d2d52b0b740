import { describe, expect, test } from "vitest";
import type { Point } from "../prometheus/select.ts";
import { censoredIn, outagesIn } from "./masks.ts";

const HOUR = 3_600_000;
const STEP = HOUR / 4;
const START = Date.parse("2027-01-04T00:00:00Z");
const at = (step: number): number => START + step * STEP;

/** So many steps of a value, with others in some places. */
const series = (steps: number, value: number, others: Record<number, number> = {}): Point[] =>
  Array.from({ length: steps }, (_, step) => [at(step), others[step] ?? value]);
/** These steps of nothing. */
const zeros = (...steps: number[]): Record<number, number> => Object.fromEntries(steps.map((step) => [step, 0]));
const usual = () => 100;

describe("an outage", () => {
  test.each<[string, Point[], [from: number, to: number][]]>([
    ["is none where there is load", series(8, 100), []],
    ["is half an hour of zeros where there usually is load", series(8, 100, zeros(3, 4)), [[3, 5]]],
    ["is not a single zero", series(8, 100, zeros(3)), []],
    [
      "may come twice",
      series(12, 100, zeros(1, 2, 7, 8, 9)),
      [
        [1, 3],
        [7, 10],
      ],
    ],
    [
      "ends where samples are missing",
      series(8, 100, zeros(2, 3, 5, 6)).filter((_, step) => step !== 4),
      [
        [2, 4],
        [5, 7],
      ],
    ],
  ])("%s", (_, points, spans) => {
    expect(outagesIn(points, STEP, usual)).toEqual(spans.map(([from, to]) => ({ from: at(from), to: at(to) })));
  });

  test("is not what is usual", () => {
    expect(outagesIn(series(8, 0), STEP, () => 0)).toEqual([]);
  });

  test("is told by the other weeks where nothing else says what is usual", () => {
    const week = 7 * 24 * 4;
    const points = series(5 * week, 100, zeros(2 * week + 10, 2 * week + 11));
    expect(outagesIn(points, STEP)).toEqual([{ from: at(2 * week + 10), to: at(2 * week + 12) }]);
    const young = series(2 * week, 100, zeros(week + 10, week + 11));
    expect(outagesIn(young, STEP)).toEqual([]);
  });
});

const censored = (load: Point[], ready: Point[]) => censoredIn(load, ready, { perReplica: 50, stepMs: STEP });

describe("demand is cut off", () => {
  test.each<[string, Point[], Point[], [from: number, to: number][]]>([
    ["where it reaches what the ready replicas serve", series(6, 80, { 2: 100, 3: 140 }), series(6, 2), [[2, 4]]],
    ["not below that", series(6, 99), series(6, 2), []],
    ["where nothing is ready", series(4, 80, { 0: 0 }), series(4, 2, zeros(0, 1)), [[1, 2]]],
    ["not where nobody knows what was ready", series(4, 200), series(2, 2), [[0, 2]]],
  ])("%s", (_, load, ready, spans) => {
    expect(censored(load, ready)).toEqual(spans.map(([from, to]) => ({ from: at(from), to: at(to) })));
  });
});
