import { describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, filingCalendar, invoiceService } from "../../support/billing.ts";
import { success, vector, type StubAnswer } from "../../support/prometheus-stub.ts";
import { settledBilling } from "../../support/settled-billing.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";

const KIB = 1024;
const page = `<html><body>${"<p>the gateway is tired 猫</p>".repeat(10_000)}</body></html>`;
const long = "x".repeat(300 * KIB);
const label = "y".repeat(60 * KIB);

const hugeAnswers: StubAnswer[] = [
  { status: 503, body: page },
  { status: 200, body: page },
  { status: 422, body: { status: "error", errorType: "bad_data", error: page } },
  {
    body: success(vector([{ value: 1200 }], 0), {
      warnings: Array.from({ length: 2_000 }, (_, n) => `store ${n}: ${"z".repeat(100)}`),
    }),
  },
  [
    { labels: { pod: `a${label}` }, value: 1 },
    { labels: { pod: `b${label}` }, value: 1 },
  ],
  Array.from({ length: 3_000 }, (_, n) => ({ labels: { pod: `vat-api-${n}` }, value: 1 })),
  {
    body: success({
      resultType: "vector",
      result: [{ metric: { le: label }, histogram: [1, { count: "1", sum: "1" }] }],
    }),
  },
  { body: success({ resultType: "vector", result: [{ metric: {}, value: [1, long] }] }) },
  { status: 302, headers: { location: `http://127.0.0.1/${"q".repeat(8 * KIB)}` } },
];

const longName = (kind: string, n: number): string => `${kind}-${n}-`.padEnd(63, "n");
const day = (n: number): string => new Date(Date.parse("2027-01-13") + n * 86_400_000).toISOString().slice(0, 10);

/** Size of the whole object as the API gives it, and the longest message in it. */
function expectBounded(operator: OperatorHarness, name = "inv"): void {
  for (const { object } of operator.view.services.history(name)) {
    expect(JSON.stringify(object).length).toBeLessThan(64 * KIB);
    const messages = (object.status?.conditions ?? []).map(({ message }) => message.length);
    expect(Math.max(0, ...messages)).toBeLessThanOrEqual(KIB);
  }
}

async function expectWritten(operator: OperatorHarness): Promise<void> {
  const writes = await operator.requests({
    verb: ["patch", "update"],
    resource: "invoiceservices",
    subresource: "status",
  });
  expect(writes.length).toBeGreaterThan(0);
  expect(new Set(writes.map(({ responseStatus }) => responseStatus?.code))).toEqual(new Set([200]));
}

describe("B31: the status stays small enough to be written", () => {
  test("through 30 days of decisions, a new count at each evaluation, and huge errors in between", async () => {
    let evaluations = 0;
    const operator = await settledBilling({
      evaluationInterval: "3h",
      replicas: 8,
      answer: 800,
      service: { scaling: { stabilization: { down: "0s" } } },
    });
    operator.prometheus.answer(() => {
      evaluations += 1;
      if (evaluations % 10 === 0) return hugeAnswers[(evaluations / 10) % hugeAnswers.length] ?? 800;
      return evaluations % 2 === 0 ? 800 : 1200;
    });
    for (let days = 0; days < 30; days += 1) await operator.advance("24h");
    expect(operator.view.counts("inv-api").length, "decisions").toBeGreaterThan(150);
    expectBounded(operator);
    await expectWritten(operator);
    expect(operator.eventsOf().length, "one event for each").toBeLessThanOrEqual(250);
  });

  test("huge answers are short messages", async () => {
    const operator = await startOperator();
    operator.prometheus.answer(({ query }) => hugeAnswers[Number(query)] ?? 800);
    const names = hugeAnswers.map((_, row) => `row-${row}`);
    for (const [row, name] of names.entries()) {
      await operator.create(deployments, deployment(8, { name: `${name}-api` }));
      await operator.create(invoiceServices, invoiceService({ name, demand: { query: String(row) } }));
    }
    await operator.advance("2m");
    for (const name of names) {
      expect(operator.condition("MetricsAvailable", name)).toMatchObject({ status: "False" });
      expectBounded(operator, name);
    }
    await expectWritten(operator);
    expect(Math.max(...operator.logged.map((line) => line.length))).toBeLessThan(8 * KIB);
  });

  test("a spec with as much as it may have, most of it wrong", async () => {
    const operator = await settledBilling({ replicas: 8, answer: 800 });
    const calendars = Array.from({ length: 8 }, (_, n) => ({ name: `${operator.namespace}-${n}-${"c".repeat(180)}` }));
    const events = Array.from({ length: 64 }, (_, n) => ({
      name: longName("event", n),
      start: "2027-02-01T00:00",
      end: `2027-02-${String((n % 27) + 2).padStart(2, "0")}T00:00`,
      timeZone: n % 2 ? "Europe/Berlim" : "UTC",
      replicas: 3 + (n % 17),
    }));
    const schedules = Array.from({ length: 32 }, (_, n) => ({
      name: longName("schedule", n),
      timeZone: n % 2 ? "Europe/Berlim" : "UTC",
      start: `${n} 9 * * *`,
      end: `${n} 17 * * *`,
      replicas: 3 + (n % 17),
    }));
    await operator.change(invoiceServices, "inv", { spec: { calendars, events, scaling: { schedules } } });
    await operator.advance("2m");
    expect(operator.condition("Stalled")).toMatchObject({ status: "True" });
    expect(operator.view.services.now("inv").status?.observedGeneration).toBe(2);
    for (const { object } of operator.view.services.history("inv")) {
      expect(JSON.stringify(object.status ?? {}).length).toBeLessThan(32 * KIB);
    }
    await expectWritten(operator);
  });

  test("a calendar of 240 periods, each moved, all of it in sight", async () => {
    const operator = await settledBilling({
      start: "2027-01-12T18:00:00Z",
      evaluationInterval: "1h",
      replicas: 2,
      answer: 150,
      service: { calendars: [{ name: "b31" }] },
    });
    const dates = Array.from({ length: 240 }, (_, n) => ({ period: `p${n}`, opens: day(n), deadline: day(n) }));
    const overrides = dates
      .slice(0, 120)
      .map(({ period }, n) => ({ period, deadline: day(n + 1), source: "s".repeat(1024) }));
    await operator.create(filingCalendars, filingCalendar("b31", { timeZone: "Asia/Shanghai", dates, overrides }));
    await operator.advance("6h");
    expect(operator.view.services.now("inv").status?.window).toMatchObject({ calendar: "b31", inForce: true });
    expectBounded(operator);
    await expectWritten(operator);
    await operator.remove(filingCalendars, "b31");
  });
});
