import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deadlineFactor } from "./deadline-law.ts";
import type { FilingWindow } from "./filing-window.ts";
import type { Sample } from "./hourly-load.ts";
import { learn, type LearnInput } from "./learn.ts";
import { HOUR_MS } from "./local-hours.ts";
import { emptyState, parseState, stateText } from "./state.ts";

const DAY = 24 * HOUR_MS;
const STEP = 900_000;
/** A Monday. */
const START = Date.parse("2027-01-04T00:00:00Z");

/** Windows of ten days, every four weeks from the third on. */
function monthly(count: number): FilingWindow[] {
  return Array.from({ length: count }, (_, month) => {
    const opens = START + 21 * DAY + month * 28 * DAY;
    return { calendar: "CN", name: `2027-0${month + 1}`, type: "monthly", opens, deadline: opens + 10 * DAY };
  });
}

/** The deadline law on 20 requests/s at night and 100 by day. */
function loadAt(at: number, windows: readonly FilingWindow[], peakFactor = 5): number {
  const usual = new Date(at).getUTCHours() >= 8 ? 100 : 20;
  const window = windows.find(({ opens, deadline }) => at >= opens && at < deadline);
  const hourEnd = (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
  return window ? usual * deadlineFactor({ ...window, at: hourEnd, peakFactor }) : usual;
}

function sampled(from: number, to: number, valueAt: (at: number) => number): Sample[] {
  return Array.from({ length: Math.ceil((to - from) / STEP) }, (_, index) => {
    const at = from + index * STEP;
    return [at, valueAt(at)] as const;
  });
}

function input(overrides: Partial<LearnInput> = {}): LearnInput {
  const windows = overrides.windows ?? monthly(2);
  const now = overrides.now ?? START + 70 * DAY;
  const samples = sampled(START, now, (at) => loadAt(at, windows));
  return { samples, windows, events: [], outages: [], zone: "UTC", now, ...overrides };
}

function everyNinth(day: number): boolean {
  return day % 9 === 0;
}

function isBroken([at]: Sample): boolean {
  return Math.floor(at / STEP) % 5 === 0;
}

describe("learning", () => {
  it("keeps of each window its loads by the hour back from the deadline, and what was usual", () => {
    const { state, findings } = learn(undefined, input());
    expect(findings).toMatchObject({ gaps: 0, windowsSeen: 2 });
    expect(state.windows.map(({ period, type, censored }) => [period, type, censored])).toEqual([
      ["2027-01", "monthly", false],
      ["2027-02", "monthly", false],
    ]);
    const [first] = state.windows;
    expect(first?.load).toHaveLength(240);
    expect(first?.load.slice(0, 3)).toEqual([500, 479, 460]);
    expect(first?.load[24]).toBe(262);
    expect(first?.baseline.slice(14, 18)).toEqual([100, 100, 20, 20]);
    expect(state.highest).toBe(500);
    expect(state.baseline?.levels[12]).toBe(100);
  });

  it("finds the law behind the loads", () => {
    const { state } = learn(undefined, input());
    for (const { law } of state.windows) {
      expect(law?.peakFactor).toBeCloseTo(5, 0);
      expect(law?.exponent).toBeCloseTo(1.3, 0);
    }
  });

  it("gives windows that are alike no error", () => {
    const { state } = learn(undefined, input());
    for (const { error } of state.windows) {
      expect(Math.abs(error?.last ?? 9)).toBeLessThan(0.05);
    }
  });

  it("takes samples in any order", () => {
    const all = input();
    const shuffled = [...all.samples].toSorted(([a], [b]) => ((a * 7919) % 104_729) - ((b * 7919) % 104_729));
    expect(learn(undefined, { ...all, samples: shuffled })).toEqual(learn(undefined, all));
  });

  it("in pieces is learning at once, also when the state was stored in between", () => {
    const windows = monthly(3);
    const valueAt = (at: number): number => loadAt(at, windows) * (1 + 0.3 * Math.sin(at / 7e6));
    const end = START + 100 * DAY;
    const events = [{ from: START + 30 * DAY, to: START + 31 * DAY }];
    const holidays = everyNinth;
    const atOnce = learn(undefined, {
      ...input({ windows, now: end, events, holidays }),
      samples: sampled(START, end, valueAt),
    });
    const cut = fc.integer({ min: 1, max: 100 * 96 });
    fc.assert(
      fc.property(fc.array(cut, { minLength: 1, maxLength: 3 }), (cuts) => {
        let state: ReturnType<typeof learn>["state"] | undefined;
        for (const steps of [...cuts.toSorted((a, b) => a - b), 100 * 96]) {
          const now = START + steps * STEP;
          const samples = sampled(state?.learntUntil || START, now, valueAt);
          const learnt = learn(state, { ...input({ windows, now, events, holidays }), samples }).state;
          const parsed = parseState(stateText(learnt));
          state = "state" in parsed ? parsed.state : undefined;
        }
        expect(state).toEqual(atOnce.state);
      }),
      { numRuns: 5 },
    );
  });

  it("of the whole past at last is as if it had come first", () => {
    const windows = monthly(3);
    const end = START + 100 * DAY;
    const whole = { ...input({ windows, now: end }), samples: sampled(START, end, (at) => loadAt(at, windows)) };
    const newest = { ...whole, samples: [...whole.samples].filter(([at]) => at >= end - 42 * DAY) };
    const few = learn(undefined, newest).state;
    expect(few.windows.map(({ period }) => period)).toEqual(["2027-02", "2027-03"]);
    expect(learn(few, whole)).toEqual(learn(undefined, whole));
    expect(learn(learn(undefined, whole).state, newest)).toEqual(learn(undefined, whole));
  });

  it("keeps windows from before its samples, such as imported ones", () => {
    const early = learn(undefined, input({ windows: monthly(1), now: START + 40 * DAY })).state;
    const imported = { ...early, usual: [], holidays: [] };
    const later = sampled(START + 45 * DAY, START + 60 * DAY, (at) => loadAt(at, monthly(1)));
    const { state } = learn(imported, { ...input({ windows: monthly(1), now: START + 60 * DAY }), samples: later });
    expect(state.windows).toEqual(early.windows);
  });

  it("from no sample is nothing, and later what was known before", () => {
    expect(learn(undefined, input({ samples: [] })).state).toEqual(emptyState("UTC"));
    const { state } = learn(undefined, input());
    expect(learn(state, input({ samples: [], now: START + 71 * DAY })).state).toEqual(state);
  });

  it("does not look at what lies after now", () => {
    const now = START + 40 * DAY;
    const whole = input({ now });
    const poisoned = [...whole.samples, ...sampled(now + 1, now + 30 * DAY, () => 1e9)];
    expect(learn(undefined, { ...whole, samples: poisoned })).toEqual(learn(undefined, whole));
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])("takes a sample of %s for a gap", (value) => {
    const whole = input();
    const bad = [...whole.samples].map((sample) => (isBroken(sample) ? ([sample[0], value] as const) : sample));
    const gaps = [...whole.samples].filter((sample) => !isBroken(sample));
    expect(learn(undefined, { ...whole, samples: bad }).state).toEqual(
      learn(undefined, { ...whole, samples: gaps }).state,
    );
  });

  it("leaves events and outages out, of windows as well, and an outage in the last hours makes loads lower bounds", () => {
    const [window] = monthly(1);
    const deadline = window?.deadline ?? 0;
    const event = { from: deadline - 8 * DAY, to: deadline - 7 * DAY };
    const outage = { from: deadline - 4 * HOUR_MS, to: deadline - 2 * HOUR_MS };
    const odd = (at: number): boolean => [event, outage].some(({ from, to }) => at >= from && at < to);
    const all = input({ events: [event], outages: [outage] });
    const samples = [...all.samples].map(([at, value]) => [at, odd(at) ? 3 : value] as const);
    const [learnt] = learn(undefined, { ...all, samples }).state.windows;
    expect(learnt?.load.slice(0, 6)).toEqual([500, 479, null, null, 427, 413]);
    expect(learnt?.load.slice(168, 192).every((load) => load === null)).toBe(true);
    expect(learnt?.censored).toBe(true);
  });

  it("keeps public holidays apart from usual days", () => {
    const holidays = everyNinth;
    const samples = sampled(START, START + 30 * DAY, (at) => (holidays(Math.floor(at / DAY)) ? 7 : 50));
    const { state } = learn(undefined, { ...input({ windows: [], now: START + 30 * DAY, holidays }), samples });
    expect(state.baseline?.levels.every((level) => level === 50)).toBe(true);
    expect(state.baseline?.holidays).toEqual(Array.from({ length: 24 }, () => 7));
  });

  it("moves with a deadline that is moved while the window is open", () => {
    const windows = monthly(1);
    const moved = windows.map((window) => ({ ...window, deadline: window.deadline + 2 * DAY }));
    const valueAt = (at: number): number => loadAt(at, moved);
    const now = START + 27 * DAY;
    const before = learn(undefined, { ...input({ windows, now }), samples: sampled(START, now, valueAt) }).state;
    const later = START + 40 * DAY;
    const samples = sampled(before.learntUntil, later, valueAt);
    const pieces = learn(before, { ...input({ windows: moved, now: later }), samples }).state;
    const atOnce = learn(undefined, {
      ...input({ windows: moved, now: later }),
      samples: sampled(START, later, valueAt),
    });
    expect(pieces.windows).toEqual(atOnce.state.windows);
  });

  it("tells the extension of a moved deadline from the window before it", () => {
    const [window] = monthly(1);
    if (!window) throw new Error("no window");
    const extension = { ...window, opens: window.deadline, deadline: window.deadline + 2 * DAY };
    const { state } = learn(undefined, input({ windows: [window, extension] }));
    expect(state.windows.map(({ type }) => type)).toEqual(["monthly", "monthly extended"]);
  });

  it("counts gaps, and learns the windows it can compare with something", () => {
    const windows = monthly(2);
    const samples = sampled(START + 60 * DAY, START + 70 * DAY, (at) => loadAt(at, windows)).filter(
      ([at]) => at < START + 61 * DAY || at >= START + 61.5 * DAY,
    );
    const { state, findings } = learn(undefined, { ...input({ windows }), samples });
    expect(findings).toMatchObject({ gaps: 12, windowsSeen: 0 });
    expect(state.windows).toEqual([]);
  });
});
