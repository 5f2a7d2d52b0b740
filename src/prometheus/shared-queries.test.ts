import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { createPrometheusStub, type PrometheusStub } from "../../test/support/prometheus-stub.ts";
import { PrometheusClient } from "./client.ts";
import { selectSample } from "./select.ts";
import { SharedQueries } from "./shared-queries.ts";

const INTERVAL = 30_000;
const QUERY = "sum by (service) (rate(http_requests_total[2m]))";

let clock: FakeClock;
let stub: PrometheusStub;
let client: PrometheusClient;
let queries: SharedQueries;

beforeEach(async () => {
  clock = new FakeClock();
  stub = await createPrometheusStub({ now: () => clock.now() });
  client = new PrometheusClient({ clock });
  queries = new SharedQueries({ client, clock });
});

afterEach(async () => {
  await client.close();
  await stub.close();
});

describe("equal questions", () => {
  it("of 1,000 services with phases spread over the interval are asked about once in an interval", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `s${index}`);
    stub.answer(() => names.map((service, index) => ({ labels: { service }, value: index })));
    for (let round = 0; round < 4; round += 1) {
      for (const [index, service] of names.entries()) {
        const answer = await queries.ask({ url: stub.url }, QUERY, { maxAgeMs: INTERVAL });
        expect(selectSample(answer, { service })).toMatchObject({ value: index });
        if (index % 50 === 49) await clock.advance(INTERVAL / 20);
      }
    }
    expect(stub.requests()).toBe(4);
    expect(queries.size).toBe(1);
  });

  it("share one flight", async () => {
    stub.answer(7);
    const all = await Promise.all(
      Array.from({ length: 50 }, () => queries.ask({ url: stub.url }, QUERY, { maxAgeMs: 0 })),
    );
    expect(new Set(all).size).toBe(1);
    expect(stub.requests()).toBe(1);
  });

  it("are asked again when the answer is older than the asker accepts", async () => {
    stub.answer(({ count }) => count);
    const value = async (maxAgeMs: number): Promise<unknown> =>
      selectSample(await queries.ask({ url: stub.url }, QUERY, { maxAgeMs }));
    expect(await value(INTERVAL)).toMatchObject({ value: 1 });
    await clock.advance(INTERVAL);
    expect(await value(INTERVAL)).toMatchObject({ value: 1 });
    expect(await value(INTERVAL / 2)).toMatchObject({ value: 2 });
    await clock.advance(INTERVAL + 1);
    expect(await value(INTERVAL)).toMatchObject({ value: 3 });
  });

  it("share a failure while it lasts and for a second, so that a recovery is seen at once", async () => {
    stub.answer({ status: 503, body: "<html>" });
    const ask = async (): Promise<boolean> => (await queries.ask({ url: stub.url }, QUERY, { maxAgeMs: INTERVAL })).ok;
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([false, false, false]);
    stub.answer(5);
    await clock.advance(1_000);
    expect(await ask()).toBe(false);
    expect(stub.requests()).toBe(1);
    await clock.advance(1);
    expect(await ask()).toBe(true);
  });

  it("over a range share their answer when the grid is the same", async () => {
    stub.answer(3);
    const grid = { start: clock.now() - 3_600_000, end: clock.now(), stepMs: 300_000, maxAgeMs: INTERVAL };
    const [one, two] = [
      queries.askRange({ url: stub.url }, QUERY, grid),
      queries.askRange({ url: stub.url }, QUERY, grid),
    ];
    expect(await one).toBe(await two);
    await queries.askRange({ url: stub.url }, QUERY, { ...grid, end: grid.end - 300_000 });
    expect(stub.requests()).toBe(2);
  });
});

describe("different questions", () => {
  it.each([
    ["query", (url: string) => [{ url }, "up"] as const],
    ["address", (url: string) => [{ url: `${url}/` }, QUERY] as const],
    ["header", (url: string) => [{ url, headers: { "x-scope-orgid": "b" } }, QUERY] as const],
    ["CA", (url: string) => [{ url, ca: "pem" }, QUERY] as const],
  ])("by %s are never mixed", async (_name, other) => {
    stub.answer(1);
    const mine = await queries.ask({ url: stub.url }, QUERY, { maxAgeMs: INTERVAL });
    const [endpoint, query] = other(stub.url);
    expect(await queries.ask(endpoint, query, { maxAgeMs: INTERVAL })).not.toBe(mine);
    expect(stub.requests()).toBe(2);
  });

  it("are forgotten when nobody asks them any more", async () => {
    stub.answer(1);
    for (let index = 0; index < 100; index += 1) {
      await queries.ask({ url: stub.url }, `q${index}`, { maxAgeMs: INTERVAL });
    }
    expect(queries.size).toBe(100);
    await clock.advance(2 * INTERVAL);
    await queries.ask({ url: stub.url }, "q1", { maxAgeMs: INTERVAL });
    expect(queries.size).toBe(1);
  });

  it("over a range are forgotten too, although nobody asks for a range any more", async () => {
    stub.answer(1);
    const grid = { start: clock.now() - 3_600_000, end: clock.now(), stepMs: 300_000, maxAgeMs: INTERVAL };
    await queries.askRange({ url: stub.url }, QUERY, grid);
    await clock.advance(2 * INTERVAL);
    await queries.ask({ url: stub.url }, QUERY, { maxAgeMs: INTERVAL });
    expect(queries.size).toBe(1);
  });

  it("share with the same headers in another order and case", async () => {
    stub.answer(1);
    await queries.ask({ url: stub.url, headers: { A: "1", b: "2" } }, QUERY, { maxAgeMs: INTERVAL });
    await queries.ask({ url: stub.url, headers: { B: "2", a: "1" } }, QUERY, { maxAgeMs: INTERVAL });
    expect(stub.requests()).toBe(1);
  });
});
