import { expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { podStages, startDurations } from "./start-distribution.ts";

const distribution = { p50: 45_000, p95: 150_000 };

it("half of the durations are below the median, and one in twenty is above the 95th percentile", () => {
  const durations = startDurations(distribution, 1_000);
  expect(durations).toEqual(durations.toSorted((a, b) => a - b));
  expect(durations.filter((ms) => ms < 45_000)).toHaveLength(500);
  expect(durations.filter((ms) => ms > 150_000)).toHaveLength(50);
});

it("the logarithms of the durations lie evenly around that of the median", () => {
  const logs = startDurations(distribution, 200).map((ms) => Math.log(ms / distribution.p50));
  for (const [index, log] of logs.entries()) expect(log + logs.at(-1 - index)!).toBeCloseTo(0, 3);
});

it("each duration is a kwok Stage of equal weight for pods that wait", () => {
  const documents = parseAllDocuments(podStages([10_000, 20_000]));
  expect(documents.map((document) => document.toJS() as unknown)).toEqual(
    [10_000, 20_000].map((durationMilliseconds, index) => ({
      apiVersion: "kwok.x-k8s.io/v1alpha1",
      kind: "Stage",
      metadata: { name: `pod-ready-${index}` },
      spec: expect.objectContaining({
        resourceRef: { apiGroup: "v1", kind: "Pod" },
        weight: 1,
        delay: { durationMilliseconds },
        next: { statusTemplate: expect.stringContaining("phase: Running\n") as string },
      }) as object,
    })),
  );
});
