import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
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

const rows = answers.map(([what, reason], row) => ({ what, reason, row }));
const nameOf = (size: number, row: number): string => `of-${size}-${row}`;

describe("B13: an answer without a number at the peak", () => {
  let operator: OperatorHarness;
  let since: number;

  // For each answer two services: one of 14 replicas, which it must not lower, and one of 4, which falls back to 6.
  beforeAll(async () => {
    operator = await startOperator({ endsWithTest: false });
    let numbers = true;
    operator.prometheus.answer(({ query }) => {
      const [size = "", row] = query.split(" ");
      return numbers ? Number(size) * 100 : (answers[Number(row)]?.[2] ?? []);
    });
    for (const size of [14, 4]) {
      for (const row of answers.keys()) {
        const name = nameOf(size, row);
        await operator.create(deployments, deployment(size, { name: `${name}-api` }));
        await operator.create(invoiceServices, invoiceService({ name, demand: { query: `${size} ${row}` } }));
      }
    }
    await operator.advance("1m");
    numbers = false;
    since = operator.clock.now();
    await operator.advance("10m");
  });
  afterAll(() => operator.close());

  test.each(rows)("$what is $reason and never lowers 14 replicas", ({ row, reason }) => {
    const name = nameOf(14, row);
    expect(operator.condition("MetricsAvailable", name)).toMatchObject({ status: "False", reason });
    expect(operator.view.counts(`${name}-api`).map(({ replicas }) => replicas)).toEqual([14]);
    expect(operator.prometheus.requests(`14 ${row}`)).toBeGreaterThanOrEqual(20);
  });

  test.each(rows)("$what brings 4 replicas to the fallback of 6 at the third time, not before", ({ row, reason }) => {
    const name = nameOf(4, row);
    const [first, raised, ...more] = operator.view.counts(`${name}-api`);
    expect([first?.replicas, raised?.replicas, more]).toEqual([4, 6, []]);
    // The first of the three comes within 30 s, and an answer is waited for 5 s at most.
    expect(raised?.at).toBeGreaterThanOrEqual(since + 60_000);
    expect(raised?.at).toBeLessThanOrEqual(since + 95_000);
    expect(operator.condition("MetricsAvailable", name)).toMatchObject({ status: "False", reason });
    expect(operator.condition("Degraded", name)).toMatchObject({ status: "True", reason: "FallbackInForce" });
  });
});

describe("B13: failures in a row", () => {
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
