import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Series, VectorAnswer } from "./answer.ts";
import { labelOf } from "./labels.ts";
import { selectSample } from "./select.ts";
import { parseDecimal, shorten } from "./text.ts";

const AT = Date.parse("2027-01-15T08:00:00Z");

function series(labels: Record<string, string>, value = "1"): Series {
  return { labels, at: AT, value };
}

const services = new VectorAnswer(
  [
    series({ namespace: "billing", service: "vat-api" }, "800"),
    series({ namespace: "billing", service: "archive" }, "NaN"),
    series({ namespace: "shop", service: "vat-api", zone: "a" }, "20"),
    series({ namespace: "shop", service: "vat-api", zone: "b" }, "30"),
    series({ namespace: "shop", service: "vat-api", zone: "c" }, "40"),
  ],
  AT + 500,
);

describe("selection", () => {
  it("takes the one series whose labels include all of the selection", () => {
    expect(selectSample(services, { service: "vat-api", namespace: "billing" })).toEqual({
      ok: true,
      value: 800,
      at: AT,
    });
    expect(selectSample(services, { zone: "b" })).toMatchObject({ value: 30 });
    expect(selectSample(services, { service: "vat-api", zone: "" })).toMatchObject({ value: 800 });
  });

  it.each([
    [{ service: "archive" }, "InvalidSample", 'the sample "NaN" is not a finite number'],
    [{ namespace: "tax" }, "NoData", 'none of 5 series matches {namespace="tax"}'],
    [
      { namespace: "shop" },
      "AmbiguousSeries",
      '3 series match {namespace="shop"}: they differ in zone ("a", "b", ...)',
    ],
    [{ constructor: "x" }, "NoData", 'none of 5 series matches {constructor="x"}'],
    [
      undefined,
      "AmbiguousSeries",
      expect.stringMatching(/^5 series where one is expected: they differ in namespace .*, service .*, zone /),
    ],
  ])("of %o is %s", (select, reason, message) => {
    expect(selectSample(services, select)).toEqual({ ok: false, reason, message });
  });

  it("names equal series as such", () => {
    const twins = new VectorAnswer([series({ a: "1" }), series({ a: "1" })], AT);
    expect(selectSample(twins)).toMatchObject({
      message: "2 series where one is expected: their labels are equal",
    });
  });

  it("refuses samples before the given time", () => {
    const select = { service: "vat-api", namespace: "billing" };
    expect(selectSample(services, select, { notBefore: AT })).toMatchObject({ ok: true });
    expect(selectSample(services, select, { notBefore: AT + 90_001 })).toEqual({
      ok: false,
      reason: "Stale",
      message: "the sample of 2027-01-15T08:00:00.000Z is 91 s too old",
    });
  });

  it("finds what a walk through all series finds", () => {
    const label = fc.constantFrom("", "a", "b");
    const labels = fc.dictionary(fc.constantFrom("x", "y", "__proto__"), label, { noNullPrototype: true });
    fc.assert(
      fc.property(fc.array(labels), labels, (all, select) => {
        const answer = new VectorAnswer(
          all.map((each) => series(each)),
          AT,
        );
        const walked = answer.series.filter((each) =>
          Object.entries(select).every(([name, value]) => labelOf(each.labels, name) === value),
        );
        expect(answer.find(select).matches).toEqual(walked);
      }),
    );
  });
});

describe("emptyMeansZero", () => {
  const zero = { emptyMeansZero: true };
  const empty = new VectorAnswer([], AT);

  it("alone makes an empty answer zero", () => {
    expect(selectSample(empty)).toMatchObject({ ok: false, reason: "NoData" });
    expect(selectSample(empty, undefined, zero)).toEqual({ ok: true, value: 0, at: AT });
    expect(selectSample(empty, { namespace: "tax" }, zero)).toMatchObject({ value: 0 });
  });

  it("makes a service zero that has no series beside others that have one", () => {
    expect(selectSample(services, { namespace: "tax" }, zero)).toMatchObject({ ok: true, value: 0, at: AT + 500 });
  });

  it.each([
    ["a failure", { ok: false, reason: "Timeout", message: "late" } as const, "Timeout"],
    ["a partial answer", new VectorAnswer([], AT, "store 2 is away"), "PartialData"],
    ["series without the selected labels", new VectorAnswer([series({ svc: "vat-api" })], AT), "NoData"],
    ["a sample that is no number", new VectorAnswer([series({ service: "vat-api" }, "NaN")], AT), "InvalidSample"],
  ])("does nothing to %s", (_name, answer, reason) => {
    expect(selectSample(answer, { service: "vat-api" }, zero)).toMatchObject({ ok: false, reason });
  });
});

describe("sample strings", () => {
  it("are read as the number that JavaScript writes", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(parseDecimal(String(value))).toBe(Object.is(value, -0) ? 0 : value);
      }),
    );
  });

  it("give a finite number or nothing, whatever they are", () => {
    const digits = fc.string({ unit: fc.constantFrom(..."0123456789.eE+-xInfNa _".split("")) });
    fc.assert(
      fc.property(fc.oneof(digits, fc.string(), fc.anything()), (sample) => {
        const value = parseDecimal(sample);
        expect(value === undefined || Number.isFinite(value)).toBe(true);
      }),
    );
  });
});

describe("messages", () => {
  it("are one line of at most 300 characters", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 1_000 }), (text) => {
        const short = shorten(text);
        expect(short.length).toBeLessThanOrEqual(300);
        expect(short).not.toMatch(/[\n\r\t\0]/);
      }),
    );
  });
});
