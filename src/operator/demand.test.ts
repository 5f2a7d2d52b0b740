import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import type { InvoiceServiceManifest, InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import { VectorAnswer, type Answer } from "../prometheus/answer.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import { readDemand, signalsOf, type DemandReading } from "./demand.ts";

const endpoint = { url: "http://prometheus:9090" };
const vector = (value: string, partial?: string): Answer =>
  new VectorAnswer([{ labels: {}, at: 1_000, value }], 1_000, partial);
const failure = { ok: false, reason: "Unavailable", message: "connection refused" } as const;

type Spec = InvoiceServiceManifest["spec"];
const specOf = (demand: Partial<Spec["demand"]>, scaling: Partial<Spec["scaling"]> = {}): InvoiceServiceSpec =>
  invoiceService({ demand: { query: "rps", ...demand }, scaling }).spec;

/** Reads with a Prometheus that answers by query. */
function read(spec: InvoiceServiceSpec, answers: Record<string, Answer>): Promise<DemandReading[]> {
  const queries = { ask: async (_: unknown, query: string) => answers[query] ?? failure } as unknown as SharedQueries;
  return readDemand(queries, endpoint, spec, 27_000);
}

const queue = { name: "queue", query: "depth", perReplica: 50 };

describe("the readings of a service", () => {
  test("are its demand and then its signals, each for itself", async () => {
    const readings = await read(specOf({ signals: [queue, { name: "cpu", query: "cpu", perReplica: 1 }] }), {
      rps: vector("800"),
      cpu: vector("3"),
    });
    expect(readings).toEqual([
      { name: "demand", reading: { ok: true, value: 800, at: 1_000 } },
      { name: "queue", reading: failure },
      { name: "cpu", reading: { ok: true, value: 3, at: 1_000 } },
    ]);
  });

  test("follow the selection and the meaning of empty of each signal", async () => {
    const spec = specOf({
      select: { service: "vat" },
      signals: [{ ...queue, emptyMeansZero: true }],
    });
    const rps = new VectorAnswer(
      [
        { labels: { service: "vat" }, at: 1_000, value: "800" },
        { labels: { service: "other" }, at: 1_000, value: "5" },
      ],
      1_000,
    );
    expect(await read(spec, { rps, depth: new VectorAnswer([], 1_000) })).toEqual([
      { name: "demand", reading: { ok: true, value: 800, at: 1_000 } },
      { name: "queue", reading: { ok: true, value: 0, at: 1_000 } },
    ]);
  });

  test("are never below zero: such a query is wrong, and lowers nothing", async () => {
    expect(await read(specOf({}), { rps: vector("-5") })).toMatchObject([
      { reading: { ok: false, reason: "InvalidSample" } },
    ]);
  });
});

describe("what one replica takes", () => {
  const good = { ok: true, value: 800, at: 1_000 } as const;

  test("is its own number for each signal, times the utilization that is planned with", () => {
    const spec = specOf({ signals: [queue] }, { perReplica: 100, utilization: 0.5 });
    expect(
      signalsOf(
        [
          { name: "demand", reading: good },
          { name: "queue", reading: good },
        ],
        spec,
      ),
    ).toEqual([
      { name: "demand", reading: good, perReplica: 50 },
      { name: "queue", reading: good, perReplica: 25 },
    ]);
  });

  test("is not mixed up by a signal that is called demand as well", () => {
    const spec = specOf({ signals: [{ ...queue, name: "demand" }] }, { perReplica: 100, utilization: 1 });
    const readings = [
      { name: "demand", reading: good },
      { name: "demand", reading: good },
    ];
    expect(signalsOf(readings, spec).map(({ perReplica }) => perReplica)).toEqual([100, 50]);
  });

  test.each([
    [
      "says nothing about replicas where it is not known, and lowers nothing",
      good,
      { ok: true, value: 0, partial: "spec.scaling.perReplica is missing" },
    ],
    ["or not, a failure to read is one", failure, failure],
  ])("%s", (_, reading, expected) => {
    const spec = specOf({});
    delete spec.scaling.perReplica;
    expect(signalsOf([{ name: "demand", reading }], spec)).toMatchObject([{ name: "demand", reading: expected }]);
  });
});
