import { expect, test } from "vitest";
import { CLUSTER_BACKOFF, EXTERNAL_BACKOFF, exponentialBackoff } from "./ratelimit.ts";

test.each([
  ["work in the cluster", CLUSTER_BACKOFF, [200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000]],
  ["work at third parties", EXTERNAL_BACKOFF, [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 320_000, 640_000]],
])("the back-off of %s doubles up to its limit", (_, preset, expected) => {
  const limiter = exponentialBackoff(preset);
  expect(expected.map(() => limiter.next("a"))).toEqual(expected);
});

test("the wait stays at the limit however often a key fails", () => {
  const limiter = exponentialBackoff({ baseMs: 1, maxMs: 60_000 });
  for (let failure = 0; failure < 2_000; failure += 1) limiter.next("a");
  expect(limiter.next("a")).toBe(60_000);
});

test("each key has its own count, and a forgotten one starts again", () => {
  const limiter = exponentialBackoff({ baseMs: 100, maxMs: 1_000 });
  limiter.next("a");
  limiter.next("a");
  limiter.next("b");
  expect([limiter.failures("a"), limiter.failures("b"), limiter.failures("c"), limiter.size]).toEqual([2, 1, 0, 2]);
  limiter.forget("a");
  expect([limiter.next("a"), limiter.next("b"), limiter.size]).toEqual([100, 200, 2]);
});
