import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pauseOf, prewarmOf, prewarmText, refreshedAt, type Prewarm } from "./annotations.ts";

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

describe("the annotation prewarm", () => {
  test.each<[string, Prewarm]>([
    ["12 until 2027-01-12T10:00:00Z", { replicas: 12, until: now + 7_200_000 }],
    ["1 until 2027-01-12T10:00:00+01:00", { replicas: 1, until: now + 3_600_000 }],
    [" 12 until 2027-01-12T10:00:00Z\n", { replicas: 12, until: now + 7_200_000 }],
    // Over: that is for the plan to tell.
    ["12 until 2026-01-12T10:00:00Z", { replicas: 12, until: Date.parse("2026-01-12T10:00:00Z") }],
  ])("of %j", (value, prewarm) => {
    expect(prewarmOf(annotated("prewarm", value))).toEqual({ prewarm });
  });

  test.each([
    "",
    "12",
    "until 2027-01-12T10:00:00Z",
    "0 until 2027-01-12T10:00:00Z",
    "-3 until 2027-01-12T10:00:00Z",
    "100001 until 2027-01-12T10:00:00Z",
    "1e3 until 2027-01-12T10:00:00Z",
    "12 until 2027-01-12T10:00:00",
    "12 until 2h",
    "12 for 2h",
    "twelve until 2027-01-12T10:00:00Z",
  ])("of %j is refused with what to write", (value) => {
    expect(prewarmOf(annotated("prewarm", value))).toEqual({
      problem: {
        field: "metadata.annotations[invoiceops.dev/prewarm]",
        value,
        message: `"${value}" does not say how many replicas until when: write 12 until 2026-11-25T10:00:00Z (1 to 100000, and a time with its offset), or remove the annotation`,
      },
    });
  });

  test("that is refused is quoted in part, however long it is", () => {
    expect(prewarmOf(annotated("prewarm", "x".repeat(200_000))).problem?.message.length).toBeLessThan(300);
  });

  test("that is not there asks for nothing", () => {
    expect(prewarmOf({ name: "inv" })).toEqual({});
  });

  test("is read as it was written", () => {
    const moments = fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1_000);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), moments, (replicas, until) => {
        const text = prewarmText({ replicas, until });
        expect(prewarmOf(annotated("prewarm", text))).toEqual({ prewarm: { replicas, until } });
      }),
    );
  });
});
