import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, onTestFinished, test } from "vitest";
import { parse, stringify } from "yaml";

import { createClient, type Client } from "../../src/kube/client.ts";
import { loadClusterConfig, type ClusterConfig } from "../../src/kube/config.ts";
import type { KubeError } from "../../src/kube/errors.ts";
import { EventRecorder } from "../../src/kube/events.ts";
import { configMaps, defineResource, deployments, events, secrets, type KubeObject } from "../../src/kube/resource.ts";
import { createTransport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { useCluster } from "../support/cluster.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { failureOf } from "../support/transport-fixture.ts";

interface Connected {
  client: Client;
  /** "GET 200" and so on, of every attempt. */
  codes: string[];
}

function connect(config: ClusterConfig): Connected {
  const codes: string[] = [];
  const transport = createTransport({
    config,
    clock: realClock,
    qps: 1000,
    onRequest: ({ method, code }) => codes.push(`${method} ${code}`),
  });
  onTestFinished(() => transport.close());
  return { client: createClient(transport), codes };
}

/** A client as admin and a namespace of its own. */
async function setUp(): Promise<Connected & { cluster: Awaited<ReturnType<typeof useCluster>>; namespace: string }> {
  const cluster = await useCluster();
  return { cluster, namespace: await cluster.createNamespace("client"), ...connect(cluster.adminConfig()) };
}

function deploymentOf(namespace: string, replicas?: number): object {
  const labels = { app: "api" };
  const template = { metadata: { labels }, spec: { containers: [{ name: "api", image: "api" }] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { namespace, name: "api" },
    spec: { ...(replicas !== undefined && { replicas }), selector: { matchLabels: labels }, template },
  };
}

describe("apply", () => {
  test("without force leaves a field to its owner and names both", async () => {
    const { cluster, client, namespace } = await setUp();
    const metadata = { namespace, name: "settings" };
    await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { mode: "theirs" } });
    const failure = await failureOf(client.apply(configMaps, { metadata, data: { mode: "ours" } }));
    expect(failure).toMatchObject({
      status: 409,
      reason: "Conflict",
      message: `apply configmaps ${namespace}/settings: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.mode`,
      details: { causes: [{ reason: "FieldManagerConflict", field: ".data.mode" }] },
    });
    expect((await client.get(configMaps, metadata)).data).toEqual({ mode: "theirs" });
    const taken = await client.apply(configMaps, { metadata, data: { mode: "ours" } }, { force: true });
    expect(taken.data).toEqual({ mode: "ours" });
    expect(taken.metadata.managedFields?.map((entry) => entry.manager)).toContain("invoiceops");
  });

  test("refuses a field that the schema does not have", async () => {
    const { client, namespace } = await setUp();
    const deployment = { metadata: { namespace, name: "api" }, spec: { replica: 3 } as object };
    expect(await failureOf(client.apply(deployments, deployment))).toMatchObject({
      reason: "Invalid",
      message: expect.stringContaining(".spec.replica: field not declared in schema") as string,
    });
  });

  test("of a Secret that is refused does not tell what is in it", async () => {
    const { client, namespace } = await setUp();
    const secret = { metadata: { namespace, name: "tls" }, stringData: { password: ["hunter2"] } as never };
    const failure = (await failureOf(client.apply(secrets, secret))) as KubeError;
    expect(failure.status).toBeGreaterThanOrEqual(400);
    expect(`${failure.message} ${JSON.stringify(failure)} ${failure.stack}`).not.toContain("hunter2");
  });

  test("as a dry run writes nothing", async () => {
    const { client, namespace } = await setUp();
    const metadata = { namespace, name: "settings" };
    await client.apply(configMaps, { metadata, data: { a: "1" } }, { dryRun: true });
    expect(await failureOf(client.get(configMaps, metadata))).toMatchObject({ reason: "NotFound" });
  });

  test("to /scale takes the replicas that nobody owns and respects those that somebody scaled", async () => {
    const { cluster, client, namespace } = await setUp();
    await cluster.apply(deploymentOf(namespace));
    const ref = { namespace, name: "api" };
    const scalable = defineResource<KubeObject & { spec: { replicas: number } }>(deployments);
    const toThree = { metadata: ref, spec: { replicas: 3 } };
    await cluster.kubectl(["scale", "deployment/api", "--replicas=2", `--namespace=${namespace}`]);
    const failure = await failureOf(client.apply(scalable, toThree, { subresource: "scale" }));
    expect(failure).toMatchObject({
      reason: "Conflict",
      message: `apply deployments/scale ${namespace}/api: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using autoscaling/v1: .spec.replicas`,
    });
    await client.apply(scalable, toThree, { subresource: "scale", force: true });
    expect((await client.get(scalable, ref, { subresource: "scale" })).spec.replicas).toBe(3);
    expect((await client.get(deployments, ref)).spec?.replicas).toBe(3);
  });

  test("to /status changes nothing else", async () => {
    const { cluster, client, namespace } = await setUp();
    await cluster.apply(deploymentOf(namespace, 0));
    const status = { conditions: [{ type: "Seen", status: "True" }] };
    const written = await client.applyStatus(deployments, { metadata: { namespace, name: "api" }, status });
    expect(written.status?.conditions).toEqual(expect.arrayContaining([expect.objectContaining({ type: "Seen" })]));
    expect(written.spec?.replicas).toBe(0);
  });
});

describe("other writes", () => {
  test("create refuses unknown fields and a second object of the name", async () => {
    const { client, namespace } = await setUp();
    const metadata = { namespace, name: "settings" };
    const misspelt = { metadata, datum: {} } as KubeObject;
    expect(await failureOf(client.create(configMaps, misspelt))).toMatchObject({
      status: 400,
      message: expect.stringContaining('strict decoding error: unknown field "datum"') as string,
    });
    await client.create(configMaps, { metadata, data: { a: "1" } });
    expect(await failureOf(client.create(configMaps, { metadata }))).toMatchObject({ reason: "AlreadyExists" });
  });

  test("replace and patch with an old resourceVersion are conflicts", async () => {
    const { client, namespace } = await setUp();
    const old = await client.create(configMaps, { metadata: { namespace, name: "settings" }, data: { a: "1" } });
    await client.patch(configMaps, old.metadata, { data: { a: "2" } });
    await client.patch(configMaps, old.metadata, [{ op: "add", path: "/data/b", value: "3" }], { type: "json" });
    const conflict = { reason: "Conflict", message: expect.stringContaining("the object has been modified") as string };
    expect(await failureOf(client.replace(configMaps, { ...old, data: {} }))).toMatchObject(conflict);
    const { resourceVersion } = old.metadata;
    const patch = client.patch(configMaps, old.metadata, { metadata: { resourceVersion }, data: { a: "4" } });
    expect(await failureOf(patch)).toMatchObject(conflict);
    expect((await client.get(configMaps, old.metadata)).data).toEqual({ a: "2", b: "3" });
  });

  test("delete spares another object under the same name, and is content when there is none", async () => {
    const { client, namespace } = await setUp();
    const { metadata } = await client.create(configMaps, { metadata: { namespace, name: "settings" } });
    const stranger = { uid: "00000000-0000-0000-0000-000000000000" };
    expect(await failureOf(client.delete(configMaps, metadata, stranger))).toMatchObject({
      reason: "Conflict",
      message: expect.stringContaining("does not match the UID in record") as string,
    });
    const { uid = "", resourceVersion = "" } = metadata;
    await client.delete(configMaps, metadata, { uid, resourceVersion, propagationPolicy: "Background" });
    expect(await failureOf(client.get(configMaps, metadata))).toMatchObject({ reason: "NotFound" });
    await client.delete(configMaps, metadata);
  });
});

describe("reading", () => {
  test("a list of more than one page is whole and typed", async () => {
    const { client, codes, namespace } = await setUp();
    const names = Array.from({ length: 501 }, (_, index) => `item-${String(index).padStart(3, "0")}`);
    const create = (name: string): Promise<unknown> =>
      client.create(configMaps, { metadata: { namespace, name, labels: { test: "paging" } } });
    await Promise.all(names.map(create));
    codes.length = 0;
    const { items, resourceVersion } = await client.list(configMaps, { namespace, labelSelector: "test=paging" });
    expect(codes).toEqual(["GET 200", "GET 200"]);
    expect(items.map((item) => item.metadata.name)).toEqual(names);
    expect(items[500]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
    expect(Number(resourceVersion)).toBeGreaterThan(0);
  });

  test("a field selector chooses", async () => {
    const { client, namespace } = await setUp();
    for (const name of ["a", "b"]) await client.create(configMaps, { metadata: { namespace, name } });
    const { items } = await client.list(configMaps, { namespace, fieldSelector: "metadata.name=b" });
    expect(items.map((item) => item.metadata.name)).toEqual(["b"]);
  });
});

describe("the connection", () => {
  test("is made once or twice for forty calls", async () => {
    const { client, namespace, cluster } = await setUp();
    let made = 0;
    const host = new URL(cluster.server).host;
    const count = (message: unknown): void => {
      if ((message as { connectParams: { host: string } }).connectParams.host === host) made += 1;
    };
    subscribe("undici:client:connected", count);
    onTestFinished(() => void unsubscribe("undici:client:connected", count));
    for (let call = 0; call < 40; call += 1) await client.list(configMaps, { namespace });
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThanOrEqual(2);
  });

  test("to a server with a certificate of another authority is refused", async () => {
    const cluster = await useCluster();
    const admin = cluster.adminConfig();
    const { headers } = await admin.credentials();
    const { client } = connect({ ...admin, credentials: async () => ({ headers, tls: {} }) });
    expect(await failureOf(client.list(configMaps))).toMatchObject({ status: 0, reason: "CertificateRefused" });
  });

  test("goes on when the token in the file is rotated and the old one is no longer accepted", async () => {
    const { cluster, namespace } = await setUp();
    const account = `--serviceaccount=${namespace}:operator`;
    const where = `--namespace=${namespace}`;
    await cluster.kubectl(["create", "serviceaccount", "operator", where]);
    await cluster.kubectl(["create", "rolebinding", "operator", "--clusterrole=view", account, where]);
    const token = join(temporaryFolder(), "token");
    writeFileSync(token, "a token that has expired\n");
    const kubeconfig = withTokenFile(await cluster.serviceAccountKubeconfig(namespace, "operator"), token);
    const config = loadClusterConfig({ kubeconfig });
    await config.credentials();
    writeFileSync(token, `${await cluster.serviceAccountToken(namespace, "operator")}\n`);
    const { client, codes } = connect(config);
    await client.list(configMaps, { namespace });
    expect(codes).toEqual(["GET 401", "GET 200"]);
    expect(await failureOf(client.list(secrets, { namespace }))).toMatchObject({ status: 403, reason: "Forbidden" });
  });
});

test("the recorder's events and their repetitions are accepted", async () => {
  const { client, namespace } = await setUp();
  const object = await client.create(configMaps, { metadata: { namespace, name: "settings" } });
  const recorder = new EventRecorder({ client, clock: realClock, log: silentLogger, instance: "host_1" });
  const raised = { type: "Normal", reason: "FloorRaised", action: "Scale", note: "2 to 12 replicas" } as const;
  for (let times = 0; times < 3; times += 1) recorder.event(object, raised);
  await recorder.flush();
  const { items } = await client.list(events, { namespace, fieldSelector: "reason=FloorRaised" });
  expect(items).toMatchObject([
    { note: "2 to 12 replicas", regarding: { kind: "ConfigMap", name: "settings" }, series: { count: 3 } },
  ]);
});

/** The kubeconfig with its token replaced by a file, as a pod's service account has it. */
function withTokenFile(kubeconfig: string, tokenFile: string): string {
  const document = parse(readFileSync(kubeconfig, "utf8")) as { users: { user: object }[] };
  for (const user of document.users) user.user = { "auth-provider": { name: "tokenFile", config: { tokenFile } } };
  const path = `${kubeconfig}.rotating`;
  writeFileSync(path, stringify(document));
  return path;
}
