import { describe, expect, it, vi } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import { DAY, HOUR, MINUTE, missing, partial, S0, SECOND, value, World } from "../../test/support/scaling-world.ts";
import { BASE_ANNOTATION } from "./floor.ts";
import type { PlanSource } from "./plan.ts";
import { fixedEventSource } from "./sources.ts";
import type { Refusal } from "./target.ts";

const START = Date.parse("2027-01-15T08:00:00Z");

const hpa = (min: number, max = 100): World => new World(new LiveField("HorizontalPodAutoscaler", min, { max }), START);
const plain = (replicas: number): World => new World(new LiveField("Scale", replicas), START);

/** A window's need of `replicas` in [start, end), given back by steps. */
function windowOf(replicas: number, start: number, end: number): PlanSource {
  return { ...fixedEventSource("w", { start, end }, replicas), reason: "window w", release: "stepped" };
}

describe("on an autoscaler", () => {
  it("the plan is written and the reactive part is not", () => {
    const world = hpa(2);
    world.observed = { sources: [windowOf(6, START, START + HOUR)] };
    const decision = world.look(0, value(1900));
    expect(decision).toMatchObject({ floor: { replicas: 6, reason: "window w" }, recommended: 19, base: 2 });
    expect(world.field.value).toBe(6);
    expect(world.field.annotations[BASE_ANNOTATION]).toBe("2");
  });

  it("the base stands where it is above the plan", () => {
    const world = hpa(8);
    world.observed = { sources: [windowOf(6, START, START + HOUR)] };
    expect(world.look(0, value(100))).toMatchObject({
      base: 8,
      floor: { replicas: 8, reason: "base" },
      recommended: 8,
    });
    expect(world.field.owners).toEqual([]);
  });

  it("the floor is spec.scaling.minReplicas at least", () => {
    const world = hpa(1);
    expect(world.look(0, value(100)).floor.replicas).toBe(2);
    expect(world.field.value).toBe(2);
  });

  it.each([
    ["spec.scaling.maxReplicas", 100, 20],
    ["its own maximum", 15, 15],
  ])("the floor ends at %s", (_, max, expected) => {
    const world = hpa(2, max);
    world.observed = { sources: [windowOf(64, START, START + HOUR)] };
    expect(world.look(0, value(9000))).toMatchObject({ floor: { replicas: expected }, recommended: expected });
    expect(world.field.value).toBe(expected);
  });

  it("fewer than spec.scaling.minReplicas are never recommended, whatever its maximum", () => {
    expect(hpa(1, 1).look(0, value(100))).toMatchObject({ floor: { replicas: 1 }, recommended: 2 });
  });

  it("a base above spec.scaling.maxReplicas is left alone", () => {
    const world = hpa(30);
    expect(world.look(0, value(100))).toMatchObject({ base: 30, floor: { replicas: 30 }, recommended: 30 });
    expect(world.field.value).toBe(30);
  });

  it("comes down by steps, only once demand is below, and gives the base back", () => {
    const world = hpa(2);
    world.observed = { sources: [windowOf(20, START, START + HOUR)] };
    world.look(0, value(2100));
    expect(world.look(HOUR, value(2100)).floor).toMatchObject({ replicas: 20, held: "DemandAbove" });
    expect(world.look(HOUR, missing).floor).toMatchObject({ replicas: 20, held: "DemandUnknown" });
    const steps = Array.from({ length: 15 }, () => {
      const { floor, nextChangeAt } = world.look(5 * MINUTE, value(100));
      expect(nextChangeAt).toBe(floor.held === "Stepping" ? floor.since + 10 * MINUTE : undefined);
      world.restart();
      return world.field.value;
    });
    expect(steps).toEqual([16, 16, 13, 13, 11, 11, 9, 9, 8, 8, 7, 7, 6, 6, 5]);
    world.watch(200, value(100));
    expect(world.field.value).toBe(2);
    expect(world.field.annotations).not.toHaveProperty([BASE_ANNOTATION]);
  });

  it("is held by a demand that was read in part", () => {
    const world = hpa(2);
    world.observed = { sources: [windowOf(20, START, START + HOUR)] };
    world.look(0, value(100));
    expect(world.look(2 * HOUR, partial(100)).floor).toMatchObject({ replicas: 20, held: "DemandUnknown" });
    expect(world.look(MINUTE, value(100), missing).floor).toMatchObject({ replicas: 20, held: "DemandUnknown" });
  });

  it("ends with its schedule at once, also when the first write of that fails", () => {
    const world = hpa(2);
    world.observed = { sources: [fixedEventSource("sale", { start: START, end: START + HOUR }, 6)] };
    world.look(0, value(100));
    world.failing = true;
    expect(world.look(HOUR, value(100)).field?.write).toEqual({ value: 2 });
    world.failing = false;
    world.look(MINUTE, value(100));
    expect(world.field.value).toBe(2);
  });

  it("is not lowered by a process that died between its write and its status", () => {
    const world = hpa(2);
    world.observed = { sources: [windowOf(20, START, START + HOUR)] };
    world.look(0, value(1000));
    const { inForce: _, ...unknown } = world.memory;
    world.memory = unknown;
    world.restart();
    world.observed = { planComplete: false };
    expect(world.look(MINUTE, missing).floor).toMatchObject({
      replicas: 20,
      held: "PlanIncomplete",
      reason: "found in force",
    });
    world.observed = {};
    expect(world.look(MINUTE, value(100)).floor).toMatchObject({ replicas: 20, held: "Stepping" });
    expect(world.look(10 * MINUTE, value(100)).floor.replicas).toBe(16);
    expect(world.field.value).toBe(16);
  });
});

describe("on a plain workload", () => {
  it("the larger of demand and plan is written, inside the bounds", () => {
    const world = plain(4);
    world.observed = { sources: [windowOf(6, START, START + HOUR)] };
    expect(world.look(0, value(800)).recommended).toBe(8);
    expect(world.field.value).toBe(8);
    expect(world.look(MINUTE, value(9000)).recommended).toBe(20);
    expect(world.watch(30, value(100)).at(-1)).toBe(6);
  });

  it("a manifest without the field takes nothing away for longer than one look (B35a)", () => {
    const world = plain(2);
    world.settings = { ...S0, stabilizationUpMs: 300 * SECOND };
    world.observed = { sources: [windowOf(12, START, START + HOUR)] };
    world.field.clientApply(2);
    world.look(0, value(100));
    expect(world.field.value).toBe(12);
    world.field.clientApply(undefined);
    expect(world.field.value).toBe(1);
    expect(world.watch(1, value(100))).toEqual([12]);
    expect(world.field.object()).not.toHaveProperty(["metadata", "annotations", BASE_ANNOTATION]);
  });

  it("what runs is kept at a first look without readings, even where nothing delays a decrease", () => {
    const world = plain(16);
    world.settings = { ...S0, stabilizationDownMs: 0 };
    expect(world.look(0)).toMatchObject({ recommended: 16, reactive: { complete: false, raw: undefined } });
    expect(world.look(SECOND, value(400)).recommended).toBe(4);
  });

  it("the last evaluation holds until the next", () => {
    const world = plain(4);
    world.look(0, value(800));
    expect(world.look(SECOND)).toMatchObject({ recommended: 8, reactive: { raw: 8, complete: true } });
  });

  it("what was not read completely holds no one down until the next evaluation", () => {
    const world = plain(16);
    world.look(0, missing);
    world.field.update("kubectl", 20, "scale");
    expect(world.look(SECOND).recommended).toBe(20);
    world.field.update("kubectl", 18, "scale");
    expect(world.look(SECOND).recommended).toBe(18);
  });
});

/** Four replicas, and ten by a schedule from one hour to two hours after the start. */
function scheduled(): World {
  const world = plain(4);
  const sources = [{ ...windowOf(10, START + HOUR, START + 2 * HOUR), release: "exact" as const }];
  world.observed = { sources, uncounted: true, leadMs: 0 };
  return world;
}

describe("on a plain workload whose demand says nothing about replicas", () => {
  const uncounted = partial(0);

  it.each([
    ["and books it as ours", false],
    ["and books no owner, as after a server-side apply of the workload", true],
  ])("the plan raises the count %s, and gives it back to what it was, also after a restart", (_, unowned) => {
    const world = scheduled();
    const counts = [0, 60, 30, 30, 30].map((minutes) => {
      world.look(minutes * MINUTE, uncounted);
      if (unowned) world.field.owners = [];
      world.restart();
      return world.field.value;
    });
    expect(counts).toEqual([4, 10, 10, 4, 4]);
  });

  it("a count that somebody set meanwhile is the one to keep", () => {
    const world = scheduled();
    world.look(HOUR, uncounted);
    world.field.update("kubectl", 12, "scale");
    world.look(MINUTE, uncounted);
    expect(world.watch(150, uncounted).at(-1)).toBe(12);
    world.field.update("kubectl", 3, "scale");
    expect(world.watch(10, uncounted).at(-1)).toBe(3);
  });

  it("what cannot be read makes no difference to it, but for the fallback", () => {
    const world = scheduled();
    world.look(HOUR, missing);
    world.settings = { ...S0, fallback: { afterFailures: 3, replicas: 6 } };
    expect(world.watch(130, missing).at(-1)).toBe(6);
    const { fallback: _none, ...settings } = S0;
    world.settings = settings;
    expect(world.watch(2, missing).at(-1)).toBe(4);
  });

  it("never fewer than spec.scaling.minReplicas", () => {
    const world = plain(1);
    world.observed = { sources: [], uncounted: true };
    expect(world.watch(3, uncounted)).toEqual([2, 2, 2]);
  });
});

describe("what keeps us off the field", () => {
  const refusal: Refusal = { reason: "AmbiguousTarget", message: "two autoscalers" };

  it.each([
    ["a pause", { hold: { reason: "Paused" as const, message: "" } }],
    ["mode Observe", { hold: { reason: "Observing" as const, message: "" } }],
    ["target None", { hold: { reason: "TargetNone" as const, message: "" } }],
    ["a refusal", { target: refusal }],
  ])("%s leaves it untouched while the recommendation is published", (_, observed) => {
    const world = hpa(2);
    world.observed = { ...observed, sources: [windowOf(12, START, START + HOUR)] };
    const decision = world.look(0, value(500));
    expect(decision).not.toHaveProperty("field");
    expect(decision.recommended).toBe(12);
    expect(world.look(MINUTE, value(1500)).recommended).toBe(15);
    expect([world.field.value, world.field.owners]).toEqual([2, []]);
  });

  it.each([hpa, plain])("a pause freezes: nothing is given back in it, nor at one blow after it (%#)", (make) => {
    const world = make(2);
    const sources = [windowOf(20, START, START + HOUR)];
    world.observed = { sources };
    world.look(0, value(100));
    world.observed = { sources, hold: { reason: "Paused", message: "" } };
    for (let count = 0; count < 48; count += 1) {
      expect(world.look(HOUR, value(100)).floor).toMatchObject({ replicas: 20, held: "Paused" });
    }
    world.observed = { sources };
    expect([0, 5, 5, 5, 5].map((minutes) => world.look(minutes * MINUTE, value(100)).floor.replicas)).toEqual([
      16, 16, 13, 13, 11,
    ]);
    expect(world.replicas).toBe(11);
  });

  it("a base that is raised in a pause is the floor in it", () => {
    const world = hpa(2);
    world.observed = { hold: { reason: "Paused", message: "" } };
    world.look(0, value(100));
    world.field.update("kubectl-edit", 9);
    expect(world.look(MINUTE, value(100))).toMatchObject({ base: 9, floor: { replicas: 9 } });
  });

  it("a pause through a whole window leaves nothing to be raised after it", () => {
    const world = hpa(2);
    world.observed = {
      sources: [windowOf(20, START + HOUR, START + 2 * HOUR)],
      hold: { reason: "Paused", message: "" },
    };
    for (let count = 0; count < 8; count += 1) world.look(30 * MINUTE, value(100));
    world.observed = {};
    expect(world.look(MINUTE, value(100)).floor.replicas).toBe(2);
    expect(world.field.value).toBe(2);
  });

  it.each([
    ["mode Observe", { hold: { reason: "Observing" as const, message: "" } }],
    ["a refusal", { target: refusal }],
  ])("after %s the field that still stands comes down by steps", (_, observed) => {
    const world = hpa(2);
    const sources = [windowOf(20, START, START + HOUR)];
    world.observed = { sources };
    world.look(0, value(100));
    world.observed = { ...observed, sources };
    for (let count = 0; count < 200; count += 1) world.look(10 * MINUTE, value(100));
    expect(world.memory.inForce?.replicas).toBe(2);
    expect(world.field.value).toBe(20);
    world.observed = { sources };
    world.look(MINUTE, value(100));
    expect(world.field.value).toBe(20);
    world.look(10 * MINUTE, value(100));
    expect(world.field.value).toBe(16);
  });

  it("what others did to the field in a pause is no reset", () => {
    const world = hpa(2);
    const sources = [windowOf(12, START, START + DAY)];
    world.observed = { sources };
    world.look(0, value(100));
    world.observed = { sources, hold: { reason: "Paused", message: "" } };
    world.look(MINUTE, value(100));
    world.field.update("kubectl-edit", 2);
    world.look(MINUTE, value(100));
    world.observed = { sources };
    world.look(MINUTE, value(100));
    expect(world.memory.floor).toEqual({ of: "1", resets: [], lastOurs: 12 });
  });

  it("a contest reaches the decision, with what the user asked for since", () => {
    const world = new World(
      new LiveField("HorizontalPodAutoscaler", 2, { owner: { manager: "flux", operation: "Apply" } }),
      START,
    );
    const sources = [windowOf(12, START, START + DAY)];
    world.observed = { sources };
    expect(world.look(0, value(100)).field).toMatchObject({ applied: false, reason: "Contested" });
    world.settings = { ...S0, takeOver: true };
    expect(world.look(MINUTE, value(100)).field?.reason).toBe("Contested");
    world.observed = { sources, refreshedAt: world.now };
    expect(world.look(MINUTE, value(100)).field).toMatchObject({ applied: true, write: { value: 12, base: 2 } });
  });
});

/** A peak three days ahead. */
function peak(replicas: number): PlanSource[] {
  return [windowOf(replicas, START + 3 * DAY, START + 4 * DAY)];
}

describe("a shortfall", () => {
  it.each([
    ["spec.scaling.maxReplicas", 100, 21, undefined, { needed: 21, limit: 20, limitedBy: "spec.scaling.maxReplicas" }],
    [
      "the autoscaler's maximum",
      15,
      16,
      undefined,
      { needed: 16, limit: 15, limitedBy: "the maximum of HorizontalPodAutoscaler/vat-api" },
    ],
    [
      "a ResourceQuota",
      100,
      13,
      { replicas: 12, limitedBy: "team requests.cpu" },
      { needed: 13, limit: 12, limitedBy: "ResourceQuota team requests.cpu" },
    ],
    [
      "the tightest of all",
      10,
      64,
      { replicas: 12, limitedBy: "team pods" },
      { needed: 64, limit: 10, limitedBy: "the maximum of HorizontalPodAutoscaler/vat-api" },
    ],
  ])("against %s is known three days ahead, with its numbers", (_, max, needed, quota, expected) => {
    const world = hpa(2, max);
    world.observed = { sources: peak(needed), ...(quota ? { quota } : {}) };
    expect(world.look(0, value(100)).shortfall).toEqual({ ...expected, reason: "window w" });
  });

  it.each([
    ["fits exactly", 20, 20, undefined],
    ["fits the quota exactly", 100, 12, { replicas: 12, limitedBy: "team pods" }],
  ])("is none where the peak %s", (_, max, needed, quota) => {
    const world = hpa(2, max);
    world.observed = { sources: peak(needed), ...(quota ? { quota } : {}) };
    expect(world.look(0, value(100))).not.toHaveProperty("shortfall");
  });

  it.each([
    ["spec.scaling.maxReplicas", 100, 2_801, undefined, 20],
    ["the autoscaler's maximum", 15, 1_601, undefined, 15],
    ["a ResourceQuota", 100, 1_401, { replicas: 12, limitedBy: "team pods" }, 12],
  ])("of present demand against %s is told with its numbers", (_, max, demand, quota, limit) => {
    const world = hpa(2, max);
    world.observed = quota ? { quota } : {};
    const needed = Math.ceil(demand / 100);
    expect(world.look(0, value(demand)).shortfall).toMatchObject({ needed, limit, reason: "present demand" });
    expect(world.look(30 * SECOND).shortfall).toMatchObject({ needed, limit });
  });

  it("of present demand is none within the tolerance, nor while demand cannot be read, nor for what runs anyway", () => {
    const world = hpa(2);
    world.own = 20;
    expect(world.look(0, value(2_150))).not.toHaveProperty("shortfall");
    world.own = 30;
    expect(world.look(SECOND, missing)).not.toHaveProperty("shortfall");
    expect(world.look(SECOND, value(100))).not.toHaveProperty("shortfall");
  });

  it("of a demand that moves about a limit is one, until it has been below for the wait before a decrease", () => {
    const world = hpa(2);
    const needed = [2_800, 1_900, 2_500, 1_900].map(
      (demand) => world.look(30 * SECOND, value(demand)).shortfall?.needed,
    );
    expect(needed).toEqual([28, 28, 28, 28]);
    world.watch(10, value(1_900));
    expect(world.look(30 * SECOND, value(1_900))).not.toHaveProperty("shortfall");
  });

  it("of spec.scaling.minReplicas is told where the autoscaler's maximum is below it", () => {
    expect(hpa(1, 1).look(0, value(100)).shortfall).toEqual({
      needed: 2,
      limit: 1,
      limitedBy: "the maximum of HorizontalPodAutoscaler/vat-api",
      reason: "spec.scaling.minReplicas",
    });
  });

  it("is not looked for beyond the horizon", () => {
    const world = hpa(2);
    world.observed = { sources: peak(64), horizonMs: 2 * DAY };
    expect(world.look(0, value(100))).not.toHaveProperty("shortfall");
  });

  it("is reported, and a quota lowers nothing", () => {
    const world = hpa(2);
    world.observed = { sources: [windowOf(12, START, START + HOUR)], quota: { replicas: 5, limitedBy: "team pods" } };
    expect(world.look(0, value(100))).toMatchObject({ floor: { replicas: 12 }, shortfall: { needed: 12, limit: 5 } });
  });
});

describe("what lies ahead", () => {
  const sources = [windowOf(6, START + HOUR, START + 2 * HOUR)];

  it("is listed with the lead, and the next change is due in time", () => {
    const world = hpa(2);
    world.observed = { sources };
    const { plan, nextChangeAt, neededNow } = world.look(0, value(100));
    expect(plan.map(({ from, replicas }) => [from - START, replicas])).toEqual([
      [0, 2],
      [50 * MINUTE, 6],
      [2 * HOUR, 2],
    ]);
    expect(nextChangeAt).toBe(START + 50 * MINUTE);
    expect(neededNow).toBe(0);
  });

  it("is not given back for a measured lead that shrinks, and is for a shorter one that the user gives", () => {
    const world = hpa(2);
    world.observed = { sources, leadMs: 10 * MINUTE };
    expect(world.look(52 * MINUTE, value(100))).toMatchObject({ floor: { replicas: 6 }, leadMs: 10 * MINUTE });
    world.observed = { sources, leadMs: 4 * MINUTE };
    expect(world.look(MINUTE, value(100))).toMatchObject({ floor: { replicas: 6 }, leadMs: 10 * MINUTE });
    world.observed = { sources, leadMs: 4 * MINUTE, leadFixed: true };
    expect(world.look(MINUTE, value(100))).toMatchObject({ leadMs: 4 * MINUTE });
  });

  it("is needed a lead later than it is asked for", () => {
    const world = hpa(2);
    world.observed = { sources };
    expect(world.look(50 * MINUTE, value(100))).toMatchObject({ neededNow: 0, floor: { replicas: 6 } });
    expect(world.look(10 * MINUTE, value(100))).toMatchObject({ neededNow: 6, floor: { replicas: 6 } });
  });

  it("is worked out once in ten minutes, and anew for other sources or when its next step has come", () => {
    const boundaries = vi.fn<PlanSource["boundaries"]>(() => [START + HOUR]);
    const counted = [{ ...windowOf(6, START + HOUR, START + 2 * HOUR), boundaries }];
    const world = hpa(2);
    world.observed = { sources: counted };
    const asked = (afterMs: number): number => {
      world.look(afterMs, value(100));
      return boundaries.mock.calls.length;
    };
    // At 0, 9:54, 10:00, 45:00, 49:54 and 50:00, where the step is due.
    expect([0, 9.9, 0.1, 35, 4.9, 0.1].map((minutes) => asked(minutes * MINUTE))).toEqual([1, 1, 2, 3, 3, 4]);
    world.observed = { sources: [...counted] };
    expect(asked(0)).toBe(5);
  });
});
