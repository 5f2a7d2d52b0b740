import { Gauge } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ProbeServer } from "./health.ts";
import { silentLogger } from "./logger.ts";
import { Metrics } from "./metrics.ts";

let metrics: Metrics;
let server: ProbeServer;
let base: string;

beforeEach(async () => {
  metrics = new Metrics();
  server = new ProbeServer({ port: 0, host: "127.0.0.1", metrics, log: silentLogger });
  base = `http://127.0.0.1:${await server.listen()}`;
});
afterEach(() => server.close());

async function get(path: string, method = "GET"): Promise<[status: number, body: string]> {
  const response = await fetch(base + path, { method });
  return [response.status, await response.text()];
}

function fail(): never {
  throw new Error("boom");
}

describe("a probe", () => {
  test.each(["/healthz", "/readyz", "/readyz?verbose"])("passes at %s while nothing is amiss", async (path) => {
    server.addLiveness("lease", () => undefined);
    server.addReadiness("lease", () => undefined);
    expect(await get(path)).toEqual([200, "[+] lease\nok\n"]);
  });

  test("fails with the reason of each check that fails, and passes again afterwards", async () => {
    let problem: string | undefined = "pods has not been listed yet";
    server.addReadiness("caches", () => problem);
    server.addReadiness("leader election", () => undefined);
    expect(await get("/readyz")).toEqual([
      503,
      "[-] caches: pods has not been listed yet\n[+] leader election\nfailed\n",
    ]);
    problem = undefined;
    expect((await get("/readyz"))[0]).toBe(200);
  });

  test("fails when a check throws", async () => {
    server.addLiveness("lease", fail);
    expect(await get("/healthz")).toEqual([503, "[-] lease: Error: boom\nfailed\n"]);
  });

  test("of one kind does not look at the checks of the other", async () => {
    server.addReadiness("caches", () => "no");
    expect(await get("/healthz")).toEqual([200, "ok\n"]);
  });
});

describe("the metrics", () => {
  test("are served in Prometheus' text format", async () => {
    metrics.leader("invoiceops", () => true);
    const response = await fetch(`${base}/metrics`);
    expect(response.headers.get("content-type")).toContain("text/plain; version=0.0.4");
    expect(await response.text()).toContain('leader_election_master_status{name="invoiceops"} 1');
  });

  test("are a 500 when one cannot be read, and the server lives on", async () => {
    metrics.registry.registerMetric(new Gauge({ name: "broken", help: "broken", registers: [], collect: fail }));
    expect(await get("/metrics")).toEqual([500, "the metrics could not be written\n"]);
    expect((await get("/healthz"))[0]).toBe(200);
  });
});

test.each([
  ["GET", "/", 404],
  ["POST", "/healthz", 405],
  ["HEAD", "/readyz", 200],
])("%s %s is answered with %i", async (method, path, status) => {
  expect((await get(path, method))[0]).toBe(status);
});

test("a port that is taken is an error, not a server that never answers", async () => {
  const port = Number(new URL(base).port);
  const other = new ProbeServer({ port, host: "127.0.0.1", metrics, log: silentLogger });
  await expect(other.listen()).rejects.toThrow("EADDRINUSE");
  await other.close();
});

test("closing ends kept-alive connections too", async () => {
  await get("/healthz");
  await server.close();
  await expect(get("/healthz")).rejects.toThrow("fetch failed");
});
