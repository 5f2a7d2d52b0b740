import { expect, test } from "vitest";
import { ownConditions, removeCondition, setCondition, timestamp, type Condition } from "./conditions.ts";

const NOON = Date.parse("2026-11-15T12:00:00Z");
const LATER = NOON + 60_000;
const ready = { type: "Ready", reason: "AllPartsReady", message: "all is well", observedGeneration: 1 } as const;
const foreign: Condition = {
  type: "example.com/Reviewed",
  status: "True",
  reason: "Yes",
  message: "by hand",
  lastTransitionTime: "2026-01-01T00:00:00Z",
};

test("the time of the last transition moves only when the status does", () => {
  const first = setCondition([], { ...ready, status: "True" }, NOON);
  const same = setCondition(first, { ...ready, status: "True", message: "still well", observedGeneration: 2 }, LATER);
  const other = setCondition(same, { ...ready, status: "Unknown" }, LATER);
  expect([first, same, other].map(([condition]) => condition?.lastTransitionTime)).toEqual([
    "2026-11-15T12:00:00Z",
    "2026-11-15T12:00:00Z",
    "2026-11-15T12:01:00Z",
  ]);
  expect(same).toEqual([
    {
      ...ready,
      status: "True",
      message: "still well",
      observedGeneration: 2,
      lastTransitionTime: "2026-11-15T12:00:00Z",
    },
  ]);
});

test("the order does not depend on the order of setting, and foreign conditions stay, last", () => {
  const stalled = {
    type: "Stalled",
    status: "True",
    reason: "InvalidSpec",
    message: "lead",
    observedGeneration: 1,
  } as const;
  const one = setCondition(setCondition([foreign], stalled, NOON), { ...ready, status: "False" }, NOON);
  const two = setCondition(setCondition([foreign], { ...ready, status: "False" }, NOON), stalled, NOON);
  expect(one).toEqual(two);
  expect(one.map(({ type }) => type)).toEqual(["Ready", "Stalled", "example.com/Reviewed"]);
  expect(one.at(-1)).toBe(foreign);
  expect(ownConditions(one).map(({ type }) => type)).toEqual(["Ready", "Stalled"]);
  expect(removeCondition(one, "Stalled").map(({ type }) => type)).toEqual(["Ready", "example.com/Reviewed"]);
});

test.each([
  ["short", 5],
  ["x".repeat(1024), 1024],
  ["x".repeat(1025), 1024],
  ["<html>".repeat(50_000), 1024],
  [`${"x".repeat(1022)}😀${"x".repeat(9)}`, 1023],
])("a message is cut to 1,024 characters, never inside of one", (message, length) => {
  const [condition] = setCondition([], { ...ready, status: "False", message }, NOON);
  expect(condition?.message).toHaveLength(length);
  expect(condition?.message.isWellFormed()).toBe(true);
});

test("times are written in whole seconds", () => {
  expect(timestamp(NOON + 999)).toBe("2026-11-15T12:00:00Z");
});
