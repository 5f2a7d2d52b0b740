import { describe, expect, it, test } from "vitest";
import { DAY, filingLoad, HOUR, replayedService, sceneOf, viewsAt, world } from "../../test/support/replayed.ts";
import { invoiceops, type Looked } from "./policies/invoiceops.ts";
import { craneMaximum } from "./policies/crane-maximum.ts";
import { cronFixedDay } from "./policies/cron-fixed-day.ts";
import { cronRightDates } from "./policies/cron-right-dates.ts";
import { holtWinters } from "./policies/holt-winters.ts";
import { hpaAlone } from "./policies/hpa-alone.ts";
import { seasonal } from "./policies/seasonal.ts";
import { staticMaximum } from "./policies/static-maximum.ts";
import { weekAgo } from "./policies/week-ago.ts";
import { Past } from "./past.ts";
import type { Policy } from "./policy.ts";
import { score } from "./score.ts";
import { simulate, type Run, type Scene } from "./simulate.ts";

const ours = (onLook?: (looked: Looked) => void): Policy =>
  invoiceops({ service: replayedService(world()), viewsAt, ...(onLook ? { onLook } : {}) });
const others = [
  staticMaximum,
  hpaAlone,
  cronFixedDay(15),
  cronRightDates,
  weekAgo,
  holtWinters,
  seasonal,
  craneMaximum,
];
const play = (policy: Policy, scene = sceneOf(), over = {}): Run => simulate(policy, scene, world(over), 1, 300_000);
const judged = (run: Run, { trace, to }: Scene = sceneOf()): ReturnType<typeof score> =>
  score(run, { trace, perReplica: 10, deadlines: [to] });

describe("nothing is known before it is there", () => {
  const scene = sceneOf();
  const poisonedAt = scene.to - 3 * DAY;
  const poisoned = (): Scene => {
    const trace = filingLoad();
    trace.load.fill(1e9, (poisonedAt - trace.start) / trace.stepMs);
    return sceneOf(trace);
  };

  test.each([ours(), ...others].map((policy) => [policy.name, policy] as const))(
    "%s decides the same whatever comes later",
    (_, policy) => {
      const until = (poisonedAt - scene.from) / 15_000;
      const [a, b] = [play(policy), play(policy, poisoned())];
      for (const series of ["pods", "ready", "floor"] as const) {
        expect(b[series].slice(0, until)).toEqual(a[series].slice(0, until));
      }
      expect(b.pods.slice(until)).not.toEqual(a.pods.slice(until));
    },
  );

  it("the forecast of invoiceops is the same too", () => {
    const [told, toldPoisoned] = [scene, poisoned()].map((one) => {
      const values: number[] = [];
      const policy = ours(({ now, prepared }) => {
        if (now < poisonedAt && now % HOUR === 0)
          values.push(prepared.forecast?.bound(0.95).peakIn(now, now + DAY) ?? 0);
      });
      play(policy, one);
      return values;
    });
    expect(toldPoisoned).toEqual(told);
    expect(told).toHaveLength((poisonedAt - scene.from) / HOUR);
  });

  it("who asks for the future gets an error", () => {
    const past = new Past(scene.trace, scene.from);
    expect(() => past.at(scene.from)).toThrow("is not known yet");
    expect(() => past.highest(scene.from - HOUR, scene.from + 1)).toThrow("is not known yet");
    expect(Math.max(...[...past.samples(0, scene.to, HOUR)].map(([at]) => at))).toBeLessThan(scene.from);
  });
});

describe("on a window like those before", () => {
  it("invoiceops is never short in its last 72 h, does not fight, and steps down by a fifth at most", () => {
    let fights = 0;
    const run = play(
      ours(({ fought }) => (fights += Number(fought))),
      { ...sceneOf(), to: sceneOf().to + 2 * DAY },
    );
    const { lastViolationMinutes, largestStepDown } = judged(run);
    expect([lastViolationMinutes, fights]).toEqual([0, 0]);
    expect(largestStepDown).toBeGreaterThan(0);
    expect(largestStepDown).toBeLessThanOrEqual(0.2);
  });

  it("cron at the right dates holds a fifth more than the last window's peak, from 72 h before to 24 h after", () => {
    const scene = { ...sceneOf(), to: sceneOf().to + 2 * DAY };
    const { floor } = play(cronRightDates, scene);
    const atHour = (hour: number): number => floor[(sceneOf().to + hour * HOUR - scene.from) / 15_000]!;
    const peak = Math.max(...filingLoad().load);
    const held = Math.ceil((1.2 * peak) / 7);
    expect([-73, -71, 23, 25].map(atHour)).toEqual([2, held, held, 2]);
  });

  it("KEDA's cron at a fixed day misses the deadline that is another day", () => {
    // The deadline is the end of the 4th of February.
    const { floor, pods } = play(cronFixedDay(15));
    expect(new Set(floor)).toEqual(new Set([2]));
    expect(Math.max(...pods.slice(-4))).toBeLessThan(Math.max(...play(cronFixedDay(4)).pods.slice(-4)));
  });
});

describe("while no metric can be read", () => {
  const outages = [{ from: sceneOf().to - DAY, to: sceneOf().to - DAY / 2 }];
  const countsIn = ({ pods }: Run): Int32Array => {
    const { from } = sceneOf();
    return pods.slice((outages[0]!.from + HOUR - from) / 15_000, (outages[0]!.to - from) / 15_000);
  };

  it("the HPA stays where it is, while demand grows past it", () => {
    const run = play(hpaAlone, sceneOf(), { outages });
    expect(new Set(countsIn(run)).size).toBe(1);
    expect(judged(run).violationMinutes).toBeGreaterThan(60);
  });

  it("invoiceops holds what the window needs", () => {
    expect(judged(play(ours(), sceneOf(), { outages })).lastViolationMinutes).toBe(0);
  });
});
