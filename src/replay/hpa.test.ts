import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_BEHAVIOR, type Behavior } from "./hpa-behavior.ts";
import { DEFAULT_HPA, Hpa, type HpaLook, type HpaSettings } from "./hpa.ts";

const SYNC = 15_000;

/** Ten units a replica; `value` undefined = unread. */
const demand = (value: number | undefined): HpaLook["metrics"] => [{ value, perReplica: 10 }];

/** An autoscaler that syncs every 15 s and gets each time the count that it set. */
class Played {
  readonly hpa: Hpa;
  now = 0;
  current: number;
  min = 1;
  max = 1_000;

  constructor(current: number, settings: Partial<HpaSettings> = {}) {
    this.current = current;
    this.hpa = new Hpa({ ...DEFAULT_HPA, ...settings });
  }

  sync(metrics: HpaLook["metrics"]): number {
    const { now, current, min, max } = this;
    this.current = this.hpa.sync({ now, current, min, max, metrics });
    this.now += SYNC;
    return this.current;
  }

  times(count: number, metrics: HpaLook["metrics"]): number[] {
    return Array.from({ length: count }, () => this.sync(metrics));
  }
}

describe("an HPA, by cases worked out from its controller's source", () => {
  it.each([
    ["a ratio of 1.1 is in the dead band", 110, 10],
    ["a little more is not: ceil(11.1)", 111, 12],
    ["a ratio of 0.9 is in the dead band", 90, 10],
  ])("%s", (_, value, replicas) => {
    expect(new Played(10).sync(demand(value))).toBe(replicas);
  });

  it("may double, and from few go to four", () => {
    expect(new Played(1).times(4, demand(100))).toEqual([4, 8, 10, 10]);
    expect(new Played(3).times(3, demand(1_000))).toEqual([6, 12, 24]);
  });

  it("waits 300 s before a decrease, from its first sync on, and then makes it at once", () => {
    const counts = new Played(10).times(23, demand(20));
    expect(counts.slice(0, 21)).toEqual(Array.from({ length: 21 }, () => 10));
    expect(counts[21]).toBe(2);
  });

  it("takes the highest of what it recommended within the wait", () => {
    const hpa = new Played(10);
    hpa.times(25, demand(100));
    hpa.sync(demand(80));
    expect(hpa.times(19, demand(20)).at(-1)).toBe(10);
    // The last 100 was at 360 s and counts up to 660 s; then it is the 80 of 375 s for one sync.
    expect(hpa.sync(demand(20))).toBe(8);
    expect(hpa.sync(demand(20))).toBe(2);
  });

  it("goes up to a raised minimum in one sync, without metrics and whatever its behavior allows", () => {
    const frozen: Behavior = {
      ...DEFAULT_BEHAVIOR,
      up: { stabilizationMs: 600_000, select: "Disabled", policies: [] },
    };
    for (const settings of [{}, { behavior: frozen }]) {
      const hpa = new Played(3, settings);
      hpa.min = 60;
      expect(hpa.sync(demand(undefined))).toBe(60);
    }
  });

  it("goes down to a lowered maximum in one sync", () => {
    const hpa = new Played(100);
    hpa.max = 50;
    expect(hpa.sync(demand(undefined))).toBe(50);
  });

  it("remembers recommendations as metrics gave them: a floor that is dropped falls in one sync", () => {
    const hpa = new Played(600);
    hpa.min = 600;
    expect(hpa.times(40, demand(25)).at(-1)).toBe(600);
    hpa.min = 1;
    expect(hpa.sync(demand(25))).toBe(3);
  });

  it("stays where a workload was parked at zero", () => {
    expect(new Played(0).sync(demand(500))).toBe(0);
  });

  it("does nothing without a metric, goes up on those it can read, and never down", () => {
    expect(new Played(10).sync(demand(undefined))).toBe(10);
    expect(new Played(10).sync([...demand(undefined), ...demand(150)])).toBe(15);
    expect(new Played(10).times(40, [...demand(undefined), ...demand(20)]).at(-1)).toBe(10);
  });

  it("takes the highest of its metrics", () => {
    expect(new Played(10).sync([...demand(150), { value: 17, perReplica: 1 }])).toBe(17);
  });

  it("never reaches a wanted number that is a metric, from within the dead band (KEDA #5263)", () => {
    const wanted = [{ value: 98, perReplica: 1 }];
    expect(new Played(90).times(20, wanted).at(-1)).toBe(90);
    expect(new Played(89).sync(wanted)).toBe(98);
  });
});

const behavior = (over: { up?: Partial<Behavior["up"]>; down?: Partial<Behavior["down"]> }): Partial<HpaSettings> => ({
  behavior: { up: { ...DEFAULT_BEHAVIOR.up, ...over.up }, down: { ...DEFAULT_BEHAVIOR.down, ...over.down } },
});

describe("an HPA with a behavior", () => {
  it("by default adds four or doubles, whichever is more, each 15 s", () => {
    expect(new Played(1, behavior({})).times(4, demand(1_000))).toEqual([5, 10, 20, 40]);
  });

  it("takes the smaller change where it is told to", () => {
    expect(new Played(10, behavior({ up: { select: "Min" } })).sync(demand(1_000))).toBe(14);
  });

  it("counts what a period has added already", () => {
    const up = { policies: [{ type: "Pods" as const, value: 4, periodMs: 60_000 }] };
    // Four at 0 s; at 60 s that is no longer within the period.
    expect(new Played(10, behavior({ up })).times(6, demand(1_000))).toEqual([14, 14, 14, 14, 18, 18]);
  });

  it("takes a tenth a minute, rounded down, of what the minute began with", () => {
    const down = { stabilizationMs: 0, policies: [{ type: "Percent" as const, value: 10, periodMs: 60_000 }] };
    expect(new Played(99, behavior({ down })).times(6, demand(20))).toEqual([89, 89, 89, 89, 80, 80]);
  });

  it("of two ways down takes the one that keeps more where it is told to", () => {
    const policies = [
      { type: "Percent" as const, value: 50, periodMs: 15_000 },
      { type: "Pods" as const, value: 2, periodMs: 15_000 },
    ];
    const by = (select: "Max" | "Min"): number =>
      new Played(20, behavior({ down: { stabilizationMs: 0, select, policies } })).sync(demand(20));
    expect([by("Max"), by("Min")]).toEqual([10, 18]);
  });

  it("does not move in a direction that is disabled", () => {
    expect(new Played(10, behavior({ up: { select: "Disabled" } })).sync(demand(1_000))).toBe(10);
    const down = { stabilizationMs: 0, select: "Disabled" as const };
    expect(new Played(10, behavior({ down })).sync(demand(20))).toBe(10);
  });

  it("waits before an increase for the lowest of its window, its first count among them", () => {
    const counts = new Played(10, behavior({ up: { stabilizationMs: 60_000 } })).times(6, demand(200));
    expect(counts).toEqual([10, 10, 10, 10, 20, 20]);
  });

  it("undoes within the wait what it had added, for a metric that fell back", () => {
    const hpa = new Played(10, behavior({ down: { stabilizationMs: 0 } }));
    expect([hpa.sync(demand(200)), hpa.sync(demand(100))]).toEqual([20, 10]);
  });
});

it("whatever the metrics, an HPA stays between its bounds and does not move inside its dead band", () => {
  const metric = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined });
  const settings = fc.constantFrom({}, { behavior: DEFAULT_BEHAVIOR });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 50, max: 200 }),
      fc.array(metric, { maxLength: 60 }),
      settings,
      (min, max, values, over) => {
        const hpa = new Played(min, over);
        [hpa.min, hpa.max] = [min, max];
        for (const value of values) {
          const before = hpa.current;
          const after = hpa.sync(demand(value));
          expect(after).toBeGreaterThanOrEqual(min);
          expect(after).toBeLessThanOrEqual(max);
          expect(value === undefined ? after : before).toBe(before);
        }
      },
    ),
  );
});
