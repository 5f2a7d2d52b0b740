import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Baseline } from "./baseline.ts";
import { learnBaseline } from "./learn-baseline.ts";
import { HOUR_MS } from "./local-hours.ts";

const DAY = 24 * HOUR_MS;
const WEEK = 7 * DAY;
/** A Monday. */
const MONDAY = Date.parse("2027-01-04T00:00:00Z");
const STEP = 300_000;

type Sample = readonly [at: number, value: number];

/** Samples every five minutes in [from, to). */
function sampled(from: number, to: number, valueAt: (at: number) => number): Sample[] {
  return Array.from({ length: (to - from) / STEP }, (_, index) => {
    const at = from + index * STEP;
    return [at, valueAt(at)] as const;
  });
}

function learn(samples: readonly Sample[], options: Parameters<typeof learnBaseline>[1] = {}): Baseline {
  const baseline = learnBaseline(samples, options);
  if (!baseline) throw new Error("no baseline");
  return baseline;
}

const hourOf = (at: number): number => new Date(at).getUTCHours();

describe("a baseline", () => {
  it("repeats each hour of the week at the 95th percentile of its samples", () => {
    const level = (at: number): number => Math.floor((at % WEEK) / HOUR_MS) * 100;
    const baseline = learn(sampled(MONDAY - 6 * WEEK, MONDAY, (at) => level(at) + (at % HOUR_MS) / STEP));
    expect(baseline.profile).toMatchObject({ hours: 6 * 168, points: 6 * 2_016, sufficient: true });
    expect(baseline.description).toBe("1008 h of history outside of windows and events (12096 samples)");
    for (let at = MONDAY; at < MONDAY + WEEK; at += HOUR_MS) {
      expect(baseline.at(at)).toBeCloseTo(level(at) + 11 * 0.95, 9);
    }
  });

  it("follows the newer weeks when they agree, and no single one", () => {
    const inWeek = (values: readonly number[]): Baseline =>
      learn(
        values.flatMap((value, week) =>
          sampled(MONDAY - (values.length - week) * WEEK, MONDAY - (values.length - week - 1) * WEEK, () => value),
        ),
      );
    expect(inWeek([10, 10, 10, 10, 10, 50]).at(MONDAY)).toBe(10);
    expect(inWeek([10, 10, 10, 50, 50, 50]).at(MONDAY)).toBe(50);
    expect(inWeek([90, 90, 90, 90, 90, 90, 90, 90, 10, 10, 10, 10]).at(MONDAY)).toBe(10);
  });

  it("takes hours that differ from week to week for what their day and hour of day say, not for the luckiest", () => {
    const samples = sampled(MONDAY - 6 * WEEK, MONDAY, (at) => {
      const hour = Math.floor(at / HOUR_MS);
      return (hourOf(at) < 8 ? 10 : 100) * (1 + 0.9 * Math.sin(hour ** 2));
    });
    const busy = learn(samples).profile.levels.filter((_, slot) => slot % 24 >= 8);
    expect(Math.max(...busy)).toBeLessThan(160);
  });

  it("knows nothing of windows and events, and looks further back instead", () => {
    const window = { from: MONDAY - 3 * WEEK, to: MONDAY - WEEK };
    const samples = sampled(MONDAY - 6 * WEEK, MONDAY, (at) => (at >= window.from && at < window.to ? 9_000 : 10));
    expect(learn(samples, { exclude: [window] }).at(MONDAY)).toBe(10);
    expect(learn(samples, { exclude: [window] }).profile.points).toBe(4 * 2_016);
  });

  it("reads the hours on the wall of its zone, over a change of the clock too", () => {
    const wall = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", hourCycle: "h23" });
    const berlin = (at: number): number => Number(wall.format(at));
    const change = Date.parse("2027-03-28T01:00:00Z");
    const baseline = learn(sampled(change - 4 * WEEK, change - HOUR_MS, berlin), { zone: "Europe/Berlin" });
    for (let at = change - DAY; at < change + WEEK; at += HOUR_MS / 2) expect(baseline.at(at)).toBe(berlin(at));
  });

  it("starts a new hour where the zone does", () => {
    const halves = learn(sampled(MONDAY - WEEK, MONDAY, hourOf), { zone: "Asia/Kathmandu" });
    expect(halves.nextChange(MONDAY)).toBe(MONDAY + 15 * 60_000);
    const lordHowe = learn(sampled(MONDAY - WEEK, MONDAY, hourOf), { zone: "Australia/Lord_Howe" });
    const back = Date.parse("2027-04-03T15:00:00Z");
    expect(lordHowe.nextChange(back - 60_000)).toBe(back);
    expect(lordHowe.nextChange(back)).toBe(back + HOUR_MS / 2);
  });

  it.each([
    ["an hour that was never seen, by the hours beside it", [2, 2], 17],
    ["hours that were never seen, by the same hour of other days", [1, 3], 10],
  ])("fills %s", (_name, [first, last], value) => {
    const missing = (at: number): boolean => {
      const slot = Math.floor(((((at - MONDAY) % WEEK) + WEEK) % WEEK) / HOUR_MS);
      return slot >= (first ?? 0) && slot <= (last ?? 0);
    };
    const samples = sampled(MONDAY - 3 * WEEK, MONDAY, (at) => ({ 1: 14, 3: 20 })[hourOf(at)] ?? 10).filter(
      ([at]) => !missing(at),
    );
    expect(learn(samples).at(MONDAY + 2 * HOUR_MS)).toBe(value);
  });

  it("uses working days for the weekend as long as it has seen none, and the median for hours never seen", () => {
    const office = sampled(MONDAY, MONDAY + 5 * DAY, hourOf).filter(([at]) => hourOf(at) >= 8);
    const baseline = learn(office);
    expect(baseline.at(MONDAY + 5 * DAY + 12 * HOUR_MS)).toBe(12);
    expect(baseline.at(MONDAY + 3 * HOUR_MS)).toBe(15.5);
  });

  it("of less than a day is the median of what there is, and says so", () => {
    const baseline = learn(sampled(MONDAY, MONDAY + 3 * HOUR_MS, (at) => (at < MONDAY + HOUR_MS ? 1_000 : 50)));
    expect(baseline.at(MONDAY)).toBe(50);
    expect(baseline.nextChange(MONDAY)).toBe(Number.POSITIVE_INFINITY);
    expect(baseline.profile).toMatchObject({ sufficient: false, hours: 3, points: 36 });
    expect(baseline.description).toBe(
      "3 h of history outside of windows and events (36 samples), 24 h are needed; expecting their median at all hours",
    );
  });

  it("is sufficient from a day on", () => {
    expect(learn(sampled(MONDAY, MONDAY + DAY - HOUR_MS, hourOf)).profile.sufficient).toBe(false);
    expect(learn(sampled(MONDAY, MONDAY + DAY, hourOf)).profile.sufficient).toBe(true);
  });

  it("does not exist without samples", () => {
    expect(learnBaseline([])).toBeUndefined();
    expect(
      learnBaseline([
        [MONDAY, Number.NaN],
        [MONDAY, -1],
        [Number.NaN, 5],
      ]),
    ).toBeUndefined();
    expect(learnBaseline([[MONDAY, 5]], { exclude: [{ from: MONDAY, to: MONDAY + 1 }] })).toBeUndefined();
  });

  it("is stored in two kilobytes at most", () => {
    const baseline = learn(sampled(MONDAY - 2 * WEEK, MONDAY, (at) => 1e6 * (1 + Math.sin(at))));
    const text = JSON.stringify(baseline);
    expect(text.length).toBeLessThan(2_048);
    const restored = new Baseline(JSON.parse(text));
    for (let at = MONDAY; at < MONDAY + WEEK; at += HOUR_MS) {
      expect(Math.abs(restored.at(at) / baseline.at(at) - 1)).toBeLessThan(1e-3);
    }
  });
});

describe("whatever the samples", () => {
  const value = fc.oneof(fc.double({ min: 0, max: 1e9 }), fc.double(), fc.constantFrom(Number.NaN, -1, 0));
  const at = fc.oneof(fc.integer({ min: MONDAY - 8 * WEEK, max: MONDAY }), fc.double());
  const samples = fc.array(fc.tuple(at, value), { maxLength: 300 });
  const span = fc.tuple(fc.integer({ min: MONDAY - 8 * WEEK, max: MONDAY }), fc.integer({ min: 0, max: WEEK }));
  const exclude = fc.array(
    span.map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 3 },
  );
  const zone = fc.constantFrom("UTC", "Asia/Shanghai", "Asia/Kathmandu", "America/Sao_Paulo", "Australia/Lord_Howe");
  it("each level lies between the smallest and the largest sample and is a number", () => {
    fc.assert(
      fc.property(samples, exclude, zone, (all, excluded, inZone) => {
        const baseline = learnBaseline(all, { zone: inZone, exclude: excluded });
        const used = all.map(([, each]) => each).filter((each) => each >= 0 && each < Number.POSITIVE_INFINITY);
        const levels = baseline?.profile.levels ?? [];
        expect(levels.every((level) => level >= Math.min(...used) && level <= Math.max(...used))).toBe(true);
        expect([0, 1, 168]).toContain(levels.length);
      }),
    );
  });

  it("their order does not matter", () => {
    const shuffled = samples.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, zone, ([all, other], inZone) => {
        expect(learnBaseline(other, { zone: inZone })?.profile).toEqual(learnBaseline(all, { zone: inZone })?.profile);
      }),
    );
  });
});
