import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { ServiceMetrics, type ServiceFigures, type ServiceState } from "./service-metrics.ts";

const START = Date.parse("2027-01-12T08:00:00Z");

const figures = (changes: Partial<ServiceFigures> = {}): ServiceFigures => ({
  namespace: "billing",
  name: "inv",
  readings: [{ name: "demand", reading: { ok: true, value: 812.5, at: START } }],
  lastGood: new Map([["demand", START]]),
  floor: 4,
  recommended: 9,
  current: 8,
  ready: 7,
  leadSeconds: 600,
  shortfall: 0,
  ...changes,
});

/** Metrics of our own, and their values by name and labels as a scrape shows them. */
function bench() {
  const clock = { now: START };
  const registry = new Registry();
  const metrics = new ServiceMetrics(registry, () => clock.now);
  const scrape = async (): Promise<Record<string, number>> => {
    const lines = (await registry.metrics()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
    );
  };
  return { clock, metrics, scrape };
}

const of = '{namespace="billing",name="inv"}';
const ofDemand = '{namespace="billing",name="inv",signal="demand"}';

describe("a service's figures", () => {
  test("are shown as they were last", async () => {
    const { metrics, scrape, clock } = bench();
    metrics.show("billing/inv", figures({ floor: 2 }));
    metrics.show("billing/inv", figures());
    clock.now += 45_000;
    expect(await scrape()).toMatchObject({
      [`invoiceops_demand${ofDemand}`]: 812.5,
      [`invoiceops_last_good_sample_age_seconds${ofDemand}`]: 45,
      [`invoiceops_floor_replicas${of}`]: 4,
      [`invoiceops_recommended_replicas${of}`]: 9,
      [`invoiceops_current_replicas${of}`]: 8,
      [`invoiceops_ready_replicas${of}`]: 7,
      [`invoiceops_lead_seconds${of}`]: 600,
      [`invoiceops_shortfall_replicas${of}`]: 0,
    });
  });

  test("leave out what could not be read, while the age of the last good sample grows", async () => {
    const { metrics, scrape, clock } = bench();
    const reading = { ok: false, reason: "Timeout", message: "no answer within 5 s" } as const;
    metrics.show("billing/inv", figures({ readings: [{ name: "demand", reading }] }));
    clock.now += 300_000;
    const shown = await scrape();
    expect(shown).not.toHaveProperty([`invoiceops_demand${ofDemand}`]);
    expect(shown[`invoiceops_last_good_sample_age_seconds${ofDemand}`]).toBe(300);
  });

  test("have no age where there never was a good sample", async () => {
    const { metrics, scrape } = bench();
    metrics.show("billing/inv", figures({ lastGood: new Map() }));
    expect(Object.keys(await scrape()).some((name) => name.includes("sample_age"))).toBe(false);
  });

  test("are gone with the service, and with a signal that it no longer has", async () => {
    const { metrics, scrape } = bench();
    const queue = { name: "queue", reading: { ok: true, value: 3, at: START } } as const;
    metrics.show("billing/inv", figures({ readings: [...figures().readings, queue] }));
    await scrape();
    metrics.show("billing/inv", figures());
    expect(Object.keys(await scrape()).some((name) => name.includes("queue"))).toBe(false);
    metrics.forget("billing/inv");
    expect(Object.keys(await scrape()).some((name) => name.includes("billing"))).toBe(false);
  });
});

const ofBilling = async ({ scrape }: ReturnType<typeof bench>): Promise<Record<string, number>> =>
  Object.fromEntries(Object.entries(await scrape()).filter(([name]) => name.includes("billing")));

describe("what a service's status says", () => {
  const service = { namespace: "billing", name: "inv" };
  const well: ServiceState = { ready: true, paused: false, problems: [] };

  test("is one series where all is well and no window is known", async () => {
    const operator = bench();
    operator.metrics.tell("billing/inv", service, well);
    expect(await ofBilling(operator)).toEqual({ [`invoiceops_ready${of}`]: 1 });
  });

  test("has its problems while they last, each with its reason", async () => {
    const operator = bench();
    const late = { condition: "CapacityReady", reason: "Late" };
    const missed = { condition: "Degraded", reason: "PeakMissed" };
    operator.metrics.tell("billing/inv", service, { ...well, ready: false, problems: [late, missed] });
    expect(await ofBilling(operator)).toEqual({
      [`invoiceops_ready${of}`]: 0,
      'invoiceops_problem{namespace="billing",name="inv",condition="CapacityReady",reason="Late"}': 1,
      'invoiceops_problem{namespace="billing",name="inv",condition="Degraded",reason="PeakMissed"}': 1,
    });
    operator.metrics.tell("billing/inv", service, { ...well, problems: [late] });
    expect(Object.keys(await ofBilling(operator)).filter((name) => name.includes("problem"))).toHaveLength(1);
  });

  test("has a pause and the window, and is gone with the service", async () => {
    const operator = bench();
    const window = { opens: START, deadline: START + 86_400_000 };
    operator.metrics.tell("billing/inv", service, { ...well, paused: true, window });
    expect(await ofBilling(operator)).toMatchObject({
      [`invoiceops_paused${of}`]: 1,
      [`invoiceops_window_opens_timestamp_seconds${of}`]: START / 1000,
      [`invoiceops_window_deadline_timestamp_seconds${of}`]: START / 1000 + 86_400,
    });
    operator.metrics.forget("billing/inv");
    expect(await ofBilling(operator)).toEqual({});
  });
});

describe("evaluations", () => {
  test("are counted by result, from zero on", async () => {
    const { metrics, scrape } = bench();
    const counted = async (): Promise<number[]> => {
      const shown = await scrape();
      return ["complete", "partial", "failed"].map(
        (result) => shown[`invoiceops_evaluations_total{result="${result}"}`] ?? Number.NaN,
      );
    };
    expect(await counted()).toEqual([0, 0, 0]);
    metrics.evaluated("complete", 0);
    metrics.evaluated("failed", 2_500);
    metrics.evaluated("failed", 0);
    expect(await counted()).toEqual([1, 0, 2]);
    const shown = await scrape();
    expect(shown['invoiceops_evaluation_lateness_seconds_bucket{le="2"}']).toBe(2);
    expect(shown['invoiceops_evaluation_lateness_seconds_bucket{le="5"}']).toBe(3);
  });
});

test("The version of the time-zone rules is shown", async () => {
  const { scrape } = bench();
  expect(Object.keys(await scrape())).toContainEqual(
    expect.stringMatching(/^invoiceops_tzdata_info\{version="\d{4}[a-z]"\}$/),
  );
});
