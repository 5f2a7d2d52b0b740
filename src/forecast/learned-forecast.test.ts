import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filingMonths, type Shape } from "../../test/support/filing-months.ts";
import type { FilingWindow } from "./filing-window.ts";
import type { Sample } from "./hourly-load.ts";
import { learn } from "./learn.ts";
import { LearnedForecast, type ForecastInput } from "./learned-forecast.ts";
import { HOUR_MS } from "./local-hours.ts";
import { emptyState, type ForecastState } from "./state.ts";

const DAY = 24 * HOUR_MS;
/** A Monday. */
const MONDAY = Date.parse("2027-01-04T00:00:00Z");

const window = { calendar: "CN", name: "2027-01", type: "monthly", opens: MONDAY, deadline: MONDAY + 15 * DAY };
const held = { ...window, holdsUntil: window.deadline + DAY };
const event = { start: MONDAY + 20 * DAY, end: MONDAY + 21 * DAY, peakFactor: 200 };

function usual(level: number): ForecastState {
  const baseline = { zone: "UTC", levels: [level], hours: 30, points: 30, sufficient: true };
  return { ...emptyState("UTC"), learntUntil: MONDAY, highest: level, baseline };
}

function forecast(overrides: Partial<ForecastInput> = {}): LearnedForecast {
  const about = { state: usual(100), windows: [held], events: [event], expectedPeakFactor: 3, now: MONDAY };
  return new LearnedForecast({ ...about, ...overrides });
}

describe("with no window seen", () => {
  it.each([
    ["the usual demand before a window", MONDAY - 1, 100],
    ["the law in a window", MONDAY + 14 * DAY, 100 * (1 + 2 / 2 ** 1.3)],
    ["the peak at the deadline", window.deadline, 300],
    ["the peak while the window is held", held.holdsUntil - 1, 300],
    ["the usual demand after the hold", held.holdsUntil, 100],
    ["the usual demand before an event", event.start - 1, 100],
    ["the event's factor in an event", event.start, 20_000],
    ["the usual demand after an event", event.end, 100],
  ])("expects %s", (_name, at, expected) => {
    expect(forecast().expected(at)).toBeCloseTo(expected, 9);
  });

  it("takes the strongest of windows and events that overlap, not their product", () => {
    const both = forecast({ events: [{ start: MONDAY, end: MONDAY + 30 * DAY, peakFactor: 2 }] });
    expect(both.expected(MONDAY)).toBe(200);
    expect(both.expected(window.deadline)).toBeCloseTo(300, 9);
    expect(both.expected(held.holdsUntil)).toBe(200);
  });

  it("bounds it by Student's t with three degrees of freedom: 1.15 times, a deviation of 0.25 and that of the mean", () => {
    const factor = 1.15 * Math.exp(0.25 * Math.sqrt(1.5) * 2.3534);
    // The bound is taken with a tenth of the usual demand added.
    expect(forecast().bound(0.95).expected(window.deadline)).toBeCloseTo((300 + 10.1) * factor - 10.1, 0);
    expect(forecast().bound(0.95).expected(event.start)).toBe(20_000);
  });

  it("plans for the median at the wanted utilization and the bound at full capacity, surer in the last 72 hours", () => {
    const prior = forecast();
    const [early, late] = [window.deadline - 73 * HOUR_MS, window.deadline - 71 * HOUR_MS];
    const planned = prior.planned({ utilization: 0.7 });
    expect(planned.expected(early)).toBeCloseTo(0.7 * prior.bound(0.8).expected(early), 9);
    expect(planned.expected(late)).toBeCloseTo(0.7 * prior.bound(0.95).expected(late), 9);
    expect(planned.expected(MONDAY - 1)).toBe(100);
    const lower = prior.planned({ utilization: 0.5, quantile: 0.6 });
    expect(lower.expected(late)).toBe(prior.expected(late));
  });

  it("says what it rests on, and that a bound is far above all that was seen", () => {
    expect(forecast().basis).toContain("no filing windows seen");
    expect(forecast().caution()).toBe("723 requests/s are planned for, more than 3 times the highest ever seen (100)");
    expect(forecast({ state: { ...usual(100), highest: 300 } }).caution()).toBeUndefined();
  });

  it("expects nothing without usual demand, and says so", () => {
    const nothing = forecast({ state: emptyState("UTC") });
    expect(nothing.peakIn(MONDAY, held.holdsUntil)).toBe(0);
    expect(nothing.basis).toContain("0 h of history");
  });
});

const SHAPE: Shape = {
  seed: 1,
  peakFactor: 8,
  exponent: 1.4,
  windowDeviation: 0.2,
  hourDeviation: 0.1,
  growth: 0.01,
};

interface Seen {
  state: ForecastState;
  next: FilingWindow;
  /** Up to the end of the next window. */
  samples: readonly Sample[];
}

const known = new Map<string, Seen>();

/** What is learnt by the time the window of this number opens, and the window. */
function seen(count: number, overrides: Partial<Shape> = {}): Seen {
  const shape = { ...SHAPE, ...overrides };
  const key = JSON.stringify([count, shape]);
  const before = known.get(key);
  if (before) return before;
  const { samples, windows } = filingMonths(shape);
  const next = windows[count];
  if (!next) throw new Error("no such window");
  const upTo = samples.filter(([at]) => at < next.deadline);
  const past = { samples: upTo, windows: windows.slice(0, count + 1), events: [], outages: [] };
  const { state } = learn(undefined, { ...past, zone: "UTC", now: next.opens });
  const learnt = { state, next, samples: upTo };
  known.set(key, learnt);
  return learnt;
}

function of({ state, next }: Seen, overrides: Partial<ForecastInput> = {}): LearnedForecast {
  const windows = [{ ...next, holdsUntil: next.deadline + DAY }];
  return forecast({ state, windows, events: [], now: next.opens, ...overrides });
}

function withoutErrors({ windows }: ForecastState): unknown {
  return windows.slice(0, 3).map((each) => ({ ...each, error: undefined }));
}

describe("with windows seen", () => {
  it("knows the peak from them and no longer from the user", () => {
    const three = seen(3, { windowDeviation: 0, hourDeviation: 0, growth: 0 });
    const expected = of(three, { expectedPeakFactor: 3 });
    const busy = three.next.deadline - 10 * HOUR_MS;
    const then = three.samples.find(([at]) => at === busy)?.[1] ?? 0;
    expect(expected.expected(busy) / then).toBeGreaterThan(0.6);
    expect(expected.expected(busy) / then).toBeLessThan(1.7);
    expect(of(three, { expectedPeakFactor: 200 }).expected(busy)).toBe(expected.expected(busy));
    expect(expected.basis).toContain("3 filing windows seen");
  });

  it("is given by the past alone: what is learnt later does not change it", () => {
    const three = seen(3);
    const later = seen(9).state;
    expect(withoutErrors(later)).toEqual(withoutErrors(three.state));
  });

  it("rises with q and is never below the median", () => {
    const forecasts = [0, 1, 3, 11].map((count) => {
      const learnt = seen(count);
      return { ...learnt, forecast: of(learnt) };
    });
    const q = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...forecasts),
        q,
        q,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (one, a, b, share) => {
          const at = one.next.opens + Math.floor(share * (one.next.deadline - one.next.opens));
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map((each) => one.forecast.bound(each).expected(at));
          expect(low).toBeGreaterThanOrEqual(one.forecast.expected(at));
          expect(high).toBeGreaterThanOrEqual(low ?? Number.NaN);
        },
      ),
    );
  });

  it("is in the unit of the samples: twice the load is twice the forecast", () => {
    const once = seen(4);
    const twice = learn(undefined, {
      samples: once.samples.map(([at, value]) => [at, 4 * value] as const),
      windows: filingMonths(SHAPE).windows,
      events: [],
      outages: [],
      zone: "UTC",
      now: once.next.opens,
    }).state;
    const at = once.next.deadline - 30 * HOUR_MS;
    for (const q of [0.5, 0.9]) {
      const ratio =
        of({ ...once, state: twice })
          .bound(q)
          .expected(at) / of(once).bound(q).expected(at);
      expect(Math.abs(ratio / 4 - 1)).toBeLessThan(0.02);
    }
  });

  it("never expects less for more load in past windows", () => {
    const learnt = seen(3);
    const plain = of(learnt);
    const more = fc.array(fc.double({ min: 1, max: 20, noNaN: true }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(more, fc.integer({ min: 0, max: 71 }), (factors, back) => {
        const windows = learnt.state.windows.map((each, index) => ({
          ...each,
          load: each.load.map((load) => load && load * (factors[index] ?? 1)),
        }));
        const at = learnt.next.deadline - back * HOUR_MS - 1;
        const raised = of({ ...learnt, state: { ...learnt.state, windows } });
        expect(raised.expected(at)).toBeGreaterThanOrEqual(plain.expected(at));
      }),
      { numRuns: 30 },
    );
  });

  it("follows the window in force upward at once, and never downward", () => {
    const learnt = seen(3);
    const now = learnt.next.opens + 6 * DAY;
    const from = learnt.next.opens;
    const recent = (factor: number): Sample[] =>
      learnt.samples.flatMap(([at, value]) => (at >= from && at <= now ? [[at, factor * value] as const] : []));
    const at = learnt.next.deadline - DAY;
    const plain = of(learnt, { now });
    expect(of(learnt, { now, recent: recent(0.1) }).expected(at)).toBe(plain.expected(at));
    const doubled = of(learnt, { now, recent: recent(2.5) });
    expect(doubled.expected(at)).toBeGreaterThan(1.3 * plain.expected(at));
    expect(doubled.basis).toContain("the window in force runs ahead");
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 1, max: 5, noNaN: true }),
        (factor, more) => {
          const low = of(learnt, { now, recent: recent(factor) }).expected(at);
          const high = of(learnt, { now, recent: recent(factor * more) }).expected(at);
          expect(high).toBeGreaterThanOrEqual(low);
          expect(low).toBeGreaterThanOrEqual(plain.expected(at));
        },
      ),
      { numRuns: 15 },
    );
  });

  it("does not take a request in an hour that is usually closed for a rush", () => {
    const levels = Array.from({ length: 168 }, (_, hour) => (hour % 24 >= 8 && hour % 24 < 20 ? 100 : 0));
    const state = { ...usual(100), baseline: { zone: "UTC", levels, hours: 168, points: 168, sufficient: true } };
    const recent = [[MONDAY + HOUR_MS, 1]] as const;
    const running = forecast({ state, now: MONDAY + 2 * HOUR_MS, recent });
    expect(running.expected(MONDAY + 12 * HOUR_MS)).toBeLessThan(
      1.01 * forecast({ state }).expected(MONDAY + 12 * HOUR_MS),
    );
  });

  it("leaves what came before an extension out of how the extension runs", () => {
    const rush = { calendar: "CN", period: window.name, type: "monthly", opens: MONDAY - 2 * DAY, deadline: MONDAY };
    const stored = { ...rush, load: Array.from({ length: 48 }, () => 5_000), baseline: [], censored: false };
    const state = { ...usual(100), windows: [stored] };
    const now = MONDAY + DAY;
    expect(forecast({ state, now }).expected(now)).toBe(forecast({ now }).expected(now));
  });

  it("takes loads that were cut off for lower bounds: a window that was overloaded does not lower the next", () => {
    const learnt = seen(3);
    const at = learnt.next.deadline - 10 * HOUR_MS;
    const cut = (censored: boolean): number => {
      const windows = learnt.state.windows.map((each, index) =>
        index === 2 ? { ...each, censored, load: each.load.map((load) => load && load / 10) } : each,
      );
      return of({ ...learnt, state: { ...learnt.state, windows } }).expected(at);
    };
    expect(cut(true)).toBeGreaterThan(cut(false));
  });

  it("peaks where it is highest", () => {
    const learnt = seen(3);
    const planned = of(learnt).planned({ utilization: 0.7 });
    const span = learnt.next.deadline - learnt.next.opens;
    const share = fc.double({ min: -0.1, max: 1.2, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        const [from = 0, to = 0] = [Math.min(a, b), Math.max(a, b)].map((each) =>
          Math.floor(learnt.next.opens + each * span),
        );
        const peak = planned.peak(from, to);
        expect(peak.value).toBe(planned.expected(peak.at));
        expect(peak.at >= from && peak.at <= to).toBe(true);
        let highest = 0;
        for (let at = from; at <= to; at += 17 * 60_000) highest = Math.max(highest, planned.expected(at));
        expect(peak.value).toBeGreaterThanOrEqual(highest);
      }),
      { numRuns: 40 },
    );
  });
});

describe("over many seeds", () => {
  it.each([
    ["no window", [0]],
    ["two to twelve windows", [2, 3, 5, 12]],
  ])("the bound of 0.9 covers 85 to 98 %% of the hours after %s", (_name, counts) => {
    let [covered, hours] = [0, 0];
    for (let seed = 0; seed < 16; seed += 1) {
      const shape = {
        seed,
        peakFactor: [3, 20, 200][seed % 3] ?? 3,
        exponent: 1 + ((seed * 7) % 11) / 10,
        windowDeviation: 0.1 + 0.03 * (seed % 11),
        growth: 0.01 * (seed % 4),
      };
      const learnt = seen(counts[seed % counts.length] ?? 0, shape);
      const bound = of(learnt, { expectedPeakFactor: shape.peakFactor }).bound(0.9);
      for (const [at, load] of learnt.samples) {
        if (at < learnt.next.opens) continue;
        hours += 1;
        if (load <= bound.peakIn(at, at + HOUR_MS - 1)) covered += 1;
      }
    }
    expect(covered / hours).toBeGreaterThan(0.85);
    expect(covered / hours).toBeLessThan(0.98);
  });
});
