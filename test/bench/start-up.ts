import { readdir, readFile } from "node:fs/promises";
import { get } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import type { Pod } from "../../src/kube/resource.ts";
import { CRDS } from "../support/crds.ts";
import { operatorManifests, restrictedNamespace } from "../e2e/support/operator-pod.ts";

/** From the start of the operator's process in its container, ms. */
export interface StartUp {
  /** /healthz answers. */
  aliveMs: number;
  /** /readyz says yes: the caches have listed, and the Lease has been read. */
  readyMs: number;
}

const NAMESPACE = "start-up";

/** Starts the image as many times on the node, one after the other. */
export async function measureStartUps(node: RealNode, times: number): Promise<StartUp[]> {
  const { cluster } = node;
  await cluster.kubectl(["apply", "-f", CRDS]);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  await cluster.apply(restrictedNamespace(NAMESPACE));
  // A container that is killed starts again at once, but only the first time: a pod for each.
  await cluster.apply(operatorManifests({ namespace: NAMESPACE, replicas: times }));
  await cluster.kubectl(["rollout", "status", "deployment/invoiceops", `--namespace=${NAMESPACE}`]);
  const { stdout } = await cluster.kubectl(["get", "pods", `--namespace=${NAMESPACE}`, "--output=json"]);
  const measured: StartUp[] = [];
  for (const pod of (JSON.parse(stdout) as { items: Pod[] }).items) measured.push(await restarted(node, pod));
  await cluster.kubectl(["delete", "namespace", NAMESPACE]);
  return measured;
}

async function restarted(node: RealNode, { status }: Pod): Promise<StartUp> {
  const url = `http://${status?.podIP}:8080`;
  const before = await newestStart();
  await node.signal(status?.containerStatuses?.[0]?.containerID ?? "", "SIGKILL");
  while (await answers(`${url}/healthz`)) await sleep(1);
  const [alive, ready] = await Promise.all([firstAnswer(`${url}/healthz`), firstAnswer(`${url}/readyz`)]);
  const start = await newestStart();
  if (start === before) throw new Error("the operator's process was not found");
  return { aliveMs: alive - start, readyMs: ready - start };
}

/** When it says yes for the first time, ms since boot. */
async function firstAnswer(url: string): Promise<number> {
  while (!(await answers(url))) await sleep(2);
  return sinceBoot();
}

/** Each time on a connection of its own: one of the process that is gone tells nothing. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}

async function sinceBoot(): Promise<number> {
  return Number((await readFile("/proc/uptime", "utf8")).split(" ")[0]) * 1_000;
}

/** When the youngest of the operator's processes began, ms since boot; the kernel counts hundredths of a second. */
async function newestStart(): Promise<number> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const starts = await Promise.all(ids.map((id) => startOf(id).catch(() => 0)));
  return Math.max(...starts);
}

async function startOf(id: string): Promise<number> {
  if (!(await readFile(`/proc/${id}/cmdline`, "utf8")).includes("/app/operator.js")) return 0;
  const stat = await readFile(`/proc/${id}/stat`, "utf8");
  // The name in brackets may hold blanks; what follows it begins with the third field, and the start is the 22nd.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[22 - 3]) * 10;
}
