import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Cluster } from "../../dev/cluster/cluster.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import { startOwnCluster } from "../support/cluster.ts";
import { CRDS } from "../support/crds.ts";
import { eventually } from "../support/eventually.ts";
import { createPrometheusStub, type PrometheusStub } from "../support/prometheus-stub.ts";
import { readme, ROOT, shellBlocks } from "../support/readme.ts";

/** Every shell block of the README but the installs, run as printed and in the order in which a reader meets them. */

let cluster: Cluster;
let prometheus: PrometheusStub;
let operator: ChildProcess | undefined;

beforeAll(async () => {
  cluster = await startOwnCluster({ controllerManager: {} });
  prometheus = await createPrometheusStub();
  prometheus.answer([{ labels: { namespace: "billing", service: "vat-api" }, value: 2_500 }]);
});

afterAll(async () => {
  await end();
  await prometheus?.close();
  await cluster?.stop();
});

function environment(): NodeJS.ProcessEnv {
  const { kubectlPath, adminKubeconfig, directory } = cluster.connection;
  return {
    ...process.env,
    PATH: `${dirname(kubectlPath)}:${join(directory, "npm", "bin")}:${process.env["PATH"]}`,
    npm_config_prefix: join(directory, "npm"),
    KUBECONFIG: adminKubeconfig,
    HOME: directory,
    PROMETHEUS_URL: prometheus.url,
    INVOICEOPS_PORT: "0",
  };
}

async function run(block: string): Promise<string> {
  const options = { cwd: ROOT, env: environment() };
  return (await promisify(execFile)("bash", ["-euo", "pipefail", "-c", block], options)).stdout;
}

async function end(): Promise<void> {
  if (operator?.pid === undefined) return;
  const exited = once(operator, "exit");
  // npm starts it through a shell: the signal is for all of them.
  process.kill(-operator.pid, "SIGTERM");
  operator = undefined;
  await exited;
}

const get = (): Promise<InvoiceService> => cluster.get<InvoiceService>("invoiceservice", "vat-issuing", "billing");

test("the shell blocks work as printed, from the first to the last", async () => {
  const [command, start, example, look, conditions, annotations, finalizers, ...more] = shellBlocks;
  expect(more).toEqual([]);
  await run(command ?? "");
  await cluster.kubectl(["apply", "-f", CRDS]);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  expect(start).toContain("npm run operator -- --prometheus-url");
  operator = spawn("bash", ["-c", start ?? ""], { cwd: ROOT, env: environment(), stdio: "ignore", detached: true });

  await run(example ?? "");
  await eventually(async () => expect((await get()).status?.observedGeneration).toBe(1), 60_000);
  expect(await run(look ?? "")).toContain("vat-issuing");
  await eventually(async () => expect(await run(conditions ?? "")).toMatch(/^Ready=/m));

  await run(annotations ?? "");
  const marks = (await get()).metadata.annotations;
  expect(marks?.["invoiceops.dev/refresh"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(marks).not.toHaveProperty("invoiceops.dev/paused");

  await end();
  await run(finalizers ?? "");
  expect((await get()).metadata).not.toHaveProperty("finalizers");
});

test("the example of the README is taken by the API server", async () => {
  const yaml = /```yaml\n(apiVersion: invoiceops.dev.*?)```/s.exec(readme)?.[1] ?? "";
  await expect(cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input: yaml })).resolves.toBeDefined();
});

test("the two commands are scripts", async () => {
  const { scripts } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  for (const [, script] of readme.matchAll(/`npm (start|test)`/g)) expect(scripts).toHaveProperty(script ?? "");
});
