import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Evaluations } from "./evaluations.ts";

const INTERVAL = 30_000;
const now = Date.parse("2027-01-12T08:00:00Z");

describe("an evaluation", () => {
  test("is due at once when there was none, and is not late", () => {
    const evaluations = new Evaluations(INTERVAL);
    expect(evaluations.lateness("billing/inv", now)).toBe(0);
    expect(evaluations.next("billing/inv")).toBeUndefined();
  });

  test("is due at the same moment of every interval, restart or not", () => {
    const moments = [0, 7_000, 123_456].map((later) => {
      const evaluations = new Evaluations(INTERVAL);
      evaluations.done("billing/inv", now + later);
      return (evaluations.next("billing/inv") ?? 0) % INTERVAL;
    });
    expect(new Set(moments).size).toBe(1);
  });

  test("comes half an interval to one and a half after the one before, and one interval apart from then on", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 2e12 }), (key, at) => {
        const evaluations = new Evaluations(INTERVAL);
        evaluations.done(key, at);
        const first = evaluations.next(key) ?? 0;
        expect(first - at).toBeGreaterThanOrEqual(INTERVAL / 2);
        expect(first - at).toBeLessThan(1.5 * INTERVAL);
        evaluations.done(key, first);
        expect((evaluations.next(key) ?? 0) - first).toBeCloseTo(INTERVAL, 3);
      }),
    );
  });

  test("that comes late is late by that much, and skips what was missed", () => {
    const evaluations = new Evaluations(INTERVAL);
    evaluations.done("billing/inv", now);
    const due = evaluations.next("billing/inv") ?? 0;
    expect(evaluations.lateness("billing/inv", due - 1)).toBeUndefined();
    expect(evaluations.lateness("billing/inv", due + 100_000)).toBe(100_000);
    evaluations.done("billing/inv", due + 100_000);
    expect(evaluations.next("billing/inv")).toBeGreaterThan(due + 100_000);
  });

  test("is due at once when the clock is set back", () => {
    const evaluations = new Evaluations(INTERVAL);
    evaluations.done("billing/inv", now);
    expect(evaluations.lateness("billing/inv", now - 1_000)).toBeUndefined();
    expect(evaluations.lateness("billing/inv", now - 3_600_000)).toBe(0);
  });

  test("is due at once when it is forgotten", () => {
    const evaluations = new Evaluations(INTERVAL);
    evaluations.done("billing/inv", now);
    evaluations.forget("billing/inv");
    expect(evaluations.lateness("billing/inv", now)).toBe(0);
  });
});

test("Thousands of services are spread over the interval", () => {
  const evaluations = new Evaluations(INTERVAL);
  const perSecond = Array.from({ length: 30 }, () => 0);
  for (let index = 0; index < 3_000; index += 1) {
    evaluations.done(`billing/svc-${index}`, now);
    const second = Math.floor(((evaluations.next(`billing/svc-${index}`) ?? 0) % INTERVAL) / 1_000);
    perSecond[second] = (perSecond[second] ?? 0) + 1;
  }
  expect(Math.min(...perSecond)).toBeGreaterThan(50);
  expect(Math.max(...perSecond)).toBeLessThan(150);
});

test("a thousand services wake the process at no more than 120 moments of an interval, evenly", () => {
  const evaluations = new Evaluations(INTERVAL);
  const moments = new Map<number, number>();
  for (let index = 0; index < 1_000; index += 1) {
    evaluations.done(`billing/inv-${index}`, now);
    const moment = (evaluations.next(`billing/inv-${index}`) ?? 0) % INTERVAL;
    moments.set(moment, (moments.get(moment) ?? 0) + 1);
  }
  expect(moments.size).toBeLessThanOrEqual(120);
  expect(moments.size).toBeGreaterThan(100);
  expect(Math.max(...moments.values())).toBeLessThan(30);
});
