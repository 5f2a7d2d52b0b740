import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { startOwnCluster, useCluster } from "../support/cluster.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("kubectl is of the cluster's own version, and the server knows its version", async () => {
  const cluster = await useCluster();
  const { stdout } = await cluster.kubectl(["version", "--output=json"]);
  const { clientVersion, serverVersion } = JSON.parse(stdout) as Record<string, { gitVersion: string }>;
  expect(serverVersion?.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
  expect(clientVersion?.gitVersion).toBe(serverVersion?.gitVersion);
});

test("what kubectl refuses is told in kubectl's words", async () => {
  const cluster = await useCluster();
  await expect(cluster.kubectl(["get", "deployment", "none"])).rejects.toThrow(
    'kubectl get deployment none: Error from server (NotFound): deployments.apps "none" not found',
  );
});

test("a Deployment becomes ready, scales and goes with its pods", async () => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace();
  await cluster.apply({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "web" }] },
      },
    },
  });
  const rollout = ["rollout", "status", "deployment/web", `--namespace=${namespace}`, "--timeout=60s"];
  await cluster.kubectl(rollout);
  await cluster.kubectl(["scale", "deployment/web", "--replicas=3", `--namespace=${namespace}`]);
  await cluster.kubectl(rollout);
  const deployment = await cluster.get<{ status: object }>("deployment", "web", namespace);
  expect(deployment.status).toMatchObject({ readyReplicas: 3 });
  const removal = ["delete", "deployment", "web", "--cascade=foreground", "--timeout=60s"];
  await cluster.kubectl([...removal, `--namespace=${namespace}`]);
});

test("a ServiceAccount's kubeconfig has that account's rights only, and the audit log tells what it asked", async () => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace();
  await cluster.kubectl(["create", "serviceaccount", "operator", `--namespace=${namespace}`]);
  const kubeconfig = await cluster.serviceAccountKubeconfig(namespace, "operator");
  const user = `system:serviceaccount:${namespace}:operator`;
  await expect(cluster.kubectl(["get", "secrets"], { kubeconfig })).rejects.toThrow(
    `User "${user}" cannot list resource "secrets" in API group "" in the namespace "${namespace}"`,
  );
  await expect
    .poll(() => cluster.auditEvents({ user, verb: "list", resource: "secrets" }))
    .toMatchObject([{ objectRef: { namespace }, responseStatus: { code: 403 } }]);
});

test("an API server that is killed comes back at the same address with the same data", async () => {
  await using cluster = await startOwnCluster();
  const namespace = await cluster.createNamespace();
  await cluster.stopApiServer("SIGKILL");
  await expect(cluster.kubectl(["get", "namespace", namespace])).rejects.toThrow(/refused/);
  await cluster.startApiServer();
  expect(await cluster.get("namespace", namespace)).toMatchObject({ metadata: { name: namespace } });
});

test("after a compaction and a restart old resource versions are gone", async () => {
  await using cluster = await startOwnCluster();
  const read = ["get", "namespace", "default", "--output=jsonpath={.metadata.resourceVersion}"];
  const { stdout: version } = await cluster.kubectl(read);
  expect(await cluster.compact()).toBeGreaterThan(Number(version));
  await cluster.restartApiServer();
  const old = `/api/v1/namespaces?resourceVersionMatch=Exact&resourceVersion=${version}`;
  await expect(cluster.kubectl(["get", "--raw", old])).rejects.toThrow("(Expired)");
});

test("a flag that the API server does not know is told from its log, and nothing is left behind", async () => {
  const folder = temporaryFolder();
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  await expect(startOwnCluster({ apiServerArgs: ["--no-such-flag"] })).rejects.toThrow(
    /kube-apiserver ended with code 1 while starting; the end of its log:\n(.*\n)*.*unknown flag: --no-such-flag/,
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("Prometheus starts beside the cluster with the history that it is given", async () => {
  await using cluster = await startOwnCluster();
  const history = join(import.meta.dirname, "local-cluster.openmetrics.txt");
  const { url } = await cluster.startPrometheus({ config: "scrape_configs: []\n", history });
  const query = new URLSearchParams({ query: "invoices_per_hour", time: "1767229200" });
  const answer = (await (await fetch(`${url}/api/v1/query?${query.toString()}`)).json()) as object;
  expect(answer).toMatchObject({ data: { result: [{ value: [1_767_229_200, "42"] }] } });
});

test.each(["SIGKILL", "SIGINT"] as const)(
  "a cluster whose parent gets %s leaves no process and no directory",
  async (signal) => {
    const parent = spawn(process.execPath, ["dev/cluster/main.ts"], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    const directory = dirname(await kubeconfigOf(parent));
    const pids = pidsBelow(parent.pid!);
    // The supervisor and its five programs: etcd, API server, controller manager, scheduler, kwok.
    expect(pids).toHaveLength(6);
    parent.kill(signal);
    await expect.poll(() => pids.filter(isAlive), { timeout: 30_000 }).toEqual([]);
    expect(existsSync(directory)).toBe(false);
  },
);

async function kubeconfigOf(parent: ChildProcess): Promise<string> {
  for await (const line of createInterface(parent.stdout!)) {
    if (line.startsWith("export KUBECONFIG=")) return line.slice("export KUBECONFIG=".length);
  }
  throw new Error("the cluster did not start");
}

/** All processes that the process started, directly or not. */
function pidsBelow(pid: number): number[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
  const rows = table
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/, 2).map(Number));
  const children = rows.filter(([, parent]) => parent === pid).map(([child]) => child!);
  return children.flatMap((child) => [child, ...pidsBelow(child)]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
