import { describe, expect, test } from "vitest";
import { filingCalendars } from "../../../src/operator/kinds.ts";
import { filingCalendar } from "../../support/billing.ts";
import { success, vector, type StubAnswer } from "../../support/prometheus-stub.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const at = 1_798_700_000;

/** The answer of a query that gives one sample, as each kind of result. */
const asResult: Record<string, (sample: string) => StubAnswer> = {
  vector: (sample) => sample,
  scalar: (sample) => ({ body: success({ resultType: "scalar", result: [at, sample] }) }),
  string: (sample) => ({ body: success({ resultType: "string", result: [at, sample] }) }),
  histogram: (sample) => ({
    body: success({
      resultType: "vector",
      result: [{ metric: {}, histogram: [at, { count: "8", sum: sample, buckets: [[0, "0.5", "1", "8"]] }] }],
    }),
  }),
};

describe("B01: a sample that is no finite number", () => {
  test("changes nothing, however many come in a row, and the next number counts", async () => {
    const operator = await settledBilling({ replicas: 8, answer: "800" });
    expect(operator.replicas).toBe(8);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True", reason: "Available" });

    const failing = { status: "False", reason: "InvalidSample" };
    const since = new Set<string | undefined>();
    for (const sample of ["NaN", "+Inf", "-Inf", "", "1e309"]) {
      operator.prometheus.answer(sample);
      await operator.evaluate();
      expect(operator.replicas, `after "${sample}"`).toBe(8);
      expect(operator.condition("MetricsAvailable"), `after "${sample}"`).toMatchObject(failing);
      since.add(operator.condition("MetricsAvailable")?.lastTransitionTime);
    }
    expect(since.size, "moments at which the condition became False").toBe(1);

    operator.prometheus.answer("1200");
    await operator.evaluate();
    expect(operator.replicas).toBe(12);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True", reason: "Available" });
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([8, 12]);
  });

  test.each([
    ["vector", "nan", "InvalidSample"],
    ["vector", "Infinity", "InvalidSample"],
    ["vector", "null", "InvalidSample"],
    ["vector", "0x320", "InvalidSample"],
    ["vector", "800 req/s", "InvalidSample"],
    ["vector", " ", "InvalidSample"],
    ["vector", "-800", "InvalidSample"],
    ["scalar", "800", "UnexpectedResult"],
    ["scalar", "NaN", "UnexpectedResult"],
    ["string", "800", "UnexpectedResult"],
    ["string", "", "UnexpectedResult"],
    ["histogram", "800", "HistogramSample"],
    ["histogram", "NaN", "HistogramSample"],
  ])(
    "a %s of %j is a failure with a name: the fallback holds from the third on, and 4 is the least",
    async (kind, sample, reason) => {
      const operator = await settledBilling({ replicas: 4, answer: 400 });
      operator.prometheus.answer(asResult[kind]?.(sample) ?? []);
      const counts: number[] = [];
      for (let failures = 1; failures <= 4; failures += 1) {
        await operator.evaluate();
        counts.push(operator.replicas);
        expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason });
      }
      expect(counts).toEqual([4, 4, 6, 6]);
    },
  );

  test.each([
    ["a number instead of a string", [at, 800]],
    ["null", [at, null]],
    ["no sample at all", [at]],
    ["a time that is no number", ["now", "800"]],
  ])("%s is no answer of Prometheus", async (_, value) => {
    const operator = await settledBilling({ replicas: 8, answer: 800 });
    operator.prometheus.answer({ body: success({ resultType: "vector", result: [{ metric: {}, value }] }) });
    await operator.evaluate(4);
    expect(operator.replicas).toBe(8);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason: "UnexpectedResult" });
  });

  test("a floor rises all the same", async () => {
    const operator = await settledBilling({
      start: "2027-01-12T08:30:00Z",
      replicas: 8,
      answer: "NaN",
      service: {
        scaling: {
          schedules: [{ name: "morning", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 11 }],
        },
      },
    });
    await operator.advance("30m");
    expect(operator.view.counts("inv-api")).toEqual([
      { at: expect.any(Number), replicas: 8 },
      { at: Date.parse("2027-01-12T08:50:00Z"), replicas: 11 },
    ]);
  });

  test("in the history it is a gap, and a window is planned from the rest", async () => {
    const calendar = `b01-${Date.parse("2027-01-12T08:00:00Z")}`;
    const samples = ["NaN", "+Inf", "-Inf", ""];
    const operator = await settledBilling({
      replicas: 2,
      // Each fifth sample of the history is a number; the present is none.
      answer: ({ range }) =>
        range
          ? [{ value: (time) => samples[Math.round(time / range.step) % 5] ?? 400 }]
          : { body: success(vector([{ value: "NaN" }], at)) },
      service: { calendars: [{ name: calendar }], scaling: { expectedPeakFactor: 3 } },
    });
    await operator.create(
      filingCalendars,
      filingCalendar(calendar, {
        timeZone: "UTC",
        dates: [{ period: "2027-01", opens: "2027-01-12", deadline: "2027-01-12T18:00" }],
      }),
    );
    await operator.advance("1m");
    const { scaling } = operator.view.services.now("inv").status ?? {};
    expect(scaling?.forecast).toEqual({ peak: 1200, peakAt: "2027-01-12T18:00:00Z" });
    expect(scaling?.floor).toBeGreaterThanOrEqual(4);
    await operator.advanceTo("2027-01-12T17:55:00Z");
    expect(operator.replicas).toBe(12);
    await operator.remove(filingCalendars, calendar);
  });
});
