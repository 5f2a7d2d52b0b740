import { describe, expect, test } from "vitest";
import { success, vector, type StubAnswer } from "../../support/prometheus-stub.ts";
import { settledBilling } from "../../support/settled-billing.ts";

interface Extra {
  warnings?: string[];
  infos?: string[];
}

const withExtra = (value: number, extra: Extra): StubAnswer => ({ body: success(vector([{ value }], 0), extra) });
const warning = { warnings: ["fetch series for 10.0.0.7:10901: store is away"] };

describe("B17: an answer with warnings", () => {
  test("raises and never lowers; the wait before a decrease begins with the first complete answer", async () => {
    const operator = await settledBilling({ replicas: 16, answer: 1600 });
    operator.prometheus.answer(withExtra(400, warning));
    await operator.advance("10m");
    expect(operator.replicas).toBe(16);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason: "PartialData" });
    expect(operator.condition("MetricsAvailable")?.message).toContain("store is away");

    operator.prometheus.answer(withExtra(1900, warning));
    await operator.evaluate();
    expect(operator.replicas).toBe(19);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason: "PartialData" });

    operator.prometheus.answer(400);
    await operator.evaluate();
    const complete = operator.clock.now();
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True", reason: "Available" });
    await operator.advance("330s");
    expect(operator.view.counts("inv-api").slice(1)).toEqual([
      { at: expect.any(Number), replicas: 19 },
      { at: complete + 300_000, replicas: 4 },
    ]);
  });

  test("a partial answer in the wait begins it anew", async () => {
    const operator = await settledBilling({ replicas: 16, answer: 1600 });
    operator.prometheus.answer(400);
    await operator.evaluate(9);
    operator.prometheus.answer(withExtra(400, warning));
    await operator.evaluate();
    operator.prometheus.answer(400);
    await operator.evaluate();
    const complete = operator.clock.now();
    await operator.advance("330s");
    expect(operator.view.counts("inv-api").slice(1)).toEqual([{ at: complete + 300_000, replicas: 4 }]);
  });

  test.each<[string, StubAnswer]>([
    ["only infos", withExtra(400, { infos: ["PromQL info: metric might not be a counter"] })],
    ["an empty list of warnings", withExtra(400, { warnings: [] })],
    [
      "infos of an older server among the warnings",
      withExtra(400, { warnings: ["PromQL info: metric might not be a counter"] }),
    ],
  ])("%s: the answer is complete", async (_, answer) => {
    const operator = await settledBilling({ replicas: 16, answer: 1600 });
    operator.prometheus.answer(answer);
    await operator.evaluate();
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True", reason: "Available" });
    await operator.advance("330s");
    expect(operator.replicas).toBe(4);
  });

  test.each<[string, StubAnswer]>([
    ["warnings beside infos", withExtra(400, { warnings: ["a store is away"], infos: ["PromQL info: x"] })],
    ["warnings and no series", { body: success(vector([], 0), warning) }],
    ["the flag of VictoriaMetrics", { body: { ...success(vector([{ value: 400 }], 0)), isPartial: true } }],
  ])("%s: the answer is partial", async (_, answer) => {
    const operator = await settledBilling({ replicas: 16, answer: 1600 });
    operator.prometheus.answer(answer);
    await operator.advance("10m");
    expect(operator.replicas).toBe(16);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason: "PartialData" });
  });

  test("does not keep a floor of the plan from rising or ending, nor lower what demand holds then", async () => {
    const operator = await settledBilling({
      start: "2027-01-12T08:45:00Z",
      replicas: 4,
      answer: withExtra(400, warning),
      service: {
        scaling: {
          schedules: [{ name: "peak", timeZone: "UTC", start: "0 9 * * *", end: "30 9 * * *", replicas: 12 }],
        },
      },
    });
    await operator.advance("1h");
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([4, 12]);
    expect(operator.view.services.now("inv").status?.scaling?.floor).toBe(2);
  });
});
