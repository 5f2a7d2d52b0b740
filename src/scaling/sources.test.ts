import { describe, expect, it } from "vitest";
import { DAY, HOUR, MINUTE, recurrenceOf } from "../../test/support/scaling-world.ts";
import { planAt } from "./plan.ts";
import {
  fixedEventSource,
  forecastEventSource,
  scheduleSource,
  windowSource,
  type ExpectedDemand,
  type Recurrence,
} from "./sources.ts";

const utc = (text: string): number => Date.parse(`${text}Z`);

/** `30 6 * * 1-5` and `10 22 * * *` in Prague's winter (UTC+1), January 2027. */
const prague = recurrenceOf(
  Array.from({ length: 31 }, (_, index) => utc("2027-01-01T00:00") + index * DAY).flatMap((day) => {
    const weekday = new Date(day).getUTCDay();
    const end = { at: day + 21 * HOUR + 10 * MINUTE, start: false };
    return weekday === 0 || weekday === 6 ? [end] : [{ at: day + 5.5 * HOUR, start: true }, end];
  }),
);

describe("a schedule that starts on weekdays and ends every day (B15)", () => {
  const source = scheduleSource("office", 10, prague);
  const lead = 10 * MINUTE;

  it.each([
    ["Friday, just before its end", "2027-01-15T21:09:59", 10],
    ["Friday, at its end", "2027-01-15T21:10:00", 2],
    ["Saturday noon", "2027-01-16T12:00:00", 2],
    ["Sunday, before the end that ends nothing", "2027-01-17T21:09:00", 2],
    ["Sunday, after it", "2027-01-17T21:11:00", 2],
    ["Monday, before the lead", "2027-01-18T05:19:59", 2],
    ["Monday, a lead ahead", "2027-01-18T05:20:00", 10],
    ["Monday, at its start", "2027-01-18T05:30:00", 10],
  ])("%s (%sZ) asks for %d", (_, at, replicas) => {
    expect(planAt([source], 2, utc(at), lead).replicas).toBe(replicas);
  });

  it("has its starts and ends as boundaries", () => {
    const range = [utc("2027-01-15T12:00"), utc("2027-01-18T12:00")] as const;
    const listed = source.boundaries(...range).map((at) => new Date(at).toISOString().slice(5, 16));
    expect(listed).toEqual(["01-15T12:00", "01-15T21:10", "01-16T21:10", "01-17T21:10", "01-18T05:30"]);
  });
});

describe("scheduleSource", () => {
  it("needs its number if it is active at any moment of a span, ends included", () => {
    const source = scheduleSource(
      "x",
      6,
      recurrenceOf([
        { at: 100, start: true },
        { at: 110, start: false },
      ]),
    );
    expect(source.need(0, 99)).toBe(0);
    expect(source.need(0, 100)).toBe(6);
    expect(source.need(109, 500)).toBe(6);
    expect(source.need(110, 500)).toBe(0);
  });

  it("ends where a recurrence does not move on", () => {
    const stuck: Recurrence = { at: (time) => ({ active: false, until: time }) };
    const source = scheduleSource("x", 6, stuck);
    expect(source.need(0, 1_000)).toBe(0);
    expect(source.boundaries(0, 1_000)).toEqual([0]);
  });

  it("is exact and has no ramp", () => {
    expect(scheduleSource("x", 6, prague)).toMatchObject({ reason: "schedule x", release: "exact" });
    expect(scheduleSource("x", 6, prague)).not.toHaveProperty("peak");
  });
});

describe("schedules beside each other (B25)", () => {
  // A: Monday to Friday 09:00-17:00; B: the last day of the quarter; London is on UTC in January and on UTC+1 in March.
  const officeDays = ["2027-03-30", "2027-03-31", "2027-04-01"];
  const a = scheduleSource(
    "a",
    6,
    recurrenceOf(
      officeDays.flatMap((day) => [
        { at: utc(`${day}T08:00`), start: true },
        { at: utc(`${day}T16:00`), start: false },
      ]),
    ),
  );
  const b = scheduleSource(
    "b",
    12,
    recurrenceOf([
      { at: utc("2027-03-30T23:00"), start: true },
      { at: utc("2027-03-31T23:00"), start: false },
    ]),
  );

  it.each([
    ["only A", "2027-03-30T10:00", 6, "schedule a"],
    ["A and B", "2027-03-31T10:00", 12, "schedule b"],
    ["only B", "2027-03-31T20:00", 12, "schedule b"],
    ["neither", "2027-04-01T20:00", 2, "base"],
  ])("%s: at %sZ", (_, at, replicas, reason) => {
    expect(planAt([a, b], 2, utc(at), 0)).toMatchObject({ replicas, reason });
  });

  it("do not need each other: without B nothing changes while A alone is active", () => {
    const at = utc("2027-03-30T10:00");
    expect(planAt([a], 2, at, 0)).toEqual(planAt([a, b], 2, at, 0));
  });
});

describe("fixedEventSource", () => {
  const source = fixedEventSource("double-11", { start: 100, end: 200 }, 40);

  it.each([
    [0, 99, 0],
    [0, 100, 40],
    [199, 300, 40],
    [200, 300, 0],
  ])("in [%d, %d] needs %d: its end is not part of it", (from, to, expected) => {
    expect(source.need(from, to)).toBe(expected);
  });

  it("is exact, with its two ends as boundaries", () => {
    expect(source).toMatchObject({ reason: "event double-11", release: "exact" });
    expect(source.boundaries(0, 150)).toEqual([100]);
    expect(source.boundaries(100, 200)).toEqual([100, 200]);
  });
});

/** Demand as a function of time; its peak over a span, looked up in a thousand steps. */
function demandOf(expected: (at: number) => number): ExpectedDemand {
  return {
    peakIn(from, to) {
      const step = (to - from) / 1_000;
      return Math.max(...Array.from({ length: 1_001 }, (_, index) => expected(from + index * step)));
    },
  };
}

describe("forecastEventSource", () => {
  const rising = demandOf((at) => (at < 2_000 ? at : 90_000));
  const source = forecastEventSource("sale", { start: 1_000, end: 2_000 }, rising, 100);

  it.each([
    [0, 999, 0],
    [0, 1_000, 10],
    [0, 1_500, 15],
    [0, 5_000, 20],
    [1_999, 5_000, 20],
    [2_000, 5_000, 0],
  ])("in [%d, %d] needs %d: only the demand inside it counts", (from, to, expected) => {
    expect(source.need(from, to)).toBe(expected);
  });

  it("goes down by steps and up by a ramp to its own peak", () => {
    expect(source.release).toBe("stepped");
    expect(source.peak?.(0)).toBe(20);
  });

  it("keeps its boundaries inside the range", () => {
    expect(source.boundaries(1_200, 1_400).every((at) => at >= 1_200 && at <= 1_400)).toBe(true);
    expect(source.boundaries(0, 5_000)).toEqual(expect.arrayContaining([1_000, 2_000]));
    expect(source.boundaries(3_000, 4_000)).toEqual([]);
  });
});

/** The plan over a window of this length and the grace after it, at the same hundredths of it. */
function shape(lengthMs: number): number[] {
  const end = 1_000 * DAY;
  const law = demandOf((at) => 700 * (1 + 2 / ((15 * Math.max(0, end - at)) / lengthMs + 1) ** 1.3));
  const window = windowSource({ name: "w", opens: end - lengthMs, deadline: end }, lengthMs / 15, law, 100);
  return Array.from({ length: 110 }, (_, index) => {
    const at = end - lengthMs + (index * lengthMs) / 100;
    return planAt([window], 2, at, lengthMs / 1_000).replicas;
  });
}

describe("windowSource", () => {
  const deadline = utc("2027-02-15T22:00");
  const opens = deadline - 14 * DAY;
  const grace = 24 * HOUR;

  /** 1,000 requests/s in the day, 200 at night; three times as much on the last day, and wild after the deadline. */
  const demand = demandOf((at) => {
    const usual = at % DAY > 6 * HOUR && at % DAY < 18 * HOUR ? 1_000 : 200;
    return at > deadline ? 90_000 : at >= deadline - DAY ? 3 * usual : usual;
  });
  const source = windowSource({ name: "cn-vat 2027-01", opens, deadline }, grace, demand, 100);

  it.each([
    ["before it opens", opens - HOUR, 0],
    ["when it opens", opens, 2],
    ["by day", deadline - 3 * DAY + 12 * HOUR, 10],
    ["at night too, since the level is held", deadline - 3 * DAY, 10],
    ["on the last day", deadline - 12 * HOUR, 30],
    ["at the deadline", deadline, 30],
    ["in the night after it", deadline + 1, 30],
    ["to the end of the grace", deadline + grace - 1, 30],
    ["and no longer", deadline + grace, 0],
  ])("%s", (_, at, expected) => {
    expect(source.need(at, at)).toBe(expected);
  });

  it("asks for the window's level as soon as the lead reaches over the deadline", () => {
    expect(source.need(deadline - MINUTE, deadline + MINUTE)).toBe(30);
  });

  it("looks no further back than it opened", () => {
    const short = windowSource(
      { name: "w", opens: deadline - HOUR, deadline },
      grace,
      demandOf((at) => (at < deadline - HOUR ? 9_900 : 100)),
      100,
    );
    expect(short.need(deadline + 1, deadline + 1)).toBe(1);
  });

  it("goes down by steps and up by a ramp to the window's peak", () => {
    expect(source).toMatchObject({ reason: "window cn-vat 2027-01", release: "stepped" });
    expect(source.peak?.(opens)).toBe(30);
  });

  it("works the weeks behind it out a few times, however often it is looked at", () => {
    const asked: number[] = [];
    const counting: ExpectedDemand = {
      peakIn(from) {
        asked.push(from);
        return 3_000;
      },
    };
    const window = windowSource({ name: "w", opens, deadline }, grace, counting, 100);
    for (let look = 0; look < 100; look += 1) planAt([window], 2, deadline - HOUR, MINUTE);
    expect(asked.filter((from) => from === opens).length).toBeLessThanOrEqual(3);
  });

  it("has its opening, its deadline and the end of the grace as boundaries, and each hour between the first two", () => {
    const all = source.boundaries(opens - DAY, deadline + 3 * DAY);
    expect(all).toEqual(expect.arrayContaining([opens, opens + HOUR, deadline, deadline + grace]));
    expect(all).toHaveLength(14 * 24 + 3);
    expect(source.boundaries(deadline - 90 * MINUTE, deadline - 10 * MINUTE).length).toBeGreaterThan(15);
    expect(source.boundaries(deadline + 2 * grace, deadline + 3 * grace)).toEqual([]);
  });

  it("has boundaries that stay where they are while time goes on", () => {
    const later = [10 * MINUTE, 37 * MINUTE, 5 * HOUR].map((ms) => source.boundaries(opens + ms, deadline));
    const all = source.boundaries(opens, deadline);
    for (const boundaries of later) expect(all).toEqual(expect.arrayContaining([...boundaries]));
  });

  it("has the same shape whether it lasts minutes or weeks", () => {
    expect(shape(10 * MINUTE)).toEqual(shape(15 * DAY));
    expect(new Set(shape(10 * MINUTE)).size).toBeGreaterThan(3);
  });
});
