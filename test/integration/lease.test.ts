import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

import { expect, test, vi, type TestContext } from "vitest";

import { createClient } from "../../src/kube/client.ts";
import { LeaderElector } from "../../src/kube/lease.ts";
import { microTime } from "../../src/kube/micro-time.ts";
import { leases, type Lease } from "../../src/kube/resource.ts";
import { createTransport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { useCluster } from "../support/cluster.ts";

const PROCESS = new URL("../support/elector-process.ts", import.meta.url).pathname;
/** A lease of 15 s must have a new holder this long after the death of the old one. */
const TAKE_OVER_MS = 20_000;

interface Competitor {
  process: ChildProcess;
  /** What it has told so far. */
  told: string[];
  ended: Promise<number | null>;
  /** Resolves when it has told that it leads. */
  leads(withinMs?: number): Promise<void>;
}

/** Starts a process that competes for the lease "operator"; it is gone with the test. */
function compete(
  context: TestContext,
  cluster: ClusterAccess,
  namespace: string,
  identity: string,
  durationMs: number,
): Competitor {
  const args = [PROCESS, cluster.adminKubeconfig, namespace, "operator", identity, String(durationMs)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  context.onTestFinished(() => void child.kill("SIGKILL"));
  const told: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => told.push(line));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  // A process takes its time to start on a busy machine.
  const leads = (withinMs = 90_000): Promise<void> =>
    vi.waitFor(() => expect(told).toContain("leading"), { timeout: withinMs, interval: 50 });
  return { process: child, told, ended, leads };
}

const leaseOf = (cluster: ClusterAccess, namespace: string): Promise<Lease> =>
  cluster.get<Lease>("lease", "operator", namespace);

test.concurrent("kill -9 of the leader: the other one leads within 20 s", async (context) => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace("lease");
  const a = compete(context, cluster, namespace, "a", 15_000);
  await a.leads();
  const b = compete(context, cluster, namespace, "b", 15_000);
  await vi.waitFor(async () => {
    const reads = await cluster.auditEvents({ verb: "get", resource: "leases", namespace });
    expect(reads.length, "b has looked at the lease").toBeGreaterThan(1);
  }, 20_000);
  a.process.kill("SIGKILL");
  await b.leads(TAKE_OVER_MS);
  expect((await leaseOf(cluster, namespace)).spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
});

test.concurrent("a leader that was stopped begins no write when it resumes, and ends", async (context) => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace("lease");
  const a = compete(context, cluster, namespace, "a", 6000);
  await a.leads();
  const writesOfA = async (): Promise<number> => {
    const patches = await cluster.auditEvents({ verb: "patch", resource: "configmaps", namespace });
    return patches.filter(({ userAgent }) => userAgent === "a").length;
  };
  await vi.waitFor(async () => expect(await writesOfA()).toBeGreaterThan(10), 10_000);
  const b = compete(context, cluster, namespace, "b", 6000);
  a.process.kill("SIGSTOP");
  await b.leads();
  const resumedAt = Date.now();
  a.process.kill("SIGCONT");
  expect(await a.ended).toBe(1);
  const passes = a.told.filter((line) => line.startsWith("passed "));
  // A request that was under way at the stop may be out of time at the resume: it passed before, and is no new write.
  const others = a.told.filter((line) => !/^(passed|failed) |^held back$/.test(line));
  expect(others).toEqual(["leading", "lost"]);
  expect(a.told).toContain("held back");
  // What arrives after the resume was handed to the system before the stop: no client can take that back.
  expect(passes.filter((line) => Number(line.slice("passed ".length)) >= resumedAt)).toEqual([]);
  expect(await writesOfA()).toBeLessThanOrEqual(passes.length);
  expect((await leaseOf(cluster, namespace)).spec?.holderIdentity).toBe("b");
});

test.concurrent("a leader that ends in order hands over before its lease would end", async (context) => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace("lease");
  const a = compete(context, cluster, namespace, "a", 15_000);
  await a.leads();
  a.process.kill("SIGTERM");
  expect(await a.ended).toBe(0);
  expect((await leaseOf(cluster, namespace)).spec).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
  const b = compete(context, cluster, namespace, "b", 15_000);
  await b.leads();
  expect((await leaseOf(cluster, namespace)).spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
});

test.concurrent("a holder that allows itself 60 s is not displaced by electors that would wait 3 s", async (context) => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace("lease");
  let looks = 0;
  const transport = createTransport({
    config: cluster.adminConfig(),
    clock: realClock,
    onRequest: ({ method }) => (looks += method === "GET" ? 1 : 0),
  });
  context.onTestFinished(() => transport.close());
  const client = createClient(transport);
  const held = { holderIdentity: "them", leaseDurationSeconds: 60, renewTime: microTime(Date.parse("2020-01-01")) };
  await client.create(leases, { metadata: { namespace, name: "operator" }, spec: held });
  const elector = new LeaderElector({
    client,
    clock: realClock,
    log: silentLogger,
    lease: { namespace, name: "operator" },
    identity: "us",
    leaseDurationMs: 3000,
    renewDeadlineMs: 2000,
    retryPeriodMs: 500,
  });
  const stop = new AbortController();
  context.onTestFinished(() => stop.abort());
  void elector.run(stop.signal, { onStarted: () => undefined, onLost: () => undefined });
  // Ten looks take at least 4.5 s: longer than our own lease would last.
  await vi.waitFor(() => expect(looks).toBeGreaterThan(10), 60_000);
  expect((await leaseOf(cluster, namespace)).spec?.holderIdentity).toBe("them");
  await client.patch(leases, { namespace, name: "operator" }, { spec: { holderIdentity: "" } });
  await vi.waitFor(() => expect(elector.isLeader).toBe(true), 10_000);
});
