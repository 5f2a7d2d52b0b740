import { beforeAll, describe, expect, test } from "vitest";
import type { FilingCalendarManifest } from "../../src/api/v1alpha1/filing-calendar.ts";
import { parseState } from "../../src/forecast/state.ts";
import { configMaps, deployments } from "../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../src/operator/kinds.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { deployment, filingCalendar, invoiceService } from "../support/billing.ts";
import { eventually } from "../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../support/operator-harness.ts";
import { gauge, startPrometheus, type RealPrometheus } from "../support/real-prometheus.ts";

/**
 * The forecast that is learnt, end to end: months of history in the blocks of a real Prometheus, an operator that has
 * never seen the service, and the floor that stands when the window comes.
 */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Prometheus answers for its own present, so the test begins there. */
const NOW = Math.floor(realClock.now() / HOUR) * HOUR;
const TODAY = Math.floor(NOW / DAY) * DAY;

/** Three windows that are over, a month apart, and one that opens tomorrow; each is five days long. */
const OPENINGS = [-89, -59, -29, 1].map((day) => TODAY + day * DAY);
const LENGTH = 5 * DAY;
const OPENS = OPENINGS[3]!;
const DEADLINE = OPENS + LENGTH;
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const calendar: FilingCalendarManifest["spec"] = {
  timeZone: "UTC",
  dates: OPENINGS.map((at) => ({ period: dayOf(at).slice(0, 7), opens: dayOf(at), deadline: dayOf(at + LENGTH - 1) })),
};

/** 150 to 250 requests/s by the hour of the day; in a window twice that, and six times in its last three days. */
function demandAt(at: number): number {
  const usual = 200 + 50 * Math.sin(((at % DAY) / DAY) * 2 * Math.PI);
  const opened = OPENINGS.find((opens) => at >= opens && at < opens + LENGTH);
  if (opened === undefined) return usual;
  return usual * (at >= opened + LENGTH - 3 * DAY ? 6 : 2);
}
/** Replicas of 100 requests/s for the highest of it. */
const PEAK = 15;

let full: RealPrometheus;
let empty: RealPrometheus;

beforeAll(async () => {
  const range = { start: NOW - 135 * DAY, end: NOW };
  // For some hours Prometheus was down; a day later the service was, and nothing came.
  const down = (at: number): boolean => at > NOW - 20 * DAY && at < NOW - 20 * DAY + 3 * HOUR;
  const silent = (at: number): boolean => at > NOW - 19 * DAY && at < NOW - 19 * DAY + 2 * HOUR;
  full = await startPrometheus(gauge("demand", range, (at) => (down(at) ? undefined : silent(at) ? 0 : demandAt(at))));
  empty = await startPrometheus();
  return async () => {
    await full.close();
    await empty.close();
  };
});

/** An operator that sees the service for the first time, with the calendar and months of history there. */
async function cold(): Promise<OperatorHarness> {
  const lasting = { ...full, close: async () => {} };
  const operator = await startOperator({
    start: new Date(NOW).toISOString(),
    evaluationInterval: "30m",
    bounds: [2, 40],
    prometheus: lasting,
    beside: { ...empty, close: async () => {} },
  });
  const name = `vat-${operator.namespace}`;
  await operator.create(filingCalendars, filingCalendar(name, calendar));
  await operator.create(deployments, deployment(3));
  await operator.create(
    invoiceServices,
    invoiceService({
      calendars: [{ name }],
      // What was last seen, as its own present has no samples.
      demand: { query: "last_over_time(demand[2h])" },
      scaling: { maxReplicas: 40, expectedPeakFactor: 3 },
    }),
  );
  await operator.evaluate(2);
  return operator;
}

const statusOf = (operator: OperatorHarness) => operator.view.services.now("inv").status?.scaling;
const floorOf = (operator: OperatorHarness): number => statusOf(operator)?.floor ?? Number.NaN;
const at = (moment: number): string => new Date(moment).toISOString();

describe("an operator that has never seen the service", () => {
  test("learns three windows from Prometheus, has the floor before the fourth, and keeps what it learnt", async () => {
    const operator = await cold();
    expect(operator.condition("ForecastReady")).toMatchObject({ status: "True", reason: "Ready" });
    expect(operator.condition("ForecastReady")?.message).toContain("3 filing windows seen");
    const { p50 = 0, upper = 0, windows } = statusOf(operator)?.forecast ?? {};
    expect(windows).toBe(3);
    // Its usual factor of 3 would have said 750.
    expect(p50).toBeGreaterThan(1_250);
    expect(p50).toBeLessThan(1_750);
    expect(upper).toBeGreaterThanOrEqual(p50);
    expect(statusOf(operator)?.plan?.[0]?.reason).toMatch(/^window vat-/);

    await operator.advanceTo(at(OPENS - 30 * MINUTE));
    expect(floorOf(operator)).toBe(2);
    await operator.advanceTo(at(OPENS));
    expect(floorOf(operator)).toBeGreaterThanOrEqual(3);
    await operator.advanceTo(at(DEADLINE - 3 * DAY));
    expect(floorOf(operator)).toBeGreaterThanOrEqual(10);
    await operator.advanceTo(at(DEADLINE - HOUR));
    expect(floorOf(operator)).toBeGreaterThanOrEqual(PEAK);
    // Three windows leave room for a fourth that is worse.
    expect(floorOf(operator)).toBeLessThanOrEqual(2.2 * PEAK);

    const kept = await operator.read(configMaps, "inv-forecast");
    expect(kept?.metadata.ownerReferences).toMatchObject([{ kind: "InvoiceService", name: "inv" }]);
    const parsed = parseState(kept?.data?.["forecast.json"] ?? "");
    expect("state" in parsed && parsed.state.windows.length).toBeGreaterThanOrEqual(3);
    expect(kept?.data?.["forecast.json"]?.length).toBeLessThan(100_000);
    // Once when it was learnt, once for the past, and about once a day.
    const writes = (await operator.requests()).filter(
      ({ verb, objectRef }) => objectRef?.resource === "configmaps" && verb !== "get",
    );
    expect(writes.length).toBeLessThanOrEqual(10);

    await operator.remove(invoiceServices, "inv");
    await eventually(async () => {
      expect(await operator.read(configMaps, "inv-forecast")).toBeUndefined();
    }, 120_000);
  });
});

describe("in the window", () => {
  test("neither a restart in front of a Prometheus that has forgotten, nor one that is gone, lowers the floor", async () => {
    const operator = await cold();
    const before = statusOf(operator)?.forecast;
    await operator.restart("0s", empty.url);
    await operator.evaluate(2);
    expect(operator.condition("ForecastReady")).toMatchObject({ status: "False", reason: "HistoryUnavailable" });
    expect(operator.condition("ForecastReady")?.message).toContain("planning with what is known");
    expect(statusOf(operator)?.forecast).toEqual(before);

    await operator.advanceTo(at(DEADLINE - 2 * DAY));
    const reached = floorOf(operator);
    expect(reached).toBeGreaterThanOrEqual(PEAK);
    await empty.kill();
    await operator.restart("5m");
    await operator.advanceTo(at(DEADLINE + 2 * DAY));
    expect(floorOf(operator)).toBeGreaterThanOrEqual(reached);
    const opened = operator.view.counts("inv-api").filter((count) => count.at >= OPENS);
    const counts = opened.map(({ replicas }) => replicas);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });
});
