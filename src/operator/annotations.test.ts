import { describe, expect, test } from "vitest";
import { pauseOf, refreshedAt } from "./annotations.ts";

const now = Date.parse("2027-01-12T08:00:00Z");
const annotated = (name: string, value: string): { name: string; annotations: Record<string, string> } => ({
  name: "inv",
  annotations: { [`invoiceops.dev/${name}`]: value },
});

describe("the annotation paused", () => {
  test.each<[string, ReturnType<typeof pauseOf>]>([
    ["true", { paused: true }],
    ["false", { paused: false }],
    ["2027-01-12T08:00:01Z", { paused: true, until: now + 1_000 }],
    ["2027-01-12T09:00:00.5+01:00", { paused: true, until: now + 500 }],
    ["2027-01-12T08:00:00Z", { paused: false }],
    ["2027-01-12T02:00:00-05:00", { paused: false }],
    // Nothing that can be read as the end of a pause: then it has none.
    ["", { paused: true }],
    ["yes", { paused: true }],
    ["1", { paused: true }],
    ["2026", { paused: true }],
    ["2026-01-01", { paused: true }],
    ["2026-01-01T00:00:00", { paused: true }],
    ["2026-13-01T00:00:00Z", { paused: true }],
  ])("of %j", (value, pause) => {
    expect(pauseOf(annotated("paused", value), now)).toEqual(pause);
  });

  test("that is not there pauses nothing", () => {
    expect(pauseOf({ name: "inv" }, now)).toEqual({ paused: false });
  });
});

describe("the annotation refresh", () => {
  test.each<[string, number | undefined]>([
    ["2027-01-12T08:00:00Z", now],
    ["2027-01-12T08:59:30+01:00", now - 30_000],
    ["now", undefined],
    ["1", undefined],
    ["2027-01-12T07:00:00", undefined],
  ])("of %j", (value, at) => {
    expect(refreshedAt(annotated("refresh", value), now)).toBe(at);
  });

  test("counts from its own moment on, and not before: no contest may be older than a time to come", () => {
    const ahead = annotated("refresh", "2027-01-12T08:00:30Z");
    expect(refreshedAt(ahead, now)).toBeUndefined();
    expect(refreshedAt(ahead, now + 30_000)).toBe(now + 30_000);
  });
});
