import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { deployment, filingCalendar, invoiceService } from "../../support/billing.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { changeStored } from "../../support/stored-object.ts";

const at = (time: string): number => Date.parse(`2027-${time}Z`);

/** A local time, and the moment that it is. */
const moments = [
  // Mexico has had no summer time since 2022.
  ["America/Mexico_City", "2027-07-01T08:00", "07-01T14:00:00"],
  ["America/Mexico_City", "2027-01-14T08:00", "01-14T14:00:00"],
  // EST is a link of the database: five hours behind all year.
  ["EST", "2027-07-01T08:00", "07-01T13:00:00"],
  ["EST", "2027-01-14T08:00", "01-14T13:00:00"],
  ["America/New_York", "2027-07-01T08:00", "07-01T12:00:00"],
  ["PRC", "2027-07-01T08:00", "07-01T00:00:00"],
  ["Asia/Kolkata", "2027-07-01T08:00", "07-01T02:30:00"],
  ["Asia/Kathmandu", "2027-07-01T08:00", "07-01T02:15:00"],
  ["America/Sao_Paulo", "2027-01-14T08:00", "01-14T11:00:00"],
  ["Asia/Amman", "2027-01-14T08:00", "01-14T05:00:00"],
  ["Etc/GMT+5", "2027-07-01T08:00", "07-01T13:00:00"],
] as const;
const rows = moments.map(([zone, local, utc], row) => ({ zone, local, utc, row }));

describe.each(["UTC", "Pacific/Auckland"])("B47: on a machine in %s", (machine) => {
  const before = process.env["TZ"];
  let operator: OperatorHarness;

  // A service for each moment, with an event then, ten minutes ahead of which it is raised.
  beforeAll(async () => {
    process.env["TZ"] = machine;
    operator = await startOperator({ start: "2027-01-13T00:00:00Z", evaluationInterval: "480h", endsWithTest: false });
    operator.prometheus.answer(150);
    for (const { zone, local, row } of rows) {
      const events = [{ name: "peak", timeZone: zone, start: local, end: `${local.slice(0, 10)}T23:00`, replicas: 10 }];
      await operator.create(deployments, deployment(2, { name: `row-${row}-api` }));
      await operator.create(invoiceServices, invoiceService({ name: `row-${row}`, events }));
    }
    await operator.advanceTo("2027-07-01T15:00:00Z");
  });
  afterAll(async () => {
    await operator.close();
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
  });

  test("the process believes that it is there", () => {
    expect(new Date("2027-07-01T00:00:00Z").getHours()).toBe(machine === "UTC" ? 0 : 12);
  });

  test.each(rows)("$local in $zone is $utc UTC", ({ utc, row }) => {
    expect(operator.view.counts(`row-${row}-api`)[1]).toEqual({ at: at(utc) - 600_000, replicas: 10 });
  });

  test("a schedule and a filing window mean the same", async () => {
    const other = await startOperator({ start: "2027-07-01T13:30:00Z" });
    other.prometheus.answer(190);
    const calendar = other.namespace;
    const dates = [{ period: "2027-07", opens: "2027-07-01T08:00", deadline: "2027-07-02T20:00" }];
    await other.create(filingCalendars, filingCalendar(calendar, { timeZone: "America/Mexico_City", dates }));
    const schedules = [
      { name: "day", timeZone: "America/Mexico_City", start: "0 8 * * *", end: "0 20 * * *", replicas: 9 },
    ];
    for (const service of [
      invoiceService({ name: "schedule", scaling: { schedules } }),
      invoiceService({
        name: "window",
        calendars: [{ name: calendar }],
        scaling: { expectedPeakFactor: 10, quantile: 0.5 },
      }),
    ]) {
      await other.create(deployments, deployment(2, { name: service.spec.workload.name }));
      await other.create(invoiceServices, service);
    }
    await other.advance("21m");
    expect(other.view.counts("schedule-api")[1]).toEqual({ at: at("07-01T13:50:00"), replicas: 9 });
    expect(other.view.counts("window-api")[1]).toEqual({ at: at("07-01T13:50:00"), replicas: 4 });
    expect(other.view.services.now("window").status?.window).toMatchObject({
      opens: "2027-07-01T14:00:00Z",
      deadline: "2027-07-03T02:00:00Z",
    });
    await other.remove(filingCalendars, calendar);
  });
});

const unknown: [zone: string, hint: RegExp][] = [
  ["Europe/Berlim", /Europe\/Berlin/],
  ["Local", /a place such as/],
  ["local", /a place such as/],
  ["CST", /Asia\/Shanghai, America\/Chicago/],
  ["GMT+8", /Etc\/GMT-8/],
  ["+08:00", /Etc\/GMT-8/],
  ["America/mexico_city", /America\/Mexico_City/],
  ["Asia/Beijing", /Asia\/Shanghai/],
  ["Europe/Prague ", /Europe\/Prague/],
  ["", /a place such as/],
];

describe("B47: a zone that does not exist", () => {
  let operator: OperatorHarness;
  const good = { name: "good", timeZone: "UTC", start: "0 10 * * *", end: "0 11 * * *", replicas: 5 };

  beforeAll(async () => {
    operator = await startOperator({ start: "2027-07-01T07:30:00Z", evaluationInterval: "5m", endsWithTest: false });
    operator.prometheus.answer(150);
    const bad = { name: "bad", timeZone: "UTC", start: "0 8 * * *", end: "0 9 * * *", replicas: 10 };
    const span = { timeZone: "UTC", start: "2027-07-01T08:00", end: "2027-07-01T09:00" };
    const events = [{ name: "bad", ...span, replicas: 11 }];
    const annotations = { "invoiceops.dev/paused": "true" };
    for (const [row, [zone]] of unknown.entries()) {
      const name = `row-${row}`;
      await operator.create(deployments, deployment(2, { name: `${name}-api` }));
      const scaling = { schedules: [good, bad] };
      await operator.create(invoiceServices, invoiceService({ name, annotations, events, scaling }));
      // What no rule lets in today may have been stored before there was the rule.
      await changeStored(
        await useCluster(),
        invoiceServices,
        { namespace: operator.namespace, name },
        {
          "metadata.annotations": undefined,
          "spec.scaling.schedules.1.timeZone": zone,
          "spec.events.0.timeZone": zone,
        },
      );
      await eventually(() => assert.equal(operator.view.services.now(name).status?.observedGeneration, 2));
    }
    await operator.advanceTo("2027-07-01T11:10:00Z");
  });
  afterAll(() => operator.close());

  test.each(unknown.map(([zone, hint], row) => ({ zone, hint, name: `row-${row}` })))(
    '"$zone" is named, has no floor and is not taken for UTC; the rest of the object works',
    async ({ zone, hint, name }) => {
      const stalled = operator.condition("Stalled", name);
      expect(stalled).toMatchObject({ status: "True", reason: "InvalidSpec" });
      expect(stalled?.message).toContain(`spec.scaling.schedules[bad].timeZone: "${zone}"`);
      expect(stalled?.message).toContain(`spec.events[bad].timeZone: "${zone}"`);
      expect(stalled?.message).toMatch(hint);
      expect(operator.condition("Ready", name)).toMatchObject({ status: "False", reason: "Stalled" });
      expect(operator.view.counts(`${name}-api`).slice(1)).toEqual([
        { at: at("07-01T09:50:00"), replicas: 5 },
        { at: at("07-01T11:00:00"), replicas: 2 },
      ]);
      await operator.change(invoiceServices, name, { spec: { events: [], scaling: { schedules: [good] } } });
      expect(operator.condition("Stalled", name)).toBeUndefined();
    },
  );
});

describe("B47: the zone rules in use", () => {
  test("the version of the zone rules stands in the metrics", async () => {
    const operator = await startOperator();
    expect(await operator.metricsText()).toContain(`invoiceops_tzdata_info{version="${process.versions.tz}"} 1`);
    expect(process.versions.tz).toMatch(/^20\d\d[a-z]$/);
  });
});
