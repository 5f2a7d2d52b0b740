// npm run bench [-- 1000 5000]: many InvoiceServices on a real API server, the operator as a process of its own, and
// what that costs. Prints the table of docs/performance.md; exits 1 when a number is worse than what is to be reached.
// npm run bench -- e2e: on a real node, how fast the image starts (exits 1 beyond 2 s), and a filing peak with invoiceops,
// with a plain autoscaler, and with KEDA.
// npm run bench -- forecast [6]: filing windows of six seeds replayed, invoiceops against other ways to scale.
// npm run bench -- learn: what learning a year and planning from what was learnt cost.
import { setTimeout as sleep } from "node:timers/promises";
import { startCluster, type Cluster } from "../../dev/cluster/cluster.ts";
import { createPrometheusStub, type PrometheusStub } from "../support/prometheus-stub.ts";
import { benchOnNode } from "./on-node.ts";
import { benchForecast } from "./forecast/run.ts";
import { benchLearn } from "./learn.ts";
import { createFleet, QUERY, whenAllReconciled } from "./fleet.ts";
import { OperatorProcess } from "./operator-process.ts";
import { printTable, type Row } from "./table.ts";

const STEADY_MS = 180_000;
/** Longer than the lead time, after which pods that never start are called late. */
const QUIET_MS = 130_000;

if (process.argv[2] === "e2e") process.exit(await benchOnNode(process.argv.slice(3)));
if (process.argv[2] === "learn") process.exit(benchLearn());
if (process.argv[2] === "forecast") process.exit(benchForecast(process.argv.slice(3)));

const sizes = process.argv
  .slice(2)
  .map(Number)
  .filter((size) => size > 0);
const rows: Row[] = [];
for (const services of sizes.length > 0 ? sizes : [1_000, 5_000]) rows.push(await measure(services));
process.exitCode = printTable(rows) ? 0 : 1;

async function measure(services: number): Promise<Row> {
  const cluster = await startCluster({ audit: true });
  const prometheus = await createPrometheusStub();
  // One series for each service, as the shared query of a platform gives them.
  const series = Array.from({ length: services }, (_, index) => ({ labels: { service: `svc-${index}` }, value: 50 }));
  prometheus.answer(series);
  try {
    console.log(`${services}: creating Deployments and InvoiceServices`);
    await createFleet(cluster, services);
    return await observe(cluster, prometheus, services);
  } finally {
    await prometheus.close();
    await cluster.stop();
  }
}

async function observe(cluster: Cluster, prometheus: PrometheusStub, services: number): Promise<Row> {
  const reconciled = await whenAllReconciled(cluster, services);
  const operator = await OperatorProcess.start(cluster, prometheus.url);
  try {
    const convergeSeconds = await reconciled.seconds(operator.startedAt);
    console.log(
      `${services}: all reconciled after ${convergeSeconds.toFixed(1)} s; waiting for quiet, then measuring for ${STEADY_MS / 1000} s`,
    );
    await quiet(cluster);
    const [before, queries, writes] = [await operator.sample(), prometheus.requests(QUERY), await writesOf(cluster)];
    const maxRssMb = await operator.watchMemory(STEADY_MS);
    const after = await operator.sample();
    const minutes = (after.at - before.at) / 60_000;
    return {
      services,
      convergeSeconds,
      cpuSecondsPerMinute: (after.cpuSeconds - before.cpuSeconds) / minutes,
      maxRssMb,
      queriesPerMinute: (prometheus.requests(QUERY) - queries) / minutes,
      writesPerMinute: ((await writesOf(cluster)) - writes) / minutes,
      lateness: after.latenessSince(before),
      eventLoopP99Ms: after.eventLoopP99Ms,
      evaluationsPerMinute: (after.evaluations - before.evaluations) / minutes,
    };
  } finally {
    await operator.stop();
  }
}

/** Resolves when the operator has written nothing for a while: what was started up has become steady. */
async function quiet(cluster: Cluster): Promise<void> {
  for (let before = -1, now = await writesOf(cluster); before !== now;) {
    await sleep(QUIET_MS);
    [before, now] = [now, await writesOf(cluster)];
  }
}

/** Requests that change something, the operator's Lease left out; from the audit log. */
async function writesOf(cluster: Cluster): Promise<number> {
  const events = await cluster.auditEvents({ verb: ["create", "update", "patch", "delete"] });
  return events.filter(
    ({ userAgent = "", objectRef }) => userAgent.startsWith("invoiceops") && objectRef?.resource !== "leases",
  ).length;
}
