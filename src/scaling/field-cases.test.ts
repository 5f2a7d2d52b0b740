import { describe, expect, it } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import {
  DAY,
  HOUR,
  MINUTE,
  missing,
  partial,
  recurrenceOf,
  S0,
  SECOND,
  value,
  World,
} from "../../test/support/scaling-world.ts";
import { VectorAnswer, type Answer } from "../prometheus/answer.ts";
import type { Reading } from "../prometheus/reading.ts";
import { selectSample } from "../prometheus/select.ts";
import { scheduleSource } from "./sources.ts";

/**
 * Bugs of other scalers, as far as a decision can have them. Each world is S0: a Deployment, 2 to 20 replicas, 100
 * requests/s a replica, an evaluation each 30 s, decreases after 300 s, 6 replicas after three failures.
 */

const utc = (text: string): number => Date.parse(`${text}Z`);
const plain = (replicas: number): World => new World(new LiveField("Scale", replicas), utc("2027-01-12T08:00"));

/** What a sample string of Prometheus is read as. */
function sample(text: string): Reading {
  return selectSample(new VectorAnswer([{ labels: {}, at: 0, value: text }], 0));
}

describe("B01: a sample that is no finite number", () => {
  it("changes nothing, counts as a failure, and never becomes 1 replica", () => {
    const world = plain(8);
    const counts = ["800", "NaN", "+Inf", "-Inf", "", "1e309", "1200"].flatMap((text) => world.watch(1, sample(text)));
    expect(counts).toEqual([8, 8, 8, 8, 8, 8, 12]);
  });

  it.each(["NaN", "+Inf", "-Inf", "", "1e309"])("is no reading: %j", (text) => {
    expect(sample(text)).toMatchObject({ ok: false, reason: "InvalidSample" });
  });
});

describe("B13: an answer without numbers at the peak", () => {
  it("is no zero: 14 replicas stay 14 for 20 evaluations", () => {
    expect(plain(14).watch(20, missing)).toEqual(Array(20).fill(14));
  });

  it("raises 4 replicas to the fallback of 6 at the third failure; one good answer starts the count anew", () => {
    const world = plain(4);
    expect(world.watch(3, missing)).toEqual([4, 4, 6]);
    expect(plain(4).watch(2, missing)).toEqual([4, 4]);
    const interrupted = plain(4);
    interrupted.watch(2, missing);
    interrupted.watch(1, value(400));
    expect(interrupted.watch(3, missing)).toEqual([4, 4, 6]);
  });

  it("is a zero only where emptyMeansZero says so, and then ends at 2 after 300 s", () => {
    const empty: Answer = new VectorAnswer([], 0);
    expect(selectSample(empty)).toMatchObject({ ok: false, reason: "NoData" });
    const counts = plain(14).watch(12, selectSample(empty, {}, { emptyMeansZero: true }));
    expect(counts).toEqual([...Array(10).fill(14), 2, 2]);
  });
});

describe("B15: a window that starts Monday to Friday and ends every day", () => {
  /** `30 6 * * 1-5` and `10 22 * * *` in Prague, which is one hour ahead of UTC in January. */
  const prague = recurrenceOf(
    Array.from({ length: 31 }, (_, index) => utc("2027-01-01T00:00") + index * DAY).flatMap((day) => {
      const end = { at: day + 21 * HOUR + 10 * MINUTE, start: false };
      const weekend = [0, 6].includes(new Date(day).getUTCDay());
      return weekend ? [end] : [{ at: day + 5 * HOUR + 30 * MINUTE, start: true }, end];
    }),
  );

  it("is not busy all weekend, also after a restart on Saturday", () => {
    const world = plain(2);
    world.observed = { sources: [scheduleSource("office", 10, prague)] };
    world.now = utc("2027-01-15T12:00");
    const seen: [string, number][] = [];
    while (world.now < utc("2027-01-18T06:00")) {
      const [replicas = 0] = world.watch(1, value(200));
      if (world.now === utc("2027-01-16T12:00")) world.restart();
      if (seen.at(-1)?.[1] !== replicas) seen.push([new Date(world.now).toISOString().slice(5, 19), replicas]);
    }
    expect(seen).toEqual([
      ["01-15T12:00:30", 10],
      ["01-15T21:10:00", 2],
      ["01-18T05:20:00", 10],
    ]);
  });
});

describe("B17: an answer that lacks a part", () => {
  it("lowers nothing, raises what it asks for, and the wait of 300 s starts with the first complete answer", () => {
    const world = plain(16);
    expect(world.watch(20, partial(400))).toEqual(Array(20).fill(16));
    expect(world.watch(1, partial(1900))).toEqual([19]);
    expect(world.watch(12, value(400))).toEqual([...Array(10).fill(19), 4, 4]);
  });
});

describe("B23: one of two signals is missing", () => {
  it("lets the other raise and not lower", () => {
    const world = plain(3);
    const { fallback: _, ...settings } = S0;
    world.settings = settings;
    expect(world.watch(20, value(100), missing)).toEqual(Array(20).fill(3));
    expect(world.watch(20, value(500), missing)).toEqual(Array(20).fill(5));
  });
});

describe("B25: a window outside its hours", () => {
  // London in the last week of the first quarter, on UTC+1.
  const weekdays = recurrenceOf(
    ["2027-03-30", "2027-03-31", "2027-04-01"].flatMap((day) => [
      { at: utc(`${day}T08:00`), start: true },
      { at: utc(`${day}T16:00`), start: false },
    ]),
  );
  const quarterEnd = recurrenceOf([
    { at: utc("2027-03-30T23:00"), start: true },
    { at: utc("2027-03-31T23:00"), start: false },
  ]);
  const a = scheduleSource("a", 6, weekdays);
  const b = scheduleSource("b", 12, quarterEnd);

  it.each([
    ["only A, demand 3", "2027-03-30T10:00", 300, 6],
    ["A and B, demand 3", "2027-03-31T10:00", 300, 12],
    ["neither, demand 5", "2027-04-01T20:00", 500, 5],
    ["neither, demand 0", "2027-04-01T20:00", 0, 2],
  ])("has no vote: %s", (_, at, requests, expected) => {
    const world = plain(2);
    world.now = utc(at);
    world.observed = { sources: [a, b] };
    expect(world.watch(20, value(requests)).at(-1)).toBe(expected);
  });

  it("can be deleted while another is active", () => {
    const world = plain(2);
    world.now = utc("2027-03-30T10:00");
    world.observed = { sources: [a, b] };
    world.watch(5, value(300));
    world.observed = { sources: [a] };
    expect(world.watch(20, value(300))).toEqual(Array(20).fill(6));
  });
});

describe("B29: a recommendation that was held back", () => {
  const windows = { stabilizationUpMs: 300 * SECOND, stabilizationDownMs: 600 * SECOND };

  it("is no target of its own: 17 stay 17 although 21 were asked for nine minutes ago (a)", () => {
    const world = plain(17);
    world.settings = { ...S0, maxReplicas: 30, ...windows };
    world.look(0, value(2100));
    const counts = world.watch(60, value(1400));
    expect(Math.max(...counts)).toBe(17);
    expect(counts.slice(0, 19)).toEqual(Array(19).fill(17));
    expect(counts.at(-1)).toBe(14);
  });

  it("raises nothing in the minute after it (b)", () => {
    const world = plain(2);
    world.settings = { ...S0, ...windows };
    expect([world.watch(1, value(300)), world.watch(1, value(100))].flat()).toEqual([2, 2]);
  });
});

describe("B35: a manifest that takes the replicas away", () => {
  const office = recurrenceOf([{ at: utc("2027-01-12T00:00"), start: true }]);

  it("without the field: 12 are back at the next look (a)", () => {
    const world = plain(2);
    world.field.clientApply(2);
    world.observed = { sources: [scheduleSource("office", 12, office)] };
    expect(world.watch(1, value(100))).toEqual([12]);
    world.field.clientApply(undefined);
    expect(world.replicas).toBe(1);
    expect(world.watch(1, value(100))).toEqual([12]);
  });

  it("again and again: after two resets nothing more is written, and the writer is named (b)", () => {
    const world = plain(2);
    world.observed = { sources: [scheduleSource("office", 12, office)] };
    world.look(0, value(100));
    const looks = Array.from({ length: 15 }, () => {
      world.field.update("argocd-controller", 2);
      return world.look(20 * SECOND, value(100)).field;
    });
    expect(looks.map((field) => field?.write !== undefined)).toEqual([true, ...Array(14).fill(false)]);
    expect(looks.at(-1)).toMatchObject({ applied: false, reason: "Contested" });
    expect(looks.at(-1)?.message).toContain("held at 2 by argocd-controller, 12 are recommended");
    expect(looks.at(-1)?.message).toContain("RespectIgnoreDifferences=true");
  });
});
