import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { InvoiceService, InvoiceServiceManifest } from "../api/v1alpha1/invoice-service.ts";
import { VectorAnswer, type Answer } from "../prometheus/answer.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { Endpoints, EndpointResult } from "./endpoint.ts";
import { Evaluations } from "./evaluations.ts";
import { Readings } from "./readings.ts";

const INTERVAL = 30_000;
const KEY = "billing/inv";
const number = (value: string, partial?: string): Answer =>
  new VectorAnswer([{ labels: {}, at: 1_000, value }], 1_000, partial);
const failure = { ok: false, reason: "Unavailable", message: "connection refused" } as const;

type Demand = InvoiceServiceManifest["spec"]["demand"];

function serviceOf(generation = 1, demand: Partial<Demand> = {}, uid = "1"): InvoiceService {
  const service = invoiceService({ demand: { query: "rps", ...demand } });
  const spec = { ...service.spec, prometheus: { timeout: "5s" } };
  return { ...service, spec, metadata: { ...service.metadata, uid, generation } };
}

/** Readings in front of a Prometheus that answers as `world` says. */
function bench() {
  const clock = new FakeClock();
  const world = {
    answer: (_query: string): Answer | Promise<Answer> => number("800"),
    endpoint: { ok: true, endpoint: { url: "http://prometheus:9090" } } as EndpointResult,
  };
  const asked: { query: string; maxAgeMs: number }[] = [];
  const evaluated: string[] = [];
  const late: string[] = [];
  const evaluations = new Evaluations(INTERVAL);
  const queries = {
    ask: async (_: unknown, query: string, { maxAgeMs }: { maxAgeMs: number }) => {
      asked.push({ query, maxAgeMs });
      return world.answer(query);
    },
  } as unknown as SharedQueries;
  const readings = new Readings({
    endpoints: { of: async () => world.endpoint } as unknown as Endpoints,
    queries,
    evaluations,
    metrics: { evaluated: (result) => evaluated.push(result) },
    clock,
    maxAgeMs: 27_000,
    onLate: (key) => late.push(key),
  });
  const look = (service = serviceOf(), refreshedAt?: number) => readings.of(KEY, service, refreshedAt);
  /** Lets time pass until the next evaluation is due. */
  const untilDue = async (): Promise<void> => clock.advance(Math.max(0, (evaluations.next(KEY) ?? 0) - clock.now()));
  return { clock, world, asked, evaluated, late, evaluations, readings, look, untilDue };
}

describe("an evaluation", () => {
  test("is made at the first look, and is for one look to decide on", async () => {
    const { look, asked, evaluated, clock } = bench();
    const first = await look();
    expect(first).toEqual({
      fresh: true,
      reading: {
        endpoint: { ok: true, endpoint: { url: "http://prometheus:9090" } },
        readings: [{ name: "demand", reading: { ok: true, value: 800, at: 1_000 } }],
        lastGood: new Map([["demand", clock.now()]]),
      },
    });
    expect(await look()).toEqual({ ...first, fresh: false });
    expect(asked).toEqual([{ query: "rps", maxAgeMs: 27_000 }]);
    expect(evaluated).toEqual(["complete"]);
  });

  test("is made again when it is due", async () => {
    const { look, asked, untilDue } = bench();
    await look();
    await untilDue();
    expect((await look()).fresh).toBe(true);
    expect(asked).toHaveLength(2);
  });

  test("is made at once for a new spec", async () => {
    const { look } = bench();
    await look();
    expect((await look(serviceOf(2))).fresh).toBe(true);
  });

  test("is made at once when the user asks for another try, and not with an answer that others had before", async () => {
    const { look, asked, clock } = bench();
    await look();
    expect((await look(serviceOf(), clock.now())).fresh).toBe(true);
    expect((await look(serviceOf(), clock.now())).fresh).toBe(false);
    expect(asked.map(({ maxAgeMs }) => maxAgeMs)).toEqual([27_000, 0]);
  });

  test.each<[string, Answer[], string]>([
    ["complete when every signal is a clean number", [number("1"), number("2")], "complete"],
    ["partial when one is missing", [number("1"), failure], "partial"],
    ["partial with a part of the data", [number("1"), number("2", "store-2 is away")], "partial"],
    ["failed when there is none", [failure, number("NaN")], "failed"],
  ])("is %s", async (_, [rps, queue], result) => {
    const { look, world, evaluated } = bench();
    world.answer = (query) => (query === "rps" ? rps! : queue!);
    await look(serviceOf(1, { signals: [{ name: "queue", query: "depth", perReplica: 1 }] }));
    expect(evaluated).toEqual([result]);
  });

  test("without an endpoint is a failure with the endpoint's words", async () => {
    const { look, world, evaluated, asked } = bench();
    world.endpoint = { ok: false, reason: "NoPrometheus", message: "no Prometheus is known" };
    expect((await look()).reading?.readings).toEqual([
      { name: "demand", reading: { ok: false, reason: "Unavailable", message: "no Prometheus is known" } },
    ]);
    expect([evaluated, asked]).toEqual([["failed"], []]);
  });

  test("that throws is a failure with its words, and ends nothing", async () => {
    const { look, world, evaluated } = bench();
    world.answer = () => {
      throw new TypeError("that was not thought of");
    };
    expect((await look()).reading?.endpoint).toEqual({
      ok: false,
      reason: "Unavailable",
      message: "that was not thought of",
    });
    expect(evaluated).toEqual(["failed"]);
  });
});

describe("what was read before", () => {
  test("stands for another spec of the same queries, and not for other ones", async () => {
    const { look, world, clock } = bench();
    await look();
    const never = new Promise<Answer>(() => {});
    world.answer = () => never;
    const same = look(serviceOf(2));
    await clock.advance(1_000);
    expect(await same).toMatchObject({ fresh: false, reading: { readings: [{ reading: { value: 800 } }] } });
    expect(await look(serviceOf(3, { query: "other" }))).toEqual({ fresh: false, reading: undefined });
  });

  test("says when each signal last gave a clean number", async () => {
    const { look, world, clock, untilDue } = bench();
    const good = clock.now();
    await look();
    world.answer = () => number("700", "store-2 is away");
    await untilDue();
    expect((await look()).reading?.lastGood).toEqual(new Map([["demand", good]]));
  });

  test("of an object that is gone says nothing about its namesake", async () => {
    const { look, world, clock } = bench();
    await look();
    const never = new Promise<Answer>(() => {});
    world.answer = () => never;
    const looking = look(serviceOf(1, {}, "2"));
    await clock.advance(1_000);
    expect((await looking).reading).toBeUndefined();
  });
});

const hanging = () => {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  return { promise, answer: resolve };
};

describe("a server that hangs", () => {
  test("is waited for a second, and wakes the service when it answers in the end", async () => {
    const { look, world, clock, late, evaluated } = bench();
    const { promise, answer } = hanging();
    world.answer = () => promise;
    const first = look();
    await clock.advance(1_000);
    expect(await first).toEqual({ fresh: false, reading: undefined });
    expect([late, evaluated]).toEqual([[], []]);
    answer(number("900"));
    await clock.advance(0);
    expect([late, evaluated]).toEqual([[KEY], ["complete"]]);
    expect(await look()).toMatchObject({ fresh: true, reading: { readings: [{ reading: { value: 900 } }] } });
    expect((await look()).fresh).toBe(false);
  });

  test("is not waited for again, for nobody, until it answers in time", async () => {
    const { look, readings, world, clock } = bench();
    const { promise, answer } = hanging();
    world.answer = () => promise;
    const first = look();
    await clock.advance(1_000);
    await first;
    // No time passes on this clock while the next one looks.
    expect(await readings.of("billing/other", serviceOf(), undefined)).toMatchObject({ fresh: false });
    answer(number("900"));
    world.answer = () => number("900");
    expect(await readings.of("billing/third", serviceOf(), undefined)).toMatchObject({ fresh: true });
    world.answer = () => clock.sleep(500).then(() => number("900"));
    const fourth = readings.of("billing/fourth", serviceOf(), undefined);
    await clock.advance(500);
    expect(await fourth).toMatchObject({ fresh: true });
  });

  test("is asked once at a time, and the next evaluation stays ahead", async () => {
    const { look, world, clock, asked, evaluations, untilDue } = bench();
    world.answer = () => hanging().promise;
    const first = look();
    await clock.advance(1_000);
    await first;
    await untilDue();
    expect((await look()).fresh).toBe(false);
    expect(asked).toHaveLength(1);
    expect(evaluations.next(KEY)).toBeGreaterThan(clock.now());
  });

  test("says nothing about a spec that has changed since", async () => {
    const { look, world, clock, late, evaluated } = bench();
    const { promise, answer } = hanging();
    world.answer = (query) => (query === "rps" ? promise : number("5"));
    const first = look();
    await clock.advance(1_000);
    await first;
    expect(await look(serviceOf(2, { query: "other" }))).toMatchObject({ fresh: true });
    answer(number("900"));
    await clock.advance(0);
    expect([late, evaluated]).toEqual([[], ["complete"]]);
    expect(await look(serviceOf(2, { query: "other" }))).toMatchObject({
      reading: { readings: [{ reading: { value: 5 } }] },
    });
  });

  test("wakes nobody for a service that is gone", async () => {
    const { look, world, clock, late, readings } = bench();
    const { promise, answer } = hanging();
    world.answer = () => promise;
    const first = look();
    await clock.advance(1_000);
    await first;
    readings.forget(KEY);
    answer(number("900"));
    await clock.advance(0);
    expect(late).toEqual([]);
  });
});

test("No timer is left behind by an answer that came in time", async () => {
  const { look, clock } = bench();
  await look();
  expect(clock.pending).toBe(0);
});
