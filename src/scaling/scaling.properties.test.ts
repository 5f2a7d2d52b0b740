import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import { HOUR, MINUTE, missing, partial, S0, SECOND, value, World } from "../../test/support/scaling-world.ts";
import type { Reading } from "../prometheus/reading.ts";
import type { Decision, ScalingSettings } from "./decide.ts";
import { leadOf } from "./lead.ts";
import { planAt, rampStep, type PlanSource } from "./plan.ts";
import { stabilize } from "./reactive.ts";
import { fixedEventSource, forecastEventSource, prewarmSource, scheduleSource, windowSource } from "./sources.ts";

const START = Date.parse("2027-01-15T08:00:00Z");
const replicas = fc.integer({ min: 1, max: 40 });

const anyReading: fc.Arbitrary<Reading> = fc.oneof(
  fc.integer({ min: 0, max: 3_000 }).map(value),
  fc.integer({ min: 0, max: 3_000 }).map(partial),
  fc.constantFrom<Reading>(missing, { ok: false, reason: "InvalidSample", message: "NaN" }),
);

/** A need of the half day after START. */
const anyNeed = fc.record({
  afterHours: fc.integer({ min: 0, max: 8 }),
  hours: fc.integer({ min: 1, max: 4 }),
  replicas,
  release: fc.constantFrom<PlanSource["release"]>("exact", "stepped"),
});

const anySettings: fc.Arbitrary<ScalingSettings> = fc
  .record({
    bounds: fc.tuple(replicas, replicas),
    stabilizationUpMs: fc.constantFrom(0, 300 * SECOND),
    stabilizationDownMs: fc.constantFrom(0, 300 * SECOND),
    fallback: fc.record({ afterFailures: fc.integer({ min: 1, max: 4 }), replicas }),
    stepPercent: fc.integer({ min: 1, max: 100 }),
    everyMs: fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * MINUTE),
  })
  .map(({ bounds, ...rest }) => ({
    ...S0,
    ...rest,
    minReplicas: Math.min(...bounds),
    maxReplicas: Math.max(...bounds),
  }));

type Step =
  | { do: "look"; seconds: number; readings: Reading[]; planComplete: boolean }
  | { do: "restart" }
  | { do: "scaled by another"; to: number }
  | { do: "hold"; reason: "Paused" | "Observing" | undefined };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("look" as const),
      seconds: fc.integer({ min: 1, max: 1_800 }),
      readings: fc.array(anyReading, { maxLength: 3 }),
      planComplete: fc.constantFrom(true, true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ do: "restart" }) },
  { weight: 1, arbitrary: replicas.map((to): Step => ({ do: "scaled by another", to })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("Paused" as const, "Observing" as const, undefined)
      .map((reason): Step => ({ do: "hold", reason })),
  },
);

const anyStory = fc.record({
  kind: fc.constantFrom("HorizontalPodAutoscaler" as const, "ScaledObject" as const, "Scale" as const),
  base: replicas,
  settings: anySettings,
  needs: fc.array(anyNeed, { maxLength: 5 }),
  steps: fc.array(anyStep, { minLength: 1, maxLength: 60, size: "max" }),
});
type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

/** One look of a story, and what was so at that time. */
interface Seen extends Pick<Decision, "recommended" | "floor" | "field" | "reactive"> {
  /** Replicas before the look. */
  running: number;
  /** The last evaluation, since the last start, had every signal complete. */
  known: boolean;
  planComplete: boolean;
  held: boolean;
  /** The floor of the look before, and for how long it had stood. */
  before: { replicas: number; release: PlanSource["release"]; forMs: number };
  bounds: { least: number; ceiling: number };
  settings: ScalingSettings;
}

function play({ kind, base, settings, needs, steps }: Story): Seen[] {
  const world = new World(new LiveField(kind, base, { max: 50 }), START);
  world.settings = settings;
  const plain = kind === "Scale";
  const least = plain ? settings.minReplicas : Math.max(base, settings.minReplicas);
  const ceiling = plain ? settings.maxReplicas : Math.max(base, settings.maxReplicas);
  const sources = needs.map(({ afterHours, hours, release, ...need }, index) => {
    const span = { start: START + afterHours * HOUR, end: START + (afterHours + hours) * HOUR };
    return { ...fixedEventSource(String(index), span, need.replicas), release };
  });
  const seen: Seen[] = [];
  let known = false;
  let before: Seen["before"] = { replicas: least, release: "exact", forMs: 0 };
  let changedAt = START;
  for (const step of steps) {
    if (step.do === "restart") {
      world.restart();
      known = false;
    } else if (step.do === "scaled by another") {
      if (plain) world.field.update("kubectl", step.to, "scale");
      else world.own = step.to;
    } else if (step.do === "hold") {
      world.observed = step.reason ? { hold: { reason: step.reason, message: "" } } : {};
    } else {
      const { seconds, readings, planComplete } = step;
      world.observed = { ...world.observed, sources, planComplete };
      if (readings.length > 0) known = readings.every((reading) => reading.ok && reading.partial === undefined);
      const { running, held } = { running: world.replicas, held: world.observed.hold !== undefined };
      const decision = world.look(seconds * SECOND, ...readings);
      before = { ...before, forMs: world.now - changedAt };
      seen.push({ ...decision, running, known, planComplete, held, before, bounds: { least, ceiling }, settings });
      if (decision.floor.replicas !== before.replicas) changedAt = world.now;
      before = { ...decision.floor, forMs: 0 };
    }
  }
  return seen;
}

/** The smallest story in which a look is `wrong`; undefined when none of 100 has one. */
function counterexample(wrong: (seen: Seen) => boolean, stories: fc.Arbitrary<Story> = anyStory): string | undefined {
  const run = fc.check(
    fc.property(stories, (story) => !play(story).some(wrong)),
    { numRuns: 100 },
  );
  return run.failed ? (fc.defaultReportMessage(run) ?? "failed") : undefined;
}

const isFalling = ({ floor, before }: Seen): boolean => floor.replicas < before.replicas;

describe("whatever is read, planned, paused and restarted", () => {
  it("every number is a whole one inside its bounds", () => {
    const found = counterexample(({ recommended, floor, field, settings, bounds: { least, ceiling } }) => {
      const whole = [recommended, floor.replicas, field?.write?.value ?? 0].every((number) => Number.isInteger(number));
      const recommendable = recommended >= settings.minReplicas && recommended <= ceiling;
      return !whole || !recommendable || floor.replicas < least || floor.replicas > ceiling;
    });
    expect(found).toBeUndefined();
  });

  it("nothing that runs is taken away while a signal is missing, partial or not yet read", () => {
    const found = counterexample(({ known, reactive, recommended, running, bounds: { ceiling } }) => {
      return reactive.complete !== known || (!known && recommended < Math.min(running, ceiling));
    });
    expect(found).toBeUndefined();
  });

  it("no floor falls while a part of the plan is unknown, nor a forecast's while demand is", () => {
    const found = counterexample((seen) => {
      const blind = !seen.planComplete || (seen.before.release === "stepped" && !seen.reactive.complete);
      return isFalling(seen) && blind;
    });
    expect(found).toBeUndefined();
  });

  it("nothing is written while we are kept off the field", () => {
    expect(counterexample((seen) => seen.held && seen.field !== undefined)).toBeUndefined();
  });

  it("a pause freezes the floor", () => {
    const found = counterexample(({ floor, before }) => floor.held === "Paused" && floor.replicas !== before.replicas);
    expect(found).toBeUndefined();
  });

  it("a forecast's floor falls by one step in `every`, and only while demand is below it", () => {
    const stepped = anyStory.map((story) => ({
      ...story,
      needs: story.needs.map((need) => ({ ...need, release: "stepped" as const })),
    }));
    const found = counterexample((seen) => {
      const { before, floor, reactive, settings } = seen;
      const most = Math.max(1, (before.replicas * settings.stepPercent) / 100);
      const small = before.replicas - floor.replicas <= most;
      const below = reactive.raw !== undefined && reactive.raw < before.replicas;
      return isFalling(seen) && !(small && below && before.forMs >= settings.everyMs);
    }, stepped);
    expect(found).toBeUndefined();
  });
});

describe("a ramp", () => {
  it("has at most ten levels between base and peak, never below the need, never above the peak", () => {
    fc.assert(
      fc.property(fc.nat(300), fc.integer({ min: 1, max: 500 }), (base, height) => {
        const peak = base + height;
        const steps = Array.from({ length: height }, (_, index) => base + 1 + index).map((need) => ({
          need,
          level: rampStep(need, base, peak),
        }));
        expect(steps.filter(({ need, level }) => level < need || level > peak)).toEqual([]);
        expect(new Set(steps.map(({ level }) => level)).size).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe("a source", () => {
  /** Up and down, from one moment to the next. */
  const demand = {
    peakIn(from: number, to: number): number {
      return Math.max(...Array.from({ length: to - from + 1 }, (_, index) => ((from + index) * 7_919) % 1_000));
    },
  };
  const sources: PlanSource[] = [
    fixedEventSource("fixed", { start: 100, end: 200 }, 5),
    prewarmSource(6, 150),
    forecastEventSource("forecast", { start: 100, end: 200 }, demand, 10),
    windowSource({ name: "w", opens: 100, deadline: 200 }, 50, demand, 10),
    scheduleSource("s", 4, {
      at: (time) => ({ active: Math.floor(time / 30) % 2 === 0, until: (Math.floor(time / 30) + 1) * 30 }),
    }),
  ];
  const moment = fc.integer({ min: 0, max: 300 });

  it("never needs less of a longer span, and names boundaries inside the span alone", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.tuple(moment, moment, moment, moment), (source, moments) => {
        const [from = 0, innerFrom = 0, innerTo = 0, to = 0] = moments.toSorted((a, b) => a - b);
        expect(source.need(from, to)).toBeGreaterThanOrEqual(source.need(innerFrom, innerTo));
        expect(source.boundaries(from, to).filter((at) => at < from || at > to)).toEqual([]);
      }),
    );
  });

  it("is planned for early enough: the plan covers all that is needed within the lead", () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: 0, max: 40 }), fc.nat(40), (at, leadMs, later) => {
        const planned = planAt(sources, 2, at, leadMs).replicas;
        const within = at + Math.min(later, leadMs);
        expect(planned).toBeGreaterThanOrEqual(Math.max(...sources.map((source) => source.need(within, within))));
      }),
    );
  });
});

function leadOfSeconds(seconds: readonly number[]): number {
  return leadOf(seconds.map((duration) => ({ createdAt: 0, readyAt: duration * SECOND }))).ms;
}

describe("the lead", () => {
  const durations = fc.array(fc.integer({ min: 0, max: 3_600 }), { minLength: 1, maxLength: 40 });

  it("never falls when a pod takes longer, and is never below two minutes", () => {
    fc.assert(
      fc.property(durations, fc.nat(), fc.nat(3_600), (seconds, which, more) => {
        const index = which % seconds.length;
        const slower = seconds.with(index, Math.min(3_600, (seconds[index] ?? 0) + more));
        expect(leadOfSeconds(slower)).toBeGreaterThanOrEqual(leadOfSeconds(seconds));
        expect(leadOfSeconds(seconds)).toBeGreaterThanOrEqual(2 * MINUTE);
      }),
    );
  });

  it("covers the slowest of fewer than twenty, and a minute", () => {
    const few = durations.filter(({ length }) => length < 20);
    fc.assert(
      fc.property(few, (seconds) => {
        expect(leadOfSeconds(seconds)).toBeGreaterThanOrEqual(Math.max(...seconds) * SECOND + MINUTE);
      }),
    );
  });
});

describe("stabilization", () => {
  it("only ever limits a change: its result lies between what runs and what is asked for", () => {
    const at = fc.integer({ min: 0, max: 900 });
    const history = fc.array(fc.record({ at, replicas }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(history, replicas, at, at, (entries, current, stabilizationUpMs, stabilizationDownMs) => {
        const sorted = entries.toSorted((a, b) => a.at - b.at);
        const latest = sorted.at(-1)?.replicas ?? current;
        const result = stabilize(sorted, current, 900, { stabilizationUpMs, stabilizationDownMs });
        expect(result).toBeGreaterThanOrEqual(Math.min(current, latest));
        expect(result).toBeLessThanOrEqual(Math.max(current, latest));
      }),
    );
  });
});
