import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { startOperator } from "../../support/operator-harness.ts";
import { success, type StubAnswer } from "../../support/prometheus-stub.ts";
import { settledBilling } from "../../support/settled-billing.ts";

const html = "<html><head><title>503</title></head><body>Service Unavailable</body></html>";
const failure = { status: "error", errorType: "execution", error: "expanding series: context deadline exceeded" };

const answers: [string, string, StubAnswer][] = [
  ["an empty vector", "NoData", []],
  ["HTTP 200 with status error", "QueryError", { body: failure }],
  ["HTTP 422", "QueryError", { status: 422, body: failure }],
  ["HTTP 503 with an HTML body", "Unavailable", { status: 503, body: html }],
  ["no answer for longer than the time limit", "Timeout", { fail: "headers" }],
  ["half an answer and then nothing", "Timeout", { body: success({ resultType: "vector", result: [] }), fail: "body" }],
  [
    "half an answer and then the end",
    "Unavailable",
    { body: success({ resultType: "vector", result: [] }), fail: "cut" },
  ],
  ["HTTP 200 with an HTML body", "UnexpectedResult", { body: html }],
  ["HTTP 200 with JSON of something else", "UnexpectedResult", { body: { items: [] } }],
  ["HTTP 200 with success and no data", "UnexpectedResult", { body: success(null) }],
  [
    "HTTP 200 with success and a null result",
    "UnexpectedResult",
    { body: success({ resultType: "vector", result: null }) },
  ],
  ["HTTP 204", "UnexpectedResult", { status: 204 }],
  ["HTTP 302 to a login page", "Unavailable", { status: 302, headers: { location: "http://127.0.0.1:1/login" } }],
  ["HTTP 401", "Unauthorized", { status: 401, body: html }],
  ["HTTP 429", "Unavailable", { status: 429, body: html }],
];

describe("B13: an answer without a number at the peak", () => {
  test.each(answers)("%s is %s and never lowers 14 replicas", async (_, reason, answer) => {
    const operator = await settledBilling({ replicas: 14, answer: 1400 });
    operator.prometheus.answer(answer);
    await operator.evaluate(20);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason });
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([14]);
  });

  test.each(answers)(
    "%s brings 4 replicas to the fallback of 6 at the third time, not before",
    async (_, reason, answer) => {
      const operator = await settledBilling({ replicas: 4, answer: 400 });
      operator.prometheus.answer(answer);
      const began = operator.clock.now();
      await operator.evaluate(2);
      expect(operator.replicas).toBe(4);
      expect(operator.condition("Degraded")).toMatchObject({ status: "False" });
      await operator.evaluate();
      expect(operator.replicas).toBe(6);
      expect(operator.condition("Degraded")).toMatchObject({ status: "True", reason: "FallbackInForce" });
      expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "False", reason });
      const [, raised] = operator.view.counts("inv-api");
      expect(raised?.at).toBeGreaterThanOrEqual(began + 60_000);
      expect(raised?.at).toBeLessThanOrEqual(began + 120_000);
    },
  );

  test("a refused connection and a name that does not resolve are Unavailable", async () => {
    const operator = await startOperator();
    const url = await refusedUrl();
    await operator.create(deployments, deployment(14), deployment(4, { name: "lost-api" }));
    await operator.create(
      invoiceServices,
      invoiceService({ prometheus: { url } }),
      invoiceService({ name: "lost", prometheus: { url: "http://prometheus.invalid:9090" } }),
    );
    await operator.evaluate(8);
    for (const name of ["inv", "lost"]) {
      expect(operator.condition("MetricsAvailable", name)).toMatchObject({ status: "False", reason: "Unavailable" });
    }
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([14]);
    expect(operator.view.counts("lost-api").map(({ replicas }) => replicas)).toEqual([4, 6]);
  });

  test("one good answer starts the count of failures anew", async () => {
    const operator = await settledBilling({ replicas: 4, answer: 400 });
    for (const answer of [[], [], 400, [], []]) {
      operator.prometheus.answer(answer);
      await operator.evaluate();
    }
    expect(operator.replicas).toBe(4);
    await operator.evaluate();
    expect(operator.replicas).toBe(6);
  });

  test("failures of different kinds add up, and changes of the object are no evaluations", async () => {
    const operator = await settledBilling({ replicas: 4, answer: 400 });
    operator.prometheus.answer([]);
    await operator.evaluate();
    for (const label of ["a", "b", "c"]) {
      await operator.change(invoiceServices, "inv", { metadata: { labels: { label } } });
    }
    expect(operator.replicas).toBe(4);
    operator.prometheus.answer({ status: 503, body: html });
    await operator.evaluate();
    expect(operator.replicas).toBe(4);
    operator.prometheus.answer({ fail: "headers" });
    await operator.evaluate();
    expect(operator.replicas).toBe(6);
  });

  test("once numbers come again the fallback is held for 300 s and then given back", async () => {
    const operator = await settledBilling({ replicas: 4, answer: 400 });
    operator.prometheus.answer([]);
    await operator.evaluate(3);
    expect(operator.replicas).toBe(6);
    operator.prometheus.answer(400);
    await operator.evaluate();
    const back = operator.clock.now();
    await operator.advance("330s");
    expect(operator.view.counts("inv-api").slice(1)).toEqual([
      { at: expect.any(Number), replicas: 6 },
      { at: back + 300_000, replicas: 4 },
    ]);
    expect(operator.condition("Degraded")).toMatchObject({ status: "False" });
  });

  test("empty is a zero only where emptyMeansZero says so, and then ends at 2 after 300 s", async () => {
    const operator = await settledBilling({
      replicas: 14,
      answer: 1400,
      service: { demand: { emptyMeansZero: true } },
    });
    operator.prometheus.answer([]);
    await operator.evaluate();
    const empty = operator.clock.now();
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True" });
    await operator.advance("330s");
    const [first, lowered, ...more] = operator.view.counts("inv-api");
    expect([first?.replicas, lowered?.replicas, more]).toEqual([14, 2, []]);
    // The last full load was read one evaluation before the first empty answer.
    expect(lowered?.at).toBe(empty + 270_000);
  });

  test("emptyMeansZero makes no zero of an error, and none of partial data", async () => {
    const operator = await settledBilling({
      replicas: 14,
      answer: 1400,
      service: { demand: { emptyMeansZero: true } },
    });
    for (const answer of [
      { body: failure },
      { fail: "headers" as const },
      { body: success({ resultType: "vector", result: [] }, { warnings: ["a store is away"] }) },
    ]) {
      operator.prometheus.answer(answer);
      await operator.evaluate(12);
    }
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([14]);
  });

  test("a restart in the middle of it lowers nothing", async () => {
    const operator = await settledBilling({ replicas: 14, answer: 1400 });
    operator.prometheus.answer([]);
    await operator.evaluate(2);
    await operator.restart("10m");
    await operator.evaluate(12);
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([14]);
  });
});

/** An address at which nobody listens any more. */
async function refusedUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
