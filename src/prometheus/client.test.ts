import { EventEmitter, once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import {
  createPrometheusStub,
  type PrometheusStub,
  type StubAnswer,
  type StubRequest,
  success,
  vector,
} from "../../test/support/prometheus-stub.ts";
import { PrometheusClient, type QueryOutcome } from "./client.ts";
import type { MetricReason, Reading } from "./reading.ts";
import { selectPoints, selectSample } from "./select.ts";

const NOW = Date.parse("2027-01-15T08:00:00Z");

let clock: FakeClock;
let stub: PrometheusStub;
let client: PrometheusClient;
let outcomes: QueryOutcome[];

beforeEach(async () => {
  clock = new FakeClock(NOW);
  stub = await createPrometheusStub({ now: () => clock.now() });
  outcomes = [];
  client = new PrometheusClient({ clock, onQuery: (query) => outcomes.push(query), maxBodyBytes: 100_000 });
});

afterEach(async () => {
  await client.close();
  await stub.close();
});

async function read(query = "demand", url = stub.url): Promise<Reading> {
  return selectSample(await client.instant({ url }, query));
}

function scalar(type: string, value: string): StubAnswer {
  return { body: success({ resultType: type, result: [NOW / 1000, value] }) };
}

function apiError(status: number, errorType: string, error: string): StubAnswer {
  return { status, body: { status: "error", errorType, error } };
}

const histogramVector = {
  resultType: "vector",
  result: [{ metric: { job: "api" }, histogram: [NOW / 1000, { count: "4", sum: "2", buckets: [] }] }],
};

describe("an instant query", () => {
  it.each<[string, StubAnswer, number]>([
    ["a decimal", "800", 800],
    ["a fraction", "0.25", 0.25],
    ["a negative number", "-3.5", -3.5],
    ["an exponent", "1.5e+06", 1_500_000],
    ["a zero that was measured", "0", 0],
    ["a list of one", [{ labels: { job: "api" }, value: 7 }], 7],
    [
      "an answer with remarks only",
      { body: success(vector([{ value: 400 }], NOW), { infos: ["PromQL info: x"] }) },
      400,
    ],
    ["old-style remarks", { body: success(vector([{ value: 400 }], NOW), { warnings: ["PromQL info: x"] }) }, 400],
  ])("reads %s", async (_name, answer, value) => {
    stub.answer(answer);
    expect(await read()).toEqual({ ok: true, value, at: NOW });
    expect(outcomes).toEqual([{ outcome: "Success", seconds: 0 }]);
  });

  it.each<[string, StubAnswer, MetricReason, string]>([
    ["NaN", "NaN", "InvalidSample", 'the sample "NaN" is not a finite number'],
    ["+Inf", "+Inf", "InvalidSample", 'the sample "+Inf" is not a finite number'],
    ["-Inf", "-Inf", "InvalidSample", 'the sample "-Inf" is not a finite number'],
    ["an empty string", "", "InvalidSample", 'the sample "" is not a finite number'],
    ["an overflow", "1e309", "InvalidSample", 'the sample "1e309" is not a finite number'],
    ["a blank", " 8", "InvalidSample", 'the sample " 8" is not a finite number'],
    ["hexadecimal", "0x10", "InvalidSample", 'the sample "0x10" is not a finite number'],
    ["an empty vector", [], "NoData", "the query gives no series"],
    [
      "two series",
      [
        { labels: { pod: "a", job: "api" }, value: 1 },
        { labels: { pod: "b", job: "api" }, value: 2 },
      ],
      "AmbiguousSeries",
      '2 series where one is expected: they differ in pod ("a", "b")',
    ],
    [
      "a scalar",
      scalar("scalar", "5"),
      "UnexpectedResult",
      "the query gives a scalar where a vector is expected; wrap",
    ],
    ["a string", scalar("string", "x"), "UnexpectedResult", "the query gives a string where a vector is expected"],
    ["a matrix", { body: success({ resultType: "matrix", result: [] }) }, "UnexpectedResult", "gives a matrix where"],
    [
      "a histogram",
      { body: success(histogramVector) },
      "HistogramSample",
      'the series {job="api"} is a native histogram',
    ],
    [
      "an empty answer with warnings",
      { body: success(vector([], NOW), { warnings: ["store 2 is away"] }) },
      "PartialData",
      "no series, and not all data: store 2 is away",
    ],
    ["status error in HTTP 200", apiError(200, "execution", "boom"), "QueryError", "/: execution: boom"],
    ["HTTP 400", apiError(400, "bad_data", "1:5: parse error"), "QueryError", "bad_data: 1:5: parse error"],
    ["HTTP 422", apiError(422, "execution", "many-to-many matching"), "QueryError", "execution: many-to-many matching"],
    ["the server's own time-out", apiError(503, "timeout", "query timed out"), "Timeout", "timeout: query timed out"],
    ["HTTP 500", apiError(500, "internal", "disk"), "Unavailable", "internal: disk"],
    ["HTTP 503 with HTML", { status: 503, body: "<html>secret</html>" }, "Unavailable", "HTTP 503 (text/html)"],
    ["HTTP 404", { status: 404, body: "not here" }, "Unavailable", "HTTP 404 (text/html)"],
    ["HTTP 429", { status: 429, body: "" }, "Unavailable", "HTTP 429"],
    ["HTTP 401", { status: 401, body: "who?" }, "Unauthorized", "HTTP 401"],
    ["HTTP 403", { status: 403, body: "no" }, "Unauthorized", "HTTP 403"],
    ["HTTP 200 with HTML", { body: "<html>" }, "UnexpectedResult", "not an answer of the Prometheus API (text/html)"],
    ["JSON of something else", { body: { hello: 1 } }, "UnexpectedResult", "not an answer of the Prometheus API"],
    ["a result that is no list", { body: success({ resultType: "vector", result: {} }) }, "UnexpectedResult", "no"],
    ["no data", { body: { status: "success" } }, "UnexpectedResult", "it has no result type"],
    [
      "a number instead of a sample string",
      { body: success({ resultType: "vector", result: [{ metric: {}, value: [1, 5] }] }) },
      "UnexpectedResult",
      "a series has no labels or no sample",
    ],
    ["a body that ends early", { body: success(vector([], NOW)), fail: "cut" }, "Unavailable", "closed"],
    ["too large a body", { body: "x".repeat(200_000) }, "TooLarge", "the answer is too large"],
    [
      "a redirect",
      { status: 307, headers: { location: "https://user:hush@elsewhere.example/q?token=hush" } },
      "Unavailable",
      "HTTP 307 to https://elsewhere.example/q; redirects are not followed",
    ],
  ])("names the reason for %s", async (_name, answer, reason, message) => {
    stub.answer(answer);
    const reading = await read();
    expect(reading).toEqual({ ok: false, reason, message: expect.stringContaining(message.replace("/: ", ": ")) });
    expect(JSON.stringify(reading)).not.toMatch(/hush|secret|who\?/);
  });

  it("keeps the value of a partial answer and says what is missing", async () => {
    stub.answer({ body: success(vector([{ value: "400" }], NOW), { warnings: ["store 2 is away", "so is 3"] }) });
    expect(await read()).toEqual({ ok: true, value: 400, at: NOW, partial: "store 2 is away; so is 3" });
    stub.answer({ body: { ...success(vector([{ value: "400" }], NOW)), isPartial: true } });
    expect(await read()).toMatchObject({ ok: true, partial: "the server marks the answer as partial" });
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["PartialData", "PartialData"]);
  });

  it.each([
    ["a closed port", "http://127.0.0.1:1", "http://127.0.0.1:1: connection refused"],
    [
      "a name that does not exist",
      // No DNS server is asked for a name that cannot exist.
      `http://${"a".repeat(64)}.invalid:9090/x/`,
      expect.stringMatching(/^http:\/\/a+\.invalid:9090\/x: the name does not resolve/),
    ],
    ["an address without http", "prometheus:9090", "an invalid address: not an http or https address"],
    ["a password without http", "user:s3cr3t@prometheus", "an invalid address: not an http or https address"],
    ["nothing", "", "an invalid address: not an http or https address"],
  ])("calls %s unavailable", async (_name, url, message) => {
    expect(await read("demand", url)).toEqual({ ok: false, reason: "Unavailable", message });
  });

  it.each(["headers", "body"] as const)("times out after 5 s without the rest of the %s", async (fail) => {
    const asked = arrival((answer) => stub.answer(answer), { body: success(vector([], NOW)), fail });
    const reading = read();
    await asked;
    await clock.advance(4_999);
    expect(outcomes).toEqual([]);
    await clock.advance(1);
    expect(await reading).toEqual({ ok: false, reason: "Timeout", message: `${stub.url}: no answer within 5 s` });
    expect(outcomes).toEqual([{ outcome: "Timeout", seconds: 5 }]);
    expect(clock.pending).toBe(0);
  });

  it("rejects with the caller's reason when the caller gives up", async () => {
    const asked = arrival((answer) => stub.answer(answer), { fail: "headers" });
    const caller = new AbortController();
    const answer = client.instant({ url: stub.url }, "demand", { signal: caller.signal });
    await asked;
    caller.abort(new Error("shutting down"));
    await expect(answer).rejects.toThrow("shutting down");
    expect(clock.pending).toBe(0);
  });

  it("posts a form with the query, the time and the time limit, and keeps prefix and parameters of the address", async () => {
    let seen: StubRequest | undefined;
    stub.answer((request) => {
      seen = request;
      return 1;
    });
    const query = 'sum(rate(http_requests_total{service="vat-api",path=~"/v1/.+"}[2m])) + 1';
    await client.instant({ url: `${stub.url}/tenant/?dedup=true` }, query, { time: NOW + 250 });
    expect(seen).toMatchObject({ method: "POST", path: "/tenant/api/v1/query?dedup=true", query });
    expect(Object.fromEntries(seen?.params ?? [])).toEqual({ query, time: "1800000000.250", timeout: "5000ms" });
  });

  it("sends credentials and extra headers and never shows them", async () => {
    let seen: StubRequest | undefined;
    stub.answer((request) => {
      seen = request;
      const error = `no tenant for ${request.headers.authorization} / s3cr3t p/ss ${"x".repeat(1_000)}`;
      return { status: 400, body: { status: "error", errorType: "bad_data", error } };
    });
    const url = stub.url.replace("http://", "http://user:s3cr3t%20p%2Fss@");
    const anonymous = await client.instant({ url }, "demand");
    expect(seen?.headers.authorization).toBe(`Basic ${Buffer.from("user:s3cr3t p/ss").toString("base64")}`);
    const token = { Authorization: "Bearer t0k3n-value", "X-Scope-OrgID": "tenant-7" };
    const bearer = await client.instant({ url, headers: token }, "demand");
    expect(seen?.headers).toMatchObject({ authorization: "Bearer t0k3n-value", "x-scope-orgid": "tenant-7" });
    for (const answer of [anonymous, bearer]) {
      expect(answer).toMatchObject({ ok: false, reason: "QueryError" });
      expect(JSON.stringify(answer)).not.toMatch(/s3cr3t|t0k3n/);
      expect((answer as { message: string }).message.length).toBeLessThanOrEqual(300);
    }
  });
});

describe("connections", () => {
  it("asks 8 at a time, the others in the order of their coming, and gives up on waiting after 30 s", async () => {
    const order: string[] = [];
    const arrived = new EventEmitter();
    stub.answer(({ query }) => {
      if (order.push(query) % 8 === 0) arrived.emit("eight");
      return { fail: "headers" };
    });
    let eight = once(arrived, "eight");
    const readings = Array.from({ length: 80 }, (_, index) => read(`q${index}`));
    for (let round = 0; round < 6; round += 1) {
      await eight;
      const expected = Array.from({ length: 8 }, (_, index) => `q${round * 8 + index}`);
      expect(order.splice(0).toSorted(byNumber)).toEqual(expected);
      eight = once(arrived, "eight");
      await clock.advance(5_000);
    }
    const messages = (await Promise.all(readings)).map((reading) => (reading.ok ? "" : reading.message));
    expect(messages.slice(0, 48).every((message) => message.endsWith("no answer within 5 s"))).toBe(true);
    expect(messages.at(-1)).toBe(`${stub.url}: busy for 30 s`);
  });

  it("lets a server that hangs hold up nobody else", async () => {
    const asked = arrival((answer) => stub.answer(answer), { fail: "headers" });
    const hanging = Array.from({ length: 20 }, () => read());
    await asked;
    const other = await createPrometheusStub({ now: () => clock.now() });
    other.answer(5);
    expect(await read("demand", other.url)).toMatchObject({ value: 5 });
    await other.close();
    for (let second = 0; second < 40; second += 1) await clock.advance(1_000);
    await Promise.all(hanging);
  });

  it("reuses one, and asks again on a new one when the server has closed it meanwhile", async () => {
    const body = JSON.stringify(success(vector([{ value: 3 }], NOW)));
    let connections = 0;
    const server: Server = createServer((request, response) => {
      request.resume().on("end", () => response.end(body));
    });
    server.on("connection", () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (let round = 0; round < 3; round += 1) {
      expect(await read("demand", url)).toMatchObject({ value: 3 });
      await clock.advance(30_000);
    }
    expect(connections).toBe(1);
    server.closeAllConnections();
    expect(await read("demand", url)).toMatchObject({ value: 3 });
    expect(connections).toBe(2);
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
  });
});

describe("a range query", () => {
  const HOUR = 3_600_000;

  it("is put together from chunks, with gaps where there is no finite sample", async () => {
    const start = NOW - 24 * 14 * HOUR;
    const gap = NOW - 24 * 10 * HOUR;
    stub.answer([{ labels: { job: "api" }, value: (at) => (at === gap ? "NaN" : at / 1000) }]);
    const answer = await client.range({ url: stub.url }, "demand", { start, end: NOW, stepMs: 300_000 });
    const history = selectPoints(answer, { job: "api" });
    if (!history.ok) throw new Error(history.message);
    expect(stub.requests()).toBe(3);
    expect(history.points).toHaveLength(14 * 24 * 12);
    expect(history.points.every(([at, value]) => value === at / 1000)).toBe(true);
    expect(history.points.some(([at]) => at === gap)).toBe(false);
    expect([history.points[0]?.[0], history.points.at(-1)?.[0]]).toEqual([start, NOW]);
  });

  it("halves chunks that are too large", async () => {
    stub.answer(Array.from({ length: 5 }, (_, index) => ({ labels: { pod: `p${index}` }, value: index })));
    const answer = await client.range({ url: stub.url }, "demand", {
      start: NOW - 99 * HOUR,
      end: NOW,
      stepMs: 180_000,
    });
    expect(outcomes.map(({ outcome }) => outcome)).toContain("TooLarge");
    const history = selectPoints(answer, { pod: "p3" });
    if (!history.ok) throw new Error(history.message);
    expect(history.points.map(([, value]) => value)).toEqual(Array.from({ length: 1_981 }, () => 3));
  });

  it("fails as a whole, and names several series and histograms", async () => {
    const grid = { start: NOW - 24 * 14 * HOUR, end: NOW, stepMs: 300_000 };
    stub.answer(({ count }) => (count === 2 ? apiError(422, "execution", "boom") : 1));
    expect(await client.range({ url: stub.url }, "demand", grid)).toMatchObject({ ok: false, reason: "QueryError" });
    const short = { start: NOW - HOUR, end: NOW, stepMs: 300_000 };
    stub.answer([
      { labels: { pod: "a" }, value: 1 },
      { labels: { pod: "b" }, value: 1 },
    ]);
    const several = await client.range({ url: stub.url }, "demand", short);
    expect(selectPoints(several)).toMatchObject({ reason: "AmbiguousSeries" });
    expect(selectPoints(several, { pod: "c" })).toMatchObject({ message: 'none of 2 series matches {pod="c"}' });
    stub.answer({ body: success({ resultType: "matrix", result: [{ metric: {}, histograms: [] }] }) });
    expect(await client.range({ url: stub.url }, "demand", short)).toMatchObject({ reason: "HistogramSample" });
    stub.answer({ body: success({ resultType: "matrix", result: [] }, { warnings: ["half"] }) });
    expect(await client.range({ url: stub.url }, "demand", short)).toMatchObject({ ok: true, partial: "half" });
  });
});

/** Scripts `answer` and resolves when the first request has come. */
function arrival(script: (next: () => StubAnswer) => void, answer: StubAnswer): Promise<void> {
  return new Promise((resolve) => {
    script(() => {
      resolve();
      return answer;
    });
  });
}

function byNumber(a: string, b: string): number {
  return Number(a.slice(1)) - Number(b.slice(1));
}
