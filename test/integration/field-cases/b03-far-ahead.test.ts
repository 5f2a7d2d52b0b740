import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deployments } from "../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { deployment, filingCalendar, invoiceService } from "../../support/billing.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";

const T0 = "2027-01-01T00:00:00Z";
const HOURS = 40 * 24;
const START = Date.parse("2027-02-10T00:00:00Z");

/** What Node says when a delay was too long for a timer. */
let warnings: Error[] = [];
const note = (warning: Error): void => void warnings.push(warning);

beforeEach(() => {
  warnings = [];
  process.on("warning", note);
});
afterEach(() => {
  process.off("warning", note);
});

const span = { timeZone: "UTC", start: "2027-02-10T00:00", end: "2027-02-10T06:00" };

/** Three services with something to be ready for 40 days from now: an event, a schedule, a filing window. */
async function farAhead(evaluationInterval: string): Promise<OperatorHarness> {
  const operator = await startOperator({ start: T0, evaluationInterval });
  operator.prometheus.answer(190);
  const calendar = operator.namespace;
  const dates = [{ period: "2027-02", opens: "2027-02-10", deadline: "2027-02-10T06:00" }];
  await operator.create(filingCalendars, filingCalendar(calendar, { timeZone: "UTC", dates }));
  const schedules = [{ name: "once", timeZone: "UTC", start: "0 0 10 2 *", end: "0 6 10 2 *", replicas: 9 }];
  for (const service of [
    invoiceService({ name: "event", events: [{ name: "peak", ...span, replicas: 12 }] }),
    invoiceService({ name: "schedule", scaling: { schedules } }),
    invoiceService({
      name: "window",
      calendars: [{ name: calendar }],
      scaling: { expectedPeakFactor: 10, quantile: 0.5 },
    }),
  ]) {
    await operator.create(deployments, deployment(2, { name: service.spec.workload.name }));
    await operator.create(invoiceServices, service);
  }
  return operator;
}

describe("B03: 40 days ahead", () => {
  test("hour by hour nothing happens, and ten minutes before the start everything does", async () => {
    const operator = await farAhead("6h");
    for (let hour = 1; hour < HOURS; hour += 1) await operator.advance("1h");
    const before = await operator.reconciles();
    for (const name of ["event", "schedule", "window"]) {
      expect(operator.view.counts(`${name}-api`), `the count of ${name}`).toEqual([
        { at: Date.parse(T0), replicas: 2 },
      ]);
    }
    // Four evaluations a day of three services; the history comes as often.
    expect(before).toBeLessThanOrEqual((HOURS / 6) * 3 * 2 + 50);

    await operator.advance("2h");
    for (const [name, replicas] of [
      ["event", 12],
      ["schedule", 9],
      ["window", 4],
    ] as const) {
      expect(operator.view.counts(`${name}-api`)[1], `the rise of ${name}`).toEqual({ at: START - 600_000, replicas });
    }
    expect(warnings).toEqual([]);
    await operator.remove(filingCalendars, operator.namespace);
  });

  test("the first minute has four reconciles at most", async () => {
    const operator = await startOperator({ start: T0 });
    operator.prometheus.answer(150);
    await operator.create(deployments, deployment(2));
    await operator.create(invoiceServices, invoiceService({ events: [{ name: "peak", ...span, replicas: 12 }] }));
    await operator.advance("60s");
    expect(await operator.reconciles()).toBeLessThanOrEqual(4);
    await operator.advance("60s");
    expect(await operator.reconciles()).toBeLessThanOrEqual(6);
    expect(warnings).toEqual([]);
  });

  test("a pause that ends in 40 days ends then, and not before", async () => {
    const operator = await startOperator({ start: T0, evaluationInterval: "6h" });
    operator.prometheus.answer(700);
    await operator.create(deployments, deployment(4));
    const annotations = { "invoiceops.dev/paused": new Date(START).toISOString() };
    await operator.create(invoiceServices, invoiceService({ annotations }));
    for (let day = 0; day < 39; day += 1) await operator.advance("24h");
    expect(operator.replicas).toBe(4);
    expect(operator.view.services.now("inv").status?.phase).toBe("Suspended");
    expect(await operator.reconciles()).toBeLessThanOrEqual(39 * 4 + 10);
    await operator.advance("24h");
    expect(operator.view.counts("inv-api")[1]).toEqual({ at: START, replicas: 7 });
    expect(warnings).toEqual([]);
  });

  test("an evaluation interval and a stabilization of 40 days are waited for", async () => {
    const operator = await startOperator({ start: T0, evaluationInterval: "960h" });
    operator.prometheus.answer(700);
    await operator.create(deployments, deployment(4));
    const scaling = { stabilization: { up: "960h", down: "960h" }, release: { grace: "960h", every: "960h" } };
    await operator.create(invoiceServices, invoiceService({ scaling }));
    await operator.advance("240h");
    expect(operator.replicas).toBe(4);
    expect(await operator.reconciles()).toBeLessThanOrEqual(4);
    expect(warnings).toEqual([]);
  });
});
