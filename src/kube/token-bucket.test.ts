import { expect, test } from "vitest";

import { FakeClock } from "../../test/support/fake-clock.ts";
import { TokenBucket } from "./token-bucket.ts";

function takeMany(bucket: TokenBucket, count: number, signal?: AbortSignal): { taken: number } {
  const seen = { taken: 0 };
  for (let i = 0; i < count; i += 1)
    bucket.take(signal).then(
      () => (seen.taken += 1),
      () => undefined,
    );
  return seen;
}

test("lets the burst through at once, then one in 1/perSecond", async () => {
  const clock = new FakeClock();
  const seen = takeMany(new TokenBucket({ clock, perSecond: 10, burst: 3 }), 5);
  await clock.advance(0);
  expect(seen.taken).toBe(3);
  await clock.advance(100);
  expect(seen.taken).toBe(4);
  await clock.advance(100);
  expect(seen.taken).toBe(5);
});

test("refills with time, up to the burst", async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 10, burst: 2 });
  takeMany(bucket, 2);
  await clock.advance(60_000);
  const seen = takeMany(bucket, 5);
  await clock.advance(0);
  expect(seen.taken).toBe(2);
});

test("an aborted wait gives its token back", async () => {
  const clock = new FakeClock();
  const bucket = new TokenBucket({ clock, perSecond: 1, burst: 1 });
  takeMany(bucket, 1);
  const abort = new AbortController();
  takeMany(bucket, 3, abort.signal);
  await clock.advance(0);
  abort.abort();
  await clock.advance(0);
  const seen = takeMany(bucket, 1);
  await clock.advance(1000);
  expect(seen.taken).toBe(1);
});

test("tryTake takes what is there and never waits", () => {
  const bucket = new TokenBucket({ clock: new FakeClock(), perSecond: 1, burst: 1 });
  expect([bucket.tryTake(), bucket.tryTake()]).toEqual([true, false]);
});
