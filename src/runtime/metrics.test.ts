import { register } from "prom-client";
import { expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { createMetrics, Metrics } from "./metrics.ts";
import { WorkQueue } from "./workqueue.ts";

/** The lines of the exposition with the given beginnings, without histogram buckets. */
async function lines(metrics: Metrics, ...beginnings: string[]): Promise<string[]> {
  const text = await metrics.registry.metrics();
  return text
    .split("\n")
    .filter((line) => beginnings.some((beginning) => line.startsWith(beginning)) && !line.includes("_bucket{"));
}

test("all that is known at the start is there with 0, under the names that Go operators use", async () => {
  const metrics = new Metrics();
  const queue = new WorkQueue({ clock: new FakeClock() });
  metrics.controller("invsvc", { concurrency: 4, active: () => 0 });
  metrics.queue("invsvc", () => queue);
  metrics.informer("pods");
  metrics.cache("pods", { size: 0, lastContact: 0 });
  metrics.leader("invoiceops", () => false);
  expect(await lines(metrics, "controller_runtime", "workqueue", "informer", "leader")).toEqual([
    'controller_runtime_reconcile_total{controller="invsvc",result="success"} 0',
    'controller_runtime_reconcile_total{controller="invsvc",result="error"} 0',
    'controller_runtime_reconcile_total{controller="invsvc",result="requeue_after"} 0',
    'controller_runtime_reconcile_total{controller="invsvc",result="requeue"} 0',
    'controller_runtime_reconcile_errors_total{controller="invsvc"} 0',
    'controller_runtime_terminal_reconcile_errors_total{controller="invsvc"} 0',
    'controller_runtime_reconcile_panics_total{controller="invsvc"} 0',
    'controller_runtime_reconcile_timeouts_total{controller="invsvc"} 0',
    'controller_runtime_reconcile_time_seconds_sum{controller="invsvc"} 0',
    'controller_runtime_reconcile_time_seconds_count{controller="invsvc"} 0',
    'controller_runtime_max_concurrent_reconciles{controller="invsvc"} 4',
    'controller_runtime_active_workers{controller="invsvc"} 0',
    'workqueue_depth{name="invsvc",controller="invsvc"} 0',
    'workqueue_adds_total{name="invsvc",controller="invsvc"} 0',
    'workqueue_retries_total{name="invsvc",controller="invsvc"} 0',
    'workqueue_queue_duration_seconds_sum{name="invsvc",controller="invsvc"} 0',
    'workqueue_queue_duration_seconds_count{name="invsvc",controller="invsvc"} 0',
    'workqueue_work_duration_seconds_sum{name="invsvc",controller="invsvc"} 0',
    'workqueue_work_duration_seconds_count{name="invsvc",controller="invsvc"} 0',
    'workqueue_unfinished_work_seconds{name="invsvc",controller="invsvc"} 0',
    'workqueue_longest_running_processor_seconds{name="invsvc",controller="invsvc"} 0',
    'informer_relists_total{resource="pods",reason="start"} 0',
    'informer_relists_total{resource="pods",reason="expired"} 0',
    'informer_watch_restarts_total{resource="pods",reason="closed"} 0',
    'informer_watch_restarts_total{resource="pods",reason="inactive"} 0',
    'informer_watch_restarts_total{resource="pods",reason="expired"} 0',
    'informer_watch_restarts_total{resource="pods",reason="error"} 0',
    'informer_faults_total{resource="pods"} 0',
    'informer_objects{resource="pods"} 0',
    'informer_last_event_timestamp_seconds{resource="pods"} 0',
    'leader_election_master_status{name="invoiceops"} 0',
  ]);
});

test("a queue's gauges tell what is so when they are read, in seconds", async () => {
  const metrics = new Metrics();
  const clock = new FakeClock();
  const queue: WorkQueue = new WorkQueue({ clock, metrics: metrics.queue("q", () => queue) });
  for (const key of ["a", "b", "c"]) queue.add(key);
  await clock.advance(500);
  await queue.get();
  await clock.advance(1_500);
  await queue.get();
  await clock.advance(1_000);
  queue.addRateLimited("a");
  expect(await lines(metrics, "workqueue")).toEqual(
    [
      ["workqueue_depth", 1],
      ["workqueue_adds_total", 3],
      ["workqueue_retries_total", 1],
      ["workqueue_queue_duration_seconds_sum", 2.5],
      ["workqueue_queue_duration_seconds_count", 2],
      ["workqueue_work_duration_seconds_sum", 0],
      ["workqueue_work_duration_seconds_count", 0],
      ["workqueue_unfinished_work_seconds", 3.5],
      ["workqueue_longest_running_processor_seconds", 2.5],
    ].map(([name, value]) => `${name}{name="q",controller="q"} ${value}`),
  );
});

test("requests to the API server are counted by code, method and host, and timed", async () => {
  const metrics = new Metrics();
  const host = "10.0.0.1:443";
  metrics.onRequest({ method: "GET", code: "200", host, seconds: 0.25 });
  metrics.onRequest({ method: "GET", code: "200", host, seconds: 0.25 });
  metrics.onRequest({ method: "PATCH", code: "<error>", host, seconds: 1 });
  expect(await lines(metrics, "rest_client")).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="10.0.0.1:443"} 2',
    'rest_client_requests_total{code="<error>",method="PATCH",host="10.0.0.1:443"} 1',
    'rest_client_request_duration_seconds_sum{verb="GET",host="10.0.0.1:443"} 0.5',
    'rest_client_request_duration_seconds_count{verb="GET",host="10.0.0.1:443"} 2',
    'rest_client_request_duration_seconds_sum{verb="PATCH",host="10.0.0.1:443"} 1',
    'rest_client_request_duration_seconds_count{verb="PATCH",host="10.0.0.1:443"} 1',
  ]);
});

test("an informer's restarts, objects and last word from the server are told", async () => {
  const metrics = new Metrics();
  const informer = metrics.informer("pods");
  informer.listed("expired");
  informer.watchEnded("inactive");
  informer.faulted();
  metrics.cache("pods", { size: 12, lastContact: 1_800_000_000_500 });
  const nonZero = (await lines(metrics, "informer")).filter((line) => !line.endsWith(" 0"));
  expect(nonZero).toEqual([
    'informer_relists_total{resource="pods",reason="expired"} 1',
    'informer_watch_restarts_total{resource="pods",reason="inactive"} 1',
    'informer_faults_total{resource="pods"} 1',
    'informer_objects{resource="pods"} 12',
    'informer_last_event_timestamp_seconds{resource="pods"} 1800000000.5',
  ]);
});

test("leadership is read from its source at each scrape", async () => {
  const metrics = new Metrics();
  let leading = true;
  metrics.leader("invoiceops", () => leading);
  expect(await lines(metrics, "leader")).toEqual(['leader_election_master_status{name="invoiceops"} 1']);
  leading = false;
  expect(await lines(metrics, "leader")).toEqual(['leader_election_master_status{name="invoiceops"} 0']);
});

test("an operator's registry has Node's own metrics too; the library's global registry stays empty", async () => {
  const metrics = createMetrics();
  expect(await lines(metrics, "nodejs_eventloop_lag_seconds ", "process_cpu_seconds_total ")).toHaveLength(2);
  expect(register.getMetricsAsArray()).toEqual([]);
});
