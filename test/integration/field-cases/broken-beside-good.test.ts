import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments, secrets } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, filingCalendar, invoiceService, RPS } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { changeStored } from "../../support/stored-object.ts";
import { beyond, broken, office, type Service, type Values } from "./broken-services.ts";

/** Behind the good one's by name: of two of one second that name one workload, the first keeps it. */
const nameOf = (index: number): string => `odd-${index}`;
const SECRET = "s3cr3t-t0ken";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** A service that the API server would not take today: first a good one, paused, then changed behind its back. */
async function smuggle(operator: OperatorHarness, service: Service, values: Values): Promise<void> {
  const annotations = { "invoiceops.dev/paused": "true" };
  await operator.create(invoiceServices, invoiceService({ ...service, annotations }));
  const ref = { namespace: operator.namespace, name: service.name ?? "inv" };
  await changeStored(await useCluster(), invoiceServices, ref, { ...values, "metadata.annotations": undefined });
}

describe("broken InvoiceServices beside a good one", () => {
  let operator: OperatorHarness;
  let calendar: string;

  beforeAll(async () => {
    operator = await startOperator({
      start: "2027-01-12T08:40:00Z",
      concurrency: 1,
      endsWithTest: false,
      refused: ["replicasets"],
    });
    operator.prometheus.answer(({ query }) =>
      query === "sum(" ? { status: 400, body: { status: "error", errorType: "bad_data", error: "parse error" } } : 800,
    );
    calendar = operator.namespace;
    const dates = [{ period: "2027-01", opens: "2027-01-01", deadline: "2027-01-15" }];
    await operator.create(filingCalendars, filingCalendar(calendar, { timeZone: "Europe/Berlim", dates }));
    const data = { token: base64(`${SECRET}\nsecond line\u0000`), "x-odd": base64(`${SECRET}\r\n`) };
    await operator.create(secrets, { metadata: { name: "odd" }, data });
    await operator.create(deployments, deployment(8));
    await operator.create(invoiceServices, invoiceService({ scaling: { schedules: [{ ...office, replicas: 11 }] } }));
    for (const [index, { service, calendarIsBroken, stored }] of broken.entries()) {
      const name = nameOf(index);
      await operator.create(deployments, deployment(3, { name: `${name}-api` }));
      const calendars = calendarIsBroken ? { calendars: [{ name: calendar }] } : {};
      const whole = { ...service, ...calendars, name };
      if (stored) await smuggle(operator, whole, stored);
      else await operator.create(invoiceServices, invoiceService(whole));
    }
    for (const [index, change] of beyond.entries()) {
      await operator.create(deployments, deployment(3, { name: `beyond-${index}-api` }));
      await smuggle(operator, { name: `beyond-${index}` }, change);
    }
    await operator.advance("5m");
  });
  afterAll(async () => {
    await operator.remove(filingCalendars, calendar);
    await operator.close();
  });

  test.each(broken.map((row, index) => ({ ...row, index })))(
    "$what",
    async ({ index, condition: [type, reason], message }) => {
      await eventually(() => expect(operator.condition(type, nameOf(index))).toMatchObject({ reason }));
      const condition = operator.condition(type, nameOf(index));
      expect(condition).toMatchObject({ status: type === "Stalled" ? "True" : "False" });
      expect(condition?.message).toMatch(message);
      expect(operator.condition("Ready", nameOf(index))).toMatchObject({ status: "False" });
    },
  );

  test("the good one is evaluated each 30 s and follows its schedule to the second", async () => {
    const asked = operator.prometheus.requests(RPS);
    await operator.advanceTo("2027-01-12T08:55:00Z");
    expect(operator.prometheus.requests(RPS) - asked).toBeGreaterThanOrEqual(18);
    expect(operator.condition("MetricsAvailable")).toMatchObject({ status: "True" });
    expect(operator.condition("FloorApplied")).toMatchObject({ status: "True" });
    expect(operator.condition("Stalled")).toBeUndefined();
    expect(operator.view.counts("inv-api").slice(1)).toEqual([
      { at: Date.parse("2027-01-12T08:50:00Z"), replicas: 11 },
    ]);
  });

  test("ten minutes without news write nothing to any of them", async () => {
    await operator.advanceTo("2027-01-12T09:05:00Z");
    const { names } = operator.view.services;
    const versions = () => names.map((name) => [name, operator.view.services.history(name).length]);
    const before = versions();
    await operator.advance("10m");
    expect(versions()).toEqual(before);
  });

  test("no Secret is told, in logs, conditions, Events or metrics", async () => {
    const told = [
      ...operator.logged,
      JSON.stringify(operator.view.services.informer.list()),
      JSON.stringify(operator.view.events.informer.list()),
      await operator.metricsText(),
    ];
    expect(operator.logged.length).toBeGreaterThan(0);
    expect(told.filter((text) => text.includes(SECRET) || text.includes(base64(SECRET).slice(0, 12)))).toEqual([]);
  });
});
