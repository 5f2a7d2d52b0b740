import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Baseline } from "./baseline.ts";
import { HOUR_MS } from "./local-hours.ts";
import { PriorForecast } from "./prior-forecast.ts";

const DAY = 24 * HOUR_MS;
/** A Monday. */
const MONDAY = Date.parse("2027-01-04T00:00:00Z");

function flat(level: number): Baseline {
  return new Baseline({ zone: "UTC", levels: [level], hours: 1, points: 1, sufficient: false });
}

function weekly(levels: readonly number[], zone = "UTC"): Baseline {
  return new Baseline({ zone, levels, hours: 168, points: 168, sufficient: true });
}

function minutes(count: number): number {
  return MONDAY + count * 60_000;
}

const window = { opens: MONDAY, deadline: MONDAY + 15 * DAY, holdsUntil: MONDAY + 16 * DAY, peakFactor: 3 };
const event = { start: MONDAY + 20 * DAY, end: MONDAY + 21 * DAY, peakFactor: 200 };

describe("the prior forecast", () => {
  const forecast = new PriorForecast({ baseline: flat(100), windows: [window], events: [event] });

  it.each([
    ["the baseline before a window", MONDAY - 1, 100],
    ["the law in a window", MONDAY + 14 * DAY, 100 * (1 + 2 / 2 ** 1.3)],
    ["the peak at the deadline", window.deadline, 300],
    ["the peak while the window is held", window.holdsUntil - 1, 300],
    ["the baseline after the hold", window.holdsUntil, 100],
    ["the baseline before an event", event.start - 1, 100],
    ["the event's factor in an event", event.start, 20_000],
    ["the baseline after an event", event.end, 100],
  ])("expects %s", (_name, at, expected) => {
    expect(forecast.expected(at)).toBeCloseTo(expected, 9);
  });

  it("takes the strongest of windows and events that overlap, not their product", () => {
    const both = new PriorForecast({
      baseline: flat(100),
      windows: [window, { ...window, peakFactor: 5 }],
      events: [{ start: MONDAY, end: MONDAY + 30 * DAY, peakFactor: 2 }],
    });
    expect(both.expected(window.opens)).toBe(200);
    expect(both.expected(window.deadline)).toBe(500);
    expect(both.expected(window.holdsUntil)).toBe(200);
  });

  it.each([
    ["before the deadline, at the end of the range", window.opens, window.deadline - DAY, window.deadline - DAY],
    ["over the deadline, at the deadline", window.opens, window.holdsUntil + DAY, window.deadline],
    ["without a window, at its start", MONDAY - 2 * DAY, MONDAY - DAY, MONDAY - 2 * DAY],
    ["of an event, when it starts", window.opens, event.end, event.start],
    ["of a moment, at the moment", window.opens + 5, window.opens + 5, window.opens + 5],
    ["of a range that is turned round, at its start", MONDAY, MONDAY - DAY, MONDAY],
  ])("peaks %s", (_name, from, to, at) => {
    expect(forecast.peak(from, to)).toEqual({ at, value: forecast.expected(at) });
    expect(forecast.peakIn(from, to)).toBe(forecast.expected(at));
  });

  it("peaks at the end of a busy hour when the window still rises and the next hour is quiet", () => {
    const office = weekly(Array.from({ length: 168 }, (_, hour) => (hour % 24 >= 9 && hour % 24 < 17 ? 50 : 5)));
    const peak = new PriorForecast({ baseline: office, windows: [window] }).peak(MONDAY, MONDAY + 9.5 * DAY);
    expect(peak.at).toBe(MONDAY + 9.5 * DAY);
    const byNight = new PriorForecast({ baseline: office, windows: [window] }).peak(MONDAY, MONDAY + 10 * DAY);
    expect(byNight.at).toBe(MONDAY + 9 * DAY + 17 * HOUR_MS - 1);
  });

  it("is the highest of all moments in the range, and is reached", () => {
    const time = fc.integer({ min: 0, max: 3 * 24 * 60 });
    const factor = fc.double({ min: 0, max: 50 });
    const windows = fc.array(
      fc.tuple(time, time, time, factor).map(([opens, length, hold, peakFactor]) => ({
        opens: minutes(opens),
        deadline: minutes(opens + length),
        holdsUntil: minutes(opens + length + hold),
        peakFactor,
      })),
      { maxLength: 3 },
    );
    const events = fc.array(
      fc.tuple(time, time, factor).map(([start, length, peakFactor]) => ({
        start: minutes(start),
        end: minutes(start + length),
        peakFactor,
      })),
      { maxLength: 2 },
    );
    const levels = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 168, maxLength: 168 });
    const zone = fc.constantFrom("UTC", "Asia/Kathmandu", "Europe/Berlin");
    const range = fc.tuple(time, time).map(([a, b]) => [minutes(Math.min(a, b)), minutes(Math.max(a, b))] as const);
    fc.assert(
      fc.property(fc.tuple(windows, events, levels, zone, range), ([ws, es, week, inZone, [from, to]]) => {
        const prior = new PriorForecast({ baseline: weekly(week, inZone), windows: ws, events: es });
        const peak = prior.peak(from, to);
        expect(peak.at).toBeGreaterThanOrEqual(from);
        expect(peak.at).toBeLessThanOrEqual(to);
        expect(peak.value).toBe(prior.expected(peak.at));
        let highest = 0;
        for (let at = from; at <= to; at += 7 * 60_000) highest = Math.max(highest, prior.expected(at));
        expect(peak.value).toBeGreaterThanOrEqual(highest);
      }),
    );
  });
});
