import { describe, expect, test } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import { DAY, HOUR, MINUTE, recurrenceOf, S0, SECOND, value, World } from "../../test/support/scaling-world.ts";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import { regimeCalendar } from "../calendar/regimes/regimes.ts";
import { holdsUntil } from "../calendar/window.ts";
import { windowsOf } from "../calendar/windows.ts";
import { neededAt, type PlanSource } from "./plan.ts";
import { scheduleSource, windowSource } from "./sources.ts";

/** Bugs of other scalers again, with the windows of real regimes in the place of fixed hours. */

const utc = (text: string): number => Date.parse(`${text}Z`);

/** The windows of a regime in 2026, each of which needs so many replicas from its opening to the end of its hold. */
function sourcesOf(code: string, replicas: number, more: Partial<FilingCalendarSpec> = {}): PlanSource[] {
  const calendar = { ...regimeCalendar(code)!, ...more };
  const { windows } = windowsOf(calendar, code, { from: utc("2025-12-01"), to: utc("2027-04-01") });
  return windows.map((window) => {
    const { calendar: of, name = "", opens, deadline } = window;
    const heldMs = holdsUntil(window, DAY) - deadline;
    return windowSource({ name: `${of} ${name}`, opens, deadline }, heldMs, { peakIn: () => replicas }, 1);
  });
}

describe("B25: the windows of a regime have no vote outside of their days", () => {
  const china = sourcesOf("CN", 12);
  const britain = sourcesOf("GB", 6);
  const office = scheduleSource(
    "office",
    9,
    recurrenceOf([
      { at: utc("2026-05-04T09:00"), start: true },
      { at: utc("2026-05-04T17:00"), start: false },
    ]),
  );

  test.each([
    ["both are open", "2026-03-03T10:00", 12],
    ["Britain's is over and held for a day", "2026-03-08T12:00", 12],
    ["China's alone, to the end of the 16th in Shanghai", "2026-03-16T15:59", 12],
    ["China's is held for a day", "2026-03-17T15:59", 12],
    ["none", "2026-03-17T16:00", 2],
    ["none, to the last second before China's opens", "2026-03-31T15:59", 2],
    ["China's opens at midnight in Shanghai", "2026-03-31T16:00", 12],
  ])("%s", (_, at, expected) => {
    expect(neededAt([...china, ...britain], 2, utc(at))).toBe(expected);
  });

  test("of several open at once the strongest counts, and one more changes nothing below it", () => {
    expect(neededAt([...britain, office], 2, utc("2026-05-04T10:00"))).toBe(9);
    expect(neededAt([...china, ...britain, office], 2, utc("2026-05-04T10:00"))).toBe(12);
    expect(neededAt([...britain, office], 2, utc("2026-05-04T20:00"))).toBe(6);
  });

  test("a calendar that does not move past weekends does not move past those of another", () => {
    // Saturday 7 February: the British day stays, and the day's grace after it.
    expect(neededAt(britain, 2, utc("2026-02-07T23:59"))).toBe(6);
    expect(neededAt(britain, 2, utc("2026-02-09T00:00"))).toBe(2);
  });

  test("the peak is not given back at the unshifted day: the February of 2026 ends on the 24th", () => {
    const world = new World(new LiveField("Scale", 12), utc("2026-02-16T08:00"));
    world.observed = { sources: china };
    expect(new Set(world.watch(60, value(100)))).toEqual(new Set([12]));
    world.now = utc("2026-02-25T15:50");
    expect(new Set(world.watch(10, value(100)))).toEqual(new Set([12]));
    world.now = utc("2026-02-25T16:01");
    const after = world.watch(400, value(100));
    expect(after.at(-1)).toBe(2);
    // A fifth at a time.
    expect(after[0]).toBe(10);
  });

  test("a provisional window is held for twelve days more: China's January of 2027 is not announced", () => {
    expect(neededAt(china, 2, utc("2027-01-27T15:59"))).toBe(12);
    expect(neededAt(china, 2, utc("2027-01-28T15:59"))).toBe(12);
    expect(neededAt(china, 2, utc("2027-01-28T16:00"))).toBe(2);
  });

  test("a deadline that is moved at 23:00 on the last day, or two days after it, opens the window again", () => {
    const override = {
      period: "2026-03",
      deadline: "2026-03-20",
      announcedAt: "2026-03-18T02:00:00Z",
      source: "press",
    };
    const moved = sourcesOf("CN", 12, { overrides: [override] });
    expect(neededAt(moved, 2, utc("2026-03-18T12:00"))).toBe(12);
    expect(neededAt(moved, 2, utc("2026-03-21T15:59"))).toBe(12);
    expect(neededAt(moved, 2, utc("2026-03-21T16:00"))).toBe(2);
  });

  test("one that is moved back is held until the later of the two, and a day", () => {
    const override = { period: "2026-10", deadline: "2026-10-20", source: "press" };
    const moved = sourcesOf("CN", 12, { overrides: [override] });
    expect(neededAt(moved, 2, utc("2026-10-27T15:59"))).toBe(12);
    expect(neededAt(moved, 2, utc("2026-10-27T16:00"))).toBe(2);
  });
});

describe("B29: after a window, what was asked for in it is no target", () => {
  const china = sourcesOf("CN", 17);
  const settings = { ...S0, maxReplicas: 30, stabilizationUpMs: 300 * SECOND, stabilizationDownMs: 600 * SECOND };

  test("17 of the window are not raised to the 21 of nine minutes ago, and go down from there (a)", () => {
    // A minute before the hold of October ends, which was put off from the 15th to the 26th.
    const world = new World(new LiveField("Scale", 17), utc("2026-10-27T15:59"));
    world.settings = settings;
    world.observed = { sources: china };
    world.look(0, value(2100));
    const counts = world.watch((4 * HOUR) / (30 * SECOND), value(1400));
    expect(Math.max(...counts)).toBe(17);
    expect(counts.at(-1)).toBe(14);
  });

  test("between windows 2 stay 2 in the minute of the peak and in the one after it (b)", () => {
    const world = new World(new LiveField("Scale", 2), utc("2026-10-30T08:00") + MINUTE);
    world.settings = settings;
    world.observed = { sources: china };
    expect([world.watch(1, value(300)), world.watch(1, value(100))].flat()).toEqual([2, 2]);
  });
});
