import { describe, expect, test } from "vitest";
import type { InvoiceServiceSpec } from "./invoice-service.ts";
import { repairInvoiceService } from "./validate.ts";

/** As the API server returns a spec that gives only what it must. */
const spec: InvoiceServiceSpec = {
  mode: "Auto",
  workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" },
  prometheus: { timeout: "5s" },
  demand: { query: "sum(rate(http_requests_total[2m]))", emptyMeansZero: false },
  scaling: {
    minReplicas: 2,
    maxReplicas: 60,
    perReplica: 500,
    utilization: 0.7,
    expectedPeakFactor: 3,
    tolerance: 0.1,
    stabilization: { up: "0s", down: "300s" },
    lead: "auto",
    release: { grace: "24h", stepPercent: 20, every: "10m" },
    fallback: { afterFailures: 3, replicas: 6 },
    target: "Auto",
    takeOver: false,
  },
};

const withScaling = (scaling: Partial<InvoiceServiceSpec["scaling"]>): InvoiceServiceSpec => ({
  ...spec,
  scaling: { ...spec.scaling, ...scaling },
});
const event = { name: "double-11", start: "2026-11-11T00:00", end: "2026-11-12T00:00", timeZone: "Asia/Shanghai" };

test("a spec without problems stays the very object that it is", () => {
  const repaired = repairInvoiceService(spec);
  expect(repaired).toEqual({ spec, problems: [] });
  expect(repaired.spec).toBe(spec);
});

describe("values of an object older than the rules", () => {
  test.each<[string, InvoiceServiceSpec, string, string]>([
    [
      "days as a unit",
      withScaling({ release: { ...spec.scaling.release, grace: "2d" } }),
      'spec.scaling.release.grace: "2d" is not a duration: days are not a unit, write 48h',
      "24h",
    ],
    [
      "a step that never ends",
      withScaling({ release: { ...spec.scaling.release, every: "0s" } }),
      'spec.scaling.release.every: "0s" must be longer than zero: write a duration such as 10m',
      "10m",
    ],
    [
      "a word",
      withScaling({ lead: "soon" }),
      'spec.scaling.lead: "soon" is not a duration: write hours, minutes, seconds or milliseconds, for example 300s, 10m, 24h or 1h30m',
      '"lead":"auto"',
    ],
    [
      "a bare number",
      withScaling({ stabilization: { up: "0s", down: "300" } }),
      'spec.scaling.stabilization.down: "300" is not a duration: write hours, minutes, seconds or milliseconds, for example 300s, 10m, 24h or 1h30m',
      "300s",
    ],
    [
      "more at least than at most",
      withScaling({ minReplicas: 80 }),
      "spec.scaling.minReplicas: 80 is out of range: give 1 or more, and at most 60",
      '"minReplicas":60',
    ],
    [
      "no replicas at all",
      withScaling({ minReplicas: 0 }),
      "spec.scaling.minReplicas: 0 is out of range: give 1 or more, and at most 60",
      '"minReplicas":1',
    ],
    [
      "a fallback out of bounds",
      withScaling({ fallback: { afterFailures: 3, replicas: 1 } }),
      "spec.scaling.fallback.replicas: 1 is out of range: give 2 or more, and at most 60",
      '"fallback":{"afterFailures":3}',
    ],
    [
      "a replica that serves nothing",
      withScaling({ perReplica: 0 }),
      "spec.scaling.perReplica: 0 is out of range: give a number above 0",
      '"maxReplicas":60,"utilization"',
    ],
    [
      "a utilization in percent",
      withScaling({ utilization: 70 }),
      "spec.scaling.utilization: 70 is out of range: give a number above 0, and at most 1",
      '"utilization":0.7',
    ],
    [
      "an event that says nothing",
      { ...spec, events: [event] },
      "spec.events[double-11]: has neither expectedPeakFactor nor replicas: give one of them",
      '"events":[]',
    ],
    [
      "an event that says two things",
      { ...spec, events: [{ ...event, replicas: 4, expectedPeakFactor: 2 }] },
      "spec.events[double-11]: has both expectedPeakFactor and replicas: remove one of them",
      '"events":[]',
    ],
    [
      "no time for a query",
      { ...spec, prometheus: { timeout: "0ms" } },
      'spec.prometheus.timeout: "0ms" must be longer than zero: write a duration such as 5s',
      '"timeout":"5s"',
    ],
  ])("%s", (_, broken, problem, repaired) => {
    const found = repairInvoiceService(broken);
    expect(found.problems.map(({ field, message }) => `${field}: ${message}`)).toEqual([problem]);
    expect(JSON.stringify(found.spec)).toContain(repaired);
  });
});

test("one bad value never hides another, and the good ones stay", () => {
  const broken = withScaling({ lead: "soon", tolerance: -1, release: { grace: "1d", stepPercent: 0, every: "1h" } });
  const { spec: repaired, problems } = repairInvoiceService(broken);
  expect(problems.map(({ field, value }) => [field, value])).toEqual([
    ["spec.scaling.tolerance", "-1"],
    ["spec.scaling.lead", "soon"],
    ["spec.scaling.release.grace", "1d"],
    ["spec.scaling.release.stepPercent", "0"],
  ]);
  expect(repaired.scaling).toEqual({ ...spec.scaling, release: { grace: "24h", stepPercent: 20, every: "1h" } });
});
