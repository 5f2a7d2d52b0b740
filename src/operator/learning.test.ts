import { describe, expect, test } from "vitest";
import type { Window } from "../calendar/window.ts";
import type { Point } from "../prometheus/select.ts";
import { capacityOf, isOpen, isOtherwise, unseen, type Learning } from "./learning.ts";

const DAY = 86_400_000;
const STEP = 900_000;
const NOW = Date.parse("2027-01-12T08:00:00Z");
const at = (step: number): number => NOW + step * STEP;

/** A window of the first half of a month. */
const windowOf = (month: string, more: Partial<Window> = {}): Window => ({
  calendar: "vat",
  name: month,
  opens: Date.parse(`${month}-01T00:00:00Z`),
  deadline: Date.parse(`${month}-16T00:00:00Z`),
  grade: "Published",
  ...more,
});
const [november, december, january] = ["2026-11", "2026-12", "2027-01"].map((month) => windowOf(month)) as [
  Window,
  Window,
  Window,
];

describe("windows to look for in the past", () => {
  test.each<[string, Window[], Parameters<typeof unseen>[1], Record<string, number>, string[]]>([
    ["are those that are over", [november, december, january], [], {}, ["2026-11", "2026-12"]],
    [
      "are none that were learnt",
      [november, december],
      [{ calendar: "vat", deadline: december.deadline }],
      {},
      ["2026-11"],
    ],
    [
      "are none of another calendar's date",
      [december],
      [{ calendar: "CN", deadline: december.deadline }],
      {},
      ["2026-12"],
    ],
    ["are none that were looked for", [november, december], [], { vat: december.opens }, ["2026-11"]],
    ["are none that Prometheus can hardly know", [windowOf("2025-10"), december], [], {}, ["2026-12"]],
  ])("%s", (_, windows, learnt, searched, expected) => {
    expect(unseen(windows, learnt, searched, NOW).map(({ name }) => name)).toEqual(expected);
  });
});

describe("a window is in force", () => {
  test.each<[string, Window[], boolean]>([
    ["from its opening on", [january], true],
    ["not before it", [windowOf("2027-02")], false],
    ["not after its deadline", [december], false],
    ["while its deadline may turn out to be later", [{ ...december, heldUntil: NOW + DAY }], true],
  ])("%s", (_, windows, expected) => {
    expect(isOpen(windows, NOW)).toBe(expected);
  });
});

describe("the same samples say something else", () => {
  const before: Learning = { windows: [december], events: [], zone: "UTC", perReplica: 100 };
  const within = { from: NOW - 42 * DAY, to: NOW };

  test.each<[string, Partial<Learning>, boolean]>([
    ["by another clock", { zone: "Asia/Kolkata" }, true],
    ["where a window is gone", { windows: [] }, true],
    ["where a deadline was moved", { windows: [{ ...december, deadline: december.deadline + DAY }] }, true],
    ["where there was an event", { events: [{ from: NOW - 3 * DAY, to: NOW - 2 * DAY }] }, true],
    ["not by a window to come", { windows: [december, windowOf("2027-02")] }, false],
    ["not by a window that is long past", { windows: [windowOf("2026-05"), december] }, false],
    ["not by what a replica serves", { perReplica: 50 }, false],
  ])("%s", (_, changes, expected) => {
    expect(isOtherwise(before, { ...before, ...changes }, within)).toBe(expected);
  });
});

describe("what one replica serves", () => {
  /** Load that goes up and down, and as many replicas as an autoscaler would have for 80 requests/s each. */
  const scaled = Array.from({ length: 2_000 }, (_, step) => {
    const load = 800 + 600 * Math.sin(step / 50);
    return { load: [at(step), load] as Point, ready: [at(step), Math.ceil(load / 80)] as Point };
  });
  const load = scaled.map((one) => one.load);
  const ready = scaled.map((one) => one.ready);

  test("is learnt where replicas follow the load", () => {
    const capacity = capacityOf({ load, ready, stepMs: STEP });
    expect(capacity).toMatchObject({ ok: true });
    expect(capacity.ok && capacity.perReplica).toBeGreaterThan(70);
    expect(capacity.ok && capacity.perReplica).toBeLessThanOrEqual(80);
  });

  test("is not told by the moments in which pods are being added", () => {
    // Load comes at once, pods a step later: for that step each of them has four times as much.
    const late = Array.from({ length: 1_000 }, (_, step) => Math.floor(step / 10) % 2);
    const jumps = late.map((high, step): Point => [at(step), high ? 1_600 : 400]);
    const follow = late.map((_, step): Point => [at(step), late[Math.max(0, step - 1)] ? 20 : 5]);
    expect(capacityOf({ load: jumps, ready: follow, stepMs: STEP })).toMatchObject({ ok: true, perReplica: 80 });
  });

  test.each<[string, Point[] | undefined, RegExp]>([
    ["where nobody has counted replicas", undefined, /^Prometheus has no invoiceops_ready_replicas of this service/],
    [
      "where they do not follow the load",
      ready.map(([moment]): Point => [moment, 10]),
      /set spec\.scaling\.perReplica$/,
    ],
  ])("is not known %s", (_, counted, reason) => {
    expect(capacityOf({ load, ready: counted, stepMs: STEP })).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
    });
  });
});
