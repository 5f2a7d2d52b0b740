import { describe, expect, it } from "vitest";

import { FakeClock } from "../../test/support/fake-clock.ts";
import { Backoff } from "./backoff.ts";
import { KubeError } from "./errors.ts";

const failure = new Error("connection reset");
const ALMOST_ONE = 1 - 1e-12;

/** The waits for a server that never answers. */
async function waits(random: () => number, count: number): Promise<number[]> {
  const clock = new FakeClock();
  const backoff = new Backoff(clock, random);
  const seen: number[] = [];
  while (seen.length < count) {
    const waitMs = backoff.next(failure);
    await clock.advance(waitMs);
    seen.push(Math.round(waitMs));
  }
  return seen;
}

describe("Backoff", () => {
  it("never waits less than 0.8 s", async () => {
    expect(await waits(() => 0, 4)).toEqual([800, 800, 800, 800]);
  });

  it("doubles the most it waits, up to 30 s, for ever", async () => {
    const expected = [1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000];
    expect(await waits(() => ALMOST_ONE, 7)).toEqual(expected);
    expect((await waits(() => ALMOST_ONE, 2000)).at(-1)).toBe(30_000);
  });

  it.each([
    ["begins anew two minutes after its last wait", 120_000, 1600],
    ["goes on when the next failure comes sooner", 119_999, 6400],
  ])("%s", async (_, laterMs, expected) => {
    const clock = new FakeClock();
    const backoff = new Backoff(clock, () => ALMOST_ONE);
    backoff.next(failure);
    await clock.advance(backoff.next(failure) + laterMs);
    expect(Math.round(backoff.next(failure))).toBe(expected);
  });

  it.each([
    ["waits as long as the server asks", 12_000, 12_000],
    ["does not wait longer than 30 s, whatever the server asks", 3_600_000, 30_000],
    ["waits its own time when the server asks for less", 1, 800],
  ])("%s", (_, retryAfterMs, expected) => {
    const busy = new KubeError("list pods: busy", { status: 429, reason: "TooManyRequests", retryAfterMs });
    expect(new Backoff(new FakeClock(), () => 0).next(busy)).toBe(expected);
  });
});
