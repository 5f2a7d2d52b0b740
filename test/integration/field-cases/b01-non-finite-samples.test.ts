import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, filingCalendar, invoiceService } from "../../support/billing.ts";
import { success, vector, type StubAnswer } from "../../support/prometheus-stub.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const at = 1_798_700_000;

/** The answer of a query that gives one sample, as each kind of result beside a vector of floats. */
const asResult = {
  scalar: (sample: string): StubAnswer => ({ body: success({ resultType: "scalar", result: [at, sample] }) }),
  string: (sample: string): StubAnswer => ({ body: success({ resultType: "string", result: [at, sample] }) }),
  histogram: (sample: string): StubAnswer => ({
    body: success({
      resultType: "vector",
      result: [{ metric: {}, histogram: [at, { count: "8", sum: sample, buckets: [[0, "0.5", "1", "8"]] }] }],
    }),
  }),
};

const sampleOf = (sample: unknown): StubAnswer => ({
  body: success({ resultType: "vector", result: [{ metric: {}, value: sample }] }),
});

const answers: [what: string, answer: StubAnswer, reason: string][] = [
  ...["nan", "Infinity", "null", "0x320", "800 req/s", " ", "-800"].map((sample): (typeof answers)[number] => [
    `a vector of "${sample}"`,
    sample,
    "InvalidSample",
  ]),
  ...["800", "NaN"].flatMap((sample): typeof answers => [
    [`a scalar of ${sample}`, asResult.scalar(sample), "UnexpectedResult"],
    [`a string of ${sample}`, asResult.string(sample), "UnexpectedResult"],
    [`a native histogram with a sum of ${sample}`, asResult.histogram(sample), "HistogramSample"],
  ]),
  ["a number where a text is due", sampleOf([at, 800]), "UnexpectedResult"],
  ["null where a text is due", sampleOf([at, null]), "UnexpectedResult"],
  ["a sample that is missing", sampleOf([at]), "UnexpectedResult"],
  ["a time that is no number", sampleOf(["now", "800"]), "UnexpectedResult"],
];
const rows = answers.map(([what, , reason], row) => ({ what, reason, row }));

describe("B01: what is no finite number in a vector", () => {
  let operator: OperatorHarness;
  beforeAll(async () => {
    operator = await startOperator({ endsWithTest: false });
    let numbers = true;
    operator.prometheus.answer(({ query }) => (numbers ? 400 : (answers[Number(query)]?.[1] ?? [])));
    for (const row of answers.keys()) {
      await operator.create(deployments, deployment(4, { name: `row-${row}-api` }));
      await operator.create(invoiceServices, invoiceService({ name: `row-${row}`, demand: { query: String(row) } }));
    }
    await operator.advance("1m");
    numbers = false;
    await operator.advance("5m");
  });
  afterAll(() => operator.close());

  test.each(rows)("$what is $reason: 4 replicas stay, and the fallback of 6 is all that comes", ({ row, reason }) => {
    expect(operator.condition("MetricsAvailable", `row-${row}`)).toMatchObject({ status: "False", reason });
    expect(operator.view.counts(`row-${row}-api`).map(({ replicas }) => replicas)).toEqual([4, 6]);
  });
});

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
      service: { calendars: [{ name: calendar }], scaling: { expectedPeakFactor: 3, quantile: 0.5 } },
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
    expect(scaling?.forecast).toMatchObject({ peak: 1200, peakAt: "2027-01-12T18:00:00Z" });
    expect(scaling?.floor).toBeGreaterThanOrEqual(4);
    await operator.advanceTo("2027-01-12T17:55:00Z");
    expect(operator.replicas).toBe(12);
    await operator.remove(filingCalendars, calendar);
  });
});
