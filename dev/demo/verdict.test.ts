import { expect, it } from "vitest";
import type { Course, Summary } from "./summary.ts";
import { releaseWords, verdict } from "./verdict.ts";

const PEAK = Date.parse("2027-01-01T00:00:00Z");
const usual = { load: 2_500, perReplica: 500, utilization: 0.7 };

function course(overrides: Partial<Course> = {}): Course {
  return { readyAtPeak: 23, secondsShort: 0, requestsBeyond: 0, replicaMinutes: 185.2, ...overrides };
}

function summary(overrides: Partial<Summary> = {}): Summary {
  return {
    peak: { at: PEAK, load: 6_306 },
    needed: 19,
    operator: course({ readySince: PEAK - 106_000 }),
    plain: course({ readyAtPeak: 9, secondsShort: 34.4, requestsBeyond: 27_987.3 }),
    met: true,
    ...overrides,
  };
}

it("the verdict says what was needed, and when each had it", () => {
  const text = verdict(summary(), usual);
  expect(text).toContain("The peak was 6,306 requests/s (mean of five seconds; the usual is 2,500).");
  expect(text).toContain("It needs 19 replicas at 350 requests/s each");
  expect(text).toMatch(/invoiceops +yes, 1:46 before it +23 +0 s +0 +185 replica-minutes\n/);
  expect(text).toMatch(/plain HPA, same load +no +9 +34 s +27,987 +185 replica-minutes\n/);
  expect(text).toContain("PEAK MET");
});

it("a peak that was missed is called so", () => {
  const text = verdict(summary({ operator: course(), met: false }), usual);
  expect(text).toMatch(/invoiceops +no /);
  expect(text).toContain("PEAK MISSED");
});

it("the release is told step by step", () => {
  const steps = [
    { at: PEAK + 30_000, from: 23, to: 16 },
    { at: PEAK + 94_000, from: 16, to: 8 },
  ];
  expect(releaseWords(steps, PEAK, { most: 23, now: 9 })).toBe(
    "Given back after the deadline: floor 23 → 16 → 8 within 1:34; replicas 23 → 9.",
  );
  expect(releaseWords([], PEAK, { most: 23, now: 23 })).toBe("Nothing was given back.");
});
