import { describe, expect, test } from "vitest";
import { deployments, horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { autoscaler, deployment, filingCalendar, invoiceService, RPS } from "../../support/billing.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import type { StubAnswer, StubRequest } from "../../support/prometheus-stub.ts";

/** S0 with 8 pods that are ready, after its first minute. */
async function settled(answer: StubAnswer | ((request: StubRequest) => StubAnswer)): Promise<OperatorHarness> {
  const operator = await startOperator();
  operator.prometheus.answer(answer);
  await operator.create(deployments, deployment(8, { pods: true }));
  await eventually(() => expect(operator.view.deployments.now("inv-api").status?.readyReplicas).toBe(8));
  await operator.create(invoiceServices, invoiceService());
  await operator.advance("2m");
  return operator;
}

/** What ten minutes without news may not change. */
async function expectQuiet(operator: OperatorHarness): Promise<void> {
  const before = operator.view.services.history("inv").length;
  const conditions = operator.view.services.now("inv").status?.conditions;
  const events = operator.eventsOf();
  const asked = operator.prometheus.requests(RPS);
  const writes = await writesOf(operator);
  await operator.advance("10m");

  const evaluations = operator.prometheus.requests(RPS) - asked;
  expect(evaluations).toBeGreaterThanOrEqual(18);
  expect(evaluations).toBeLessThanOrEqual(22);
  expect(operator.view.services.history("inv").length - before, "versions of the object").toBeLessThanOrEqual(1);
  expect(timesOf(operator.view.services.now("inv").status?.conditions)).toEqual(timesOf(conditions));
  expect(operator.eventsOf()).toEqual(events);
  expect((await writesOf(operator)) - writes).toBeLessThanOrEqual(1);
}

function timesOf(conditions: readonly { type: string; status: string; lastTransitionTime: string }[] = []): string[] {
  return conditions.map(({ type, status, lastTransitionTime }) => `${type} ${status} ${lastTransitionTime}`);
}

async function writesOf(operator: OperatorHarness): Promise<number> {
  return (await operator.requests({ verb: ["create", "update", "patch", "delete"] })).length;
}

/** Sure to differ each time, as request ids and clocks in error texts do. */
const noise = (count: number): string => `trace ${(count * 2_654_435_761).toString(36)} at 08:${count}`;

describe("B09: ten minutes without news", () => {
  test.each<[string, StubAnswer | ((request: StubRequest) => StubAnswer)]>([
    ["with the same demand", 800],
    ["with demand that moves inside of the tolerance", ({ count }) => 800 + (count % 7) * 8],
    ["without data", []],
    [
      "with an error whose text differs each time",
      ({ count }) => ({ status: 422, body: { status: "error", errorType: "execution", error: noise(count) } }),
    ],
    [
      "with partial data whose warning differs each time",
      ({ count }) => ({
        body: {
          status: "success",
          warnings: [noise(count)],
          data: { resultType: "vector", result: [{ metric: {}, value: [1, "800"] }] },
        },
      }),
    ],
    [
      "with several series, other ones each time",
      ({ count }) => [
        { labels: { pod: noise(count) }, value: 1 },
        { labels: { pod: noise(-count) }, value: 1 },
      ],
    ],
  ])("%s is 20 evaluations, and no write", async (_, answer) => {
    const operator = await settled(answer);
    expect(operator.replicas).toBe(8);
    await expectQuiet(operator);
    expect(operator.replicas).toBe(8);
  });

  test("a restart is no news either", async () => {
    const operator = await settled(800);
    const versions = operator.view.services.history("inv").length;
    await operator.restart("10s");
    await operator.advance("2m");
    expect(operator.view.services.history("inv").length).toBe(versions);
    await expectQuiet(operator);
  });

  test("what others write into status wakes nobody", async () => {
    const operator = await settled(800);
    const foreign = {
      type: "example.com/Audited",
      status: "True",
      reason: "Audited",
      message: "by hand",
      lastTransitionTime: "2027-01-12T08:00:00Z",
    };
    const own = operator.view.services.now("inv").status?.conditions ?? [];
    const reconciles = await operator.reconciles();
    await operator.change(invoiceServices, "inv", { status: { conditions: [...own, foreign] } }, "status");
    expect(await operator.reconciles()).toBe(reconciles);
    await expectQuiet(operator);
    expect(operator.view.services.now("inv").status?.conditions).toContainEqual(foreign);
  });

  test("an autoscaler that is busy with itself wakes nobody", async () => {
    const operator = await startOperator();
    operator.prometheus.answer(800);
    await operator.create(deployments, deployment(8, { pods: true }));
    await operator.create(horizontalPodAutoscalers, autoscaler("inv-api", { min: 8, max: 20 }));
    await eventually(() => expect(operator.view.deployments.now("inv-api").status?.readyReplicas).toBe(8));
    const schedules = [{ name: "always", timeZone: "UTC", start: "0 0 * * *", end: "0 0 1 1 *", replicas: 12 }];
    await operator.create(invoiceServices, invoiceService({ scaling: { schedules } }));
    await eventually(() => expect(operator.view.deployments.now("inv-api").status?.readyReplicas).toBe(12));
    await operator.advance("2m");
    expect(operator.view.hpas.now("inv-api").spec?.minReplicas).toBe(12);
    await expectQuiet(operator);
  });

  test("in a filing window the status changes with the steps of the plan alone", async () => {
    const operator = await startOperator({ start: "2027-01-14T00:00:00Z" });
    operator.prometheus.answer(400);
    const calendar = operator.namespace;
    const dates = [{ period: "2027-01", opens: "2027-01-10", deadline: "2027-01-15" }];
    await operator.create(filingCalendars, filingCalendar(calendar, { timeZone: "Asia/Shanghai", dates }));
    await operator.create(deployments, deployment(4));
    await operator.create(invoiceServices, invoiceService({ calendars: [{ name: calendar }] }));
    await operator.advance("2m");
    const { plan = [], floor } = operator.view.services.now("inv").status?.scaling ?? {};
    expect(floor).toBeGreaterThan(4);
    const next = Date.parse(plan[0]?.from ?? "");
    expect(next).toBeGreaterThan(operator.clock.now() + 1_200_000);
    await expectQuiet(operator);
    await expectQuiet(operator);
    await operator.remove(filingCalendars, calendar);
  });

  test("the demand of the moment stands in the metrics", async () => {
    const operator = await settled(800);
    operator.prometheus.answer(812);
    await operator.evaluate();
    expect(await operator.metricsText()).toContain(
      `invoiceops_demand{namespace="${operator.namespace}",name="inv",signal="demand"} 812`,
    );
  });
});
