import { describe, expect, it } from "vitest";
import type { Condition } from "../../src/api/v1alpha1/conditions.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { Snapshot } from "./observer.ts";
import { changes, stateLine, View } from "./view.ts";

const AT = Date.parse("2027-01-01T00:00:00Z");

function snapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  return { at: AT, replicas: 8, ready: 7, conditions: [], ...overrides };
}

function condition(type: string, status: Condition["status"], reason: string): Condition {
  return { type, status, reason, message: `${type} in words`, lastTransitionTime: "2027-01-01T00:00:00Z" };
}

describe("the state line", () => {
  it.each([
    [90_000, "peak in 7:30, opens in 1:30 | load 2,500/s | floor 4 | ready 7 of 8"],
    [-30_000, "peak in 5:30 | load 2,500/s | floor 4 | ready 7 of 8"],
    [-420_000, "peak 1:00 ago | load 2,500/s | floor 4 | ready 7 of 8"],
  ])("with the opening %d ms ahead", (ahead, line) => {
    const window = { opens: AT + ahead, deadline: AT + ahead + 360_000 };
    expect(stateLine(snapshot({ scaling: { floor: 4 } }), 2_500.4, window)).toBe(line);
  });
});

describe("changes", () => {
  it("of the floor and of conditions are told once", () => {
    const before = snapshot({ scaling: { floor: 4 }, conditions: [condition("Ready", "False", "Reconciling")] });
    const after = snapshot({
      scaling: { floor: 12, floorReason: "window vat demo" },
      conditions: [condition("Ready", "True", "AllPartsReady")],
    });
    expect(changes(before, after)).toEqual([
      "floor: 4 → 12 (window vat demo)",
      "condition Ready is True (AllPartsReady): Ready in words",
    ]);
    expect(changes(after, after)).toEqual([]);
  });

  it("are everything at the first look, and what went away", () => {
    const first = snapshot({ scaling: { floor: 4 }, conditions: [condition("Reconciling", "True", "Starting")] });
    expect(changes(undefined, first)).toEqual([
      "floor: 4",
      "condition Reconciling is True (Starting): Reconciling in words",
    ]);
    expect(changes(first, snapshot({ scaling: { floor: 4 } }))).toEqual(["condition Reconciling is gone"]);
  });
});

describe("the screen", () => {
  it("without a terminal has a state line every ten seconds, and each message when it comes", async () => {
    const clock = new FakeClock();
    let text = "";
    const view = new View(clock, { write: (more) => (text += more) });
    for (let second = 0; second < 12; second += 1) {
      view.now(`state ${second}`);
      if (second === 3) view.say("a change\nin two lines");
      await clock.advance(1_000);
    }
    expect(text).toBe("  0:00  state 0\n  0:03  a change\n        in two lines\n  0:10  state 10\n");
  });

  it("of a terminal keeps the state line below the messages", () => {
    let text = "";
    const view = new View(new FakeClock(), { isTTY: true, columns: 80, write: (more) => (text += more) });
    view.now("state");
    view.say("a change");
    view.rest();
    expect(text.split("\r\u001b[K")).toEqual(["", "  0:00  state", "  0:00  a change\n  0:00  state", ""]);
  });
});
