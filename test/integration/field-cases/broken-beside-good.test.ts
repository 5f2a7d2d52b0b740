import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments, secrets } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, filingCalendar, invoiceService, RPS } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { createPrometheusStub, type PrometheusStub } from "../../support/prometheus-stub.ts";
import { changeStored } from "../../support/stored-object.ts";

type Service = NonNullable<Parameters<typeof invoiceService>[0]>;
/** Values by their paths; undefined takes a field away. */
type Values = Readonly<Record<string, unknown>>;

interface Broken {
  /** What is wrong, in words for the test's name. */
  what: string;
  /** What the API server lets in. */
  service?: Omit<Service, "name">;
  /** It follows the calendar of the test, which is broken itself. */
  calendarIsBroken?: boolean;
  /** What it does not let in today. */
  stored?: Values;
  /** The condition that tells, and what it says. */
  condition: [
    type: "Stalled" | "MetricsAvailable" | "FloorApplied" | "CalendarConfirmed" | "ForecastReady",
    reason: string,
  ];
  message: RegExp;
}

const office = { name: "office", timeZone: "UTC", start: "0 9 * * *", end: "0 17 * * *", replicas: 5 };
const event = { name: "day", timeZone: "UTC", start: "2027-01-12T09:00", end: "2027-01-12T17:00", replicas: 5 };

const broken: Broken[] = [
  {
    what: "a zone that does not exist",
    service: { scaling: { schedules: [{ ...office, timeZone: "Europe/Berlim" }] } },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.scaling.schedules\[office\].timeZone: "Europe\/Berlim" .*Europe\/Berlin/,
  },
  {
    what: "a cron time that never comes",
    service: { scaling: { schedules: [{ ...office, start: "0 9 31 2 *" }] } },
    condition: ["Stalled", "InvalidSpec"],
    message: /schedules\[office\].start: "0 9 31 2 \*" never fires/,
  },
  {
    what: "a cron time that is none",
    service: { scaling: { schedules: [office] } },
    stored: { "spec.scaling.schedules.0.start": "every morning" },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.scaling.schedules\[office\].start: "every morning"/,
  },
  {
    what: "an event at a time that does not exist",
    service: { events: [{ ...event, end: "2027-02-30T09:00" }] },
    condition: ["Stalled", "InvalidSpec"],
    message: /spec.events\[day\].end: "2027-02-30/,
  },
  {
    what: "durations in days, words and nothing",
    stored: {
      "spec.scaling.lead": "soon",
      "spec.scaling.stabilization": { up: "", down: "5" },
      "spec.scaling.release": { grace: "1d", stepPercent: 20, every: "0s" },
    },
    condition: ["Stalled", "InvalidSpec"],
    message: /stabilization.up: "".*stabilization.down: "5".*lead: "soon".*grace: "1d".*24h.*every: "0s"/,
  },
  {
    what: "numbers out of range",
    stored: {
      "spec.scaling.minReplicas": 9,
      "spec.scaling.maxReplicas": 3,
      "spec.scaling.perReplica": 0,
      "spec.scaling.utilization": -1,
      "spec.scaling.tolerance": 7,
    },
    condition: ["Stalled", "InvalidSpec"],
    message: /minReplicas: 9.*perReplica: 0.*utilization: -1.*tolerance: 7/,
  },
  {
    what: "a workload that does not exist",
    service: { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "gone" } },
    condition: ["Stalled", "WorkloadNotFound"],
    message: /Deployment\/gone/,
  },
  {
    what: "a workload of a kind that is not served",
    service: { workload: { apiVersion: "example.com/v1", kind: "Rollout", name: "inv-api" } },
    condition: ["Stalled", "WorkloadNotFound"],
    message: /example.com\/v1/,
  },
  {
    what: "a workload of a kind that it may not read",
    service: { workload: { apiVersion: "apps/v1", kind: "ReplicaSet", name: "inv-api" } },
    condition: ["FloorApplied", "KindNotReadable"],
    message: /ReplicaSet/,
  },
  {
    what: "the workload of another service",
    service: { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "inv-api" } },
    condition: ["Stalled", "AmbiguousTarget"],
    message: /\/inv already scales/,
  },
  {
    what: "a calendar that does not exist",
    service: { calendars: [{ name: "nowhere" }] },
    condition: ["Stalled", "CalendarNotFound"],
    message: /nowhere/,
  },
  {
    what: "a Secret that does not exist",
    service: { prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "lost" } } } },
    condition: ["MetricsAvailable", "SecretNotFound"],
    message: /Secret lost/,
  },
  {
    what: "a key that its Secret does not have",
    service: {
      prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "odd", key: "lost" } } },
    },
    condition: ["MetricsAvailable", "SecretNotFound"],
    message: /no key lost/,
  },
  {
    what: "a token that no header can carry",
    service: {
      prometheus: { url: "http://127.0.0.1:9", authorization: { bearer: { secretName: "odd", key: "token" } } },
    },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /invalid authorization header$/,
  },
  {
    what: "headers that are none",
    service: { prometheus: { url: "http://127.0.0.1:9", headers: { secretName: "odd" } } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /invalid token header$/,
  },
  {
    what: "a Prometheus that refuses",
    service: { prometheus: { url: "http://127.0.0.1:9" } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /refused/,
  },
  {
    what: "a Prometheus that does not resolve",
    service: { prometheus: { url: "http://prometheus.invalid" } },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /resolve/,
  },
  {
    what: "an address that is none",
    stored: { "spec.prometheus.url": "prometheus:9090" },
    condition: ["MetricsAvailable", "Unavailable"],
    message: /address/,
  },
  {
    what: "a query that Prometheus refuses",
    service: { demand: { query: "sum(" } },
    condition: ["MetricsAvailable", "QueryError"],
    message: /parse error/,
  },
  {
    what: "a calendar that is broken itself",
    calendarIsBroken: true,
    condition: ["CalendarConfirmed", "CalendarInvalid"],
    message: /Europe\/Berlin/,
  },
];

/** What no rule ever let in: only a hand in the store can make these. */
const beyond: Values[] = [
  { "spec.scaling.minReplicas": "two", "spec.scaling.perReplica": "many" },
  { "spec.scaling": undefined },
  { "spec.demand": undefined },
  { "spec.workload": undefined },
  { "spec.prometheus": undefined },
  { "spec.events": "none", "spec.calendars": {} },
  { spec: null },
  { spec: [], status: "fine" },
];

const nameOf = (index: number): string => `broken-${index}`;
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

describe("services whose Prometheus hangs beside a good one", () => {
  let hanging: PrometheusStub;
  beforeAll(async () => {
    hanging = await createPrometheusStub();
    hanging.answer({ fail: "headers" });
  });
  afterAll(() => hanging.close());

  test("more of them than there are workers do not make it late", async () => {
    const operator = await startOperator({ beside: hanging, concurrency: 2 });
    const asked: number[] = [];
    operator.prometheus.answer(() => {
      asked.push(operator.clock.now());
      return asked.length > 5 ? 1200 : 800;
    });
    await operator.create(deployments, deployment(8), deployment(3, { name: "hangs-api" }));
    await operator.create(invoiceServices, invoiceService());
    const many = Array.from({ length: 12 }, (_, n) =>
      invoiceService({
        name: `hangs-${n}`,
        prometheus: { url: hanging.url },
        demand: { query: `q${n}` },
        scaling: { target: "None" },
      }),
    );
    await operator.create(invoiceServices, ...many);
    await operator.advance("5m");
    const gaps = asked.slice(2).map((at, index) => at - (asked[index + 1] ?? 0));
    expect(gaps.length).toBeGreaterThanOrEqual(8);
    for (const gap of gaps) expect(Math.abs(gap - 30_000)).toBeLessThanOrEqual(2_000);
    const [, raised] = operator.view.counts("inv-api");
    expect(raised).toEqual({ at: asked[5], replicas: 12 });
    for (const { metadata } of many) {
      expect(operator.condition("MetricsAvailable", metadata.name)).toMatchObject({
        status: "False",
        reason: "Timeout",
      });
    }
  });
});
