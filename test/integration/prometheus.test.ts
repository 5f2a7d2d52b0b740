import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { provideBinaries } from "../../dev/cluster/binaries.ts";
import { startComponent } from "../../dev/cluster/component.ts";
import { prepareHistory, prometheus } from "../../dev/cluster/prometheus.ts";
import { Supervisor } from "../../dev/cluster/supervisor/client.ts";
import { learnBaseline } from "../../src/forecast/learn-baseline.ts";
import { PrometheusClient } from "../../src/prometheus/client.ts";
import type { Endpoint, MetricReason, Reading } from "../../src/prometheus/reading.ts";
import { selectPoints, selectSample } from "../../src/prometheus/select.ts";
import { SharedQueries } from "../../src/prometheus/shared-queries.ts";
import { realClock } from "../../src/runtime/clock.ts";

const HOUR = 3_600_000;
const STEP = 300_000;
const END = Math.floor(realClock.now() / HOUR) * HOUR - 3 * HOUR;
const START = END - 10 * 24 * HOUR;
/** Nothing was scraped in these two hours, and in the hour after them the samples are NaN. */
const GAP = END - 48 * HOUR;

/** Prometheus scrapes its own metrics, whose request durations are native histograms; all else is history. */
function configFor(url: string): string {
  return `
global: { scrape_interval: 1s, scrape_native_histograms: true }
scrape_configs:
  - { job_name: self, static_configs: [{ targets: ["${new URL(url).host}"] }] }
`;
}

function demandAt(at: number): number {
  return 100 + 10 * new Date(at).getUTCHours();
}

/** Ten days of two gauges in the OpenMetrics format. */
function openMetrics(): string {
  const lines = ["# TYPE demand gauge"];
  for (let at = START; at <= END; at += STEP) {
    lines.push(`demand{service="archive"} 5 ${at / 1000}`);
    if (at >= GAP && at < GAP + 2 * HOUR) continue;
    const value = at >= GAP + 2 * HOUR && at < GAP + 3 * HOUR ? "NaN" : demandAt(at);
    lines.push(`demand{service="vat-api"} ${value} ${at / 1000}`);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}

let supervisor: Supervisor;
let endpoint: Endpoint;
const client = new PrometheusClient({ clock: realClock });

beforeAll(async () => {
  const paths = await provideBinaries(["prometheus", "promtool"]);
  supervisor = await Supervisor.start();
  const samples = join(supervisor.directory, "history.om");
  await writeFile(samples, openMetrics());
  await prepareHistory(paths.promtool, supervisor.directory, samples);
  const server = await prometheus(paths.prometheus, supervisor.directory, { config: "" });
  // Its own address is known only now.
  await writeFile(join(supervisor.directory, "prometheus.yaml"), configFor(server.url));
  await startComponent(supervisor, server);
  endpoint = { url: server.url };
});

afterAll(async () => {
  await client.close();
  await supervisor.end();
});

async function read(query: string, select?: Record<string, string>): Promise<Reading> {
  return selectSample(await client.instant(endpoint, query, { time: END }), select);
}

describe("a real Prometheus", () => {
  it.each([
    ["a sum", "sum(demand)", undefined],
    ["one of several series", "demand", { service: "vat-api" }],
    ["a remark on the query, which is no warning", 'rate(demand{service="vat-api"}[1h]) * 0 + 1', undefined],
    ["a vector made of a scalar", "vector(800)", undefined],
  ])("gives a number for %s", async (_name, query, select) => {
    expect(await read(query, select)).toEqual({ ok: true, value: expect.any(Number), at: END });
  });

  it("gives the number itself", async () => {
    expect(await read("demand", { service: "vat-api" })).toMatchObject({ value: demandAt(END) });
    expect(await read("vector(1.5e15) / 7")).toMatchObject({ value: 1.5e15 / 7 });
  });

  it.each<[string, string, MetricReason, string]>([
    ["0/0", "vector(0) / 0", "InvalidSample", 'the sample "NaN" is not a finite number'],
    ["1/0", "vector(1) / 0", "InvalidSample", 'the sample "+Inf" is not a finite number'],
    ["-1/0", "vector(-1) / 0", "InvalidSample", 'the sample "-Inf" is not a finite number'],
    ["nothing", "no_such_metric", "NoData", "the query gives no series"],
    [
      "two series",
      "demand",
      "AmbiguousSeries",
      '2 series where one is expected: they differ in service ("archive", "vat-api")',
    ],
    ["a scalar", "scalar(sum(demand))", "UnexpectedResult", "the query gives a scalar where a vector is expected"],
    ["a string", '"hello"', "UnexpectedResult", "the query gives a string where a vector is expected"],
    ["a range vector", "demand[5m]", "UnexpectedResult", "the query gives a matrix where a vector is expected"],
    ["a syntax error (HTTP 400)", "sum(demand", "QueryError", "bad_data: invalid parameter"],
    [
      "an execution error (HTTP 422)",
      "demand * on () demand",
      "QueryError",
      "execution: found duplicate series for the match group",
    ],
    ["nothing with a warning", "histogram_quantile(0.9, demand)", "PartialData", "no series, and not all data: PromQL"],
  ])("has a reason for %s", async (_name, query, reason, message) => {
    expect(await read(query)).toEqual({ ok: false, reason, message: expect.stringContaining(message) });
  });

  it("marks a number as partial that comes with warnings", async () => {
    const reading = await read("sum(demand) or histogram_quantile(0.9, demand)");
    expect(reading).toMatchObject({ ok: true, value: demandAt(END) + 5, partial: expect.stringContaining("PromQL") });
  });

  it("keeps durations as native histograms, which are no number", async () => {
    const query = 'prometheus_http_request_duration_seconds{handler="/api/v1/query"}';
    await vi.waitFor(
      async () => {
        const answer = await client.instant(endpoint, query);
        expect(selectSample(answer)).toMatchObject({ ok: false, reason: "HistogramSample" });
      },
      { timeout: 20_000, interval: 200 },
    );
    const count = await client.instant(endpoint, `histogram_count(${query})`);
    expect(selectSample(count)).toMatchObject({ ok: true });
  });

  it("gives the history in chunks, from which the baseline is learnt", async () => {
    const queries = new SharedQueries({ client, clock: realClock });
    const grid = { start: START, end: END, stepMs: STEP, maxAgeMs: HOUR };
    const history = selectPoints(await queries.askRange(endpoint, "demand", grid), { service: "vat-api" });
    if (!history.ok) throw new Error(history.message);
    expect(history.points.filter(([at]) => at >= GAP + HOUR && at < GAP + 3 * HOUR)).toEqual([]);
    expect(history.points.every(([at, value]) => value === demandAt(at) || at < GAP + HOUR)).toBe(true);
    const baseline = learnBaseline(history.points);
    for (let at = END; at < END + 24 * HOUR; at += HOUR) expect(baseline?.at(at)).toBe(demandAt(at));
  });

  it("is unavailable once it has ended", async () => {
    await supervisor.stop("prometheus");
    expect(await read("demand")).toEqual({
      ok: false,
      reason: "Unavailable",
      message: `${endpoint.url}: connection refused`,
    });
  });
});
