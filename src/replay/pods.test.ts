import { describe, expect, it } from "vitest";
import { quantile } from "../forecast/quantile.ts";
import { Pods } from "./pods.ts";
import { seeded } from "./random.ts";

const TIMES = { podMedianMs: 45_000, podP95Ms: 180_000, nodeLeadMs: 0 };
const MINUTE = 60_000;

const startTimes = (pods: Pods): number[] => pods.starts.map(({ createdAt, readyAt }) => readyAt - createdAt);

describe("pods", () => {
  it("become ready by a log-normal law: median 45 s, 95th percentile 180 s", () => {
    const random = seeded(1);
    const all = Array.from({ length: 100 }, () => {
      const pods = new Pods(1_000, TIMES, random);
      pods.scaleTo(1_050, 0);
      pods.advance(60 * MINUTE);
      return startTimes(pods);
    }).flat();
    expect(quantile(all, 0.5) / 1_000).toBeCloseTo(45, -0.5);
    expect(Math.abs(quantile(all, 0.95) / 180_000 - 1)).toBeLessThan(0.1);
  });

  it("count from the moment they are asked for, and serve from the moment they are ready", () => {
    const pods = new Pods(2, TIMES, seeded(1));
    pods.scaleTo(10, 0);
    expect([pods.count, pods.ready]).toEqual([10, 2]);
    pods.advance(60 * MINUTE);
    expect([pods.count, pods.ready]).toEqual([10, 10]);
  });

  it("wait for a node where there is no room for them", () => {
    const pods = new Pods(10, { ...TIMES, nodeLeadMs: 10 * MINUTE }, seeded(1));
    // Room for eleven: one of the five finds a place.
    pods.scaleTo(15, 0);
    pods.advance(10 * MINUTE);
    expect(pods.ready).toBe(11);
    pods.advance(60 * MINUTE);
    expect(pods.ready).toBe(15);
  });

  it("find room on nodes that are not gone yet, and none ten minutes later", () => {
    const waitsAfter = (idleMs: number): boolean => {
      const pods = new Pods(100, { ...TIMES, nodeLeadMs: 60 * MINUTE }, seeded(1));
      pods.scaleTo(10, 0);
      for (let now = 0; now <= idleMs; now += 15_000) pods.advance(now);
      pods.scaleTo(50, idleMs);
      pods.advance(idleMs + 59 * MINUTE);
      return pods.ready < 50;
    };
    expect([waitsAfter(9 * MINUTE), waitsAfter(11 * MINUTE)]).toEqual([false, true]);
  });

  it("that have not started go before those that serve", () => {
    const pods = new Pods(5, TIMES, seeded(1));
    pods.scaleTo(9, 0);
    pods.scaleTo(6, 0);
    expect([pods.count, pods.ready]).toEqual([6, 5]);
    pods.scaleTo(3, 0);
    expect([pods.count, pods.ready]).toEqual([3, 3]);
  });
});
