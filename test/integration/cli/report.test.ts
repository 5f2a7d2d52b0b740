import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { EventRecorder } from "../../../src/kube/events.ts";
import { deployments, secrets } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import { silentLogger } from "../../../src/runtime/logger.ts";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import { adminClient } from "../../support/admin-client.ts";
import { invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { command } from "../../support/command.ts";
import { installCrds } from "../../support/crds.ts";
import { installOperator } from "../../support/installed-operator.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** `invoiceops report`, with secrets in every place in which people put them. */

const SECRET = "hunter2-Zx9";

let cluster: ClusterAccess;
let admin: ReturnType<typeof adminClient>;

beforeAll(async () => {
  cluster = await useCluster();
  await installCrds(cluster);
  admin = adminClient(cluster);
  return () => admin.transport.close();
});

/** An installation, and a service in the same namespace, full of secrets. */
async function leaky(): Promise<string> {
  const namespace = `report-${randomUUID().slice(0, 8)}`;
  await installOperator(admin, namespace, {
    watchNamespaces: [namespace],
    renewedAt: realClock.now(),
    args: [`--prometheus-url=http://me:${SECRET}@prometheus:9090`],
  });
  const container = { name: "operator", env: [{ name: "INVOICEOPS_PROMETHEUS_URL", value: `http://me:${SECRET}@p` }] };
  await admin.patch(
    deployments,
    { namespace, name: "invoiceops" },
    [
      { op: "add", path: "/spec/template/spec/containers/0/env", value: container.env },
      {
        op: "add",
        path: "/metadata/annotations",
        value: { "kubectl.kubernetes.io/last-applied-configuration": SECRET },
      },
    ],
    { type: "json" },
  );
  await admin.create(secrets, { metadata: { name: "prometheus-token", namespace }, stringData: { token: SECRET } });
  const service = invoiceService({
    name: "vat",
    annotations: { "example.com/token": SECRET, "invoiceops.dev/paused": "true" },
    demand: { query: `sum(rate(x{authorization="Bearer ${SECRET}"}[1m]))` },
    prometheus: {
      url: `http://prometheus:9090/?token=${SECRET}`,
      authorization: { bearer: { secretName: "prometheus-token" } },
    },
  });
  await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace } });
  const recorder = new EventRecorder({ client: admin, clock: realClock, log: silentLogger, instance: "test" });
  const workload = await admin.get(deployments, { namespace, name: "invoiceops" });
  recorder.event(
    { ...workload, apiVersion: "apps/v1", kind: "Deployment" },
    {
      type: "Warning",
      reason: "Leak",
      action: "Look",
      note: `401 for http://me:${SECRET}@prometheus:9090 with Authorization: Bearer ${SECRET}`,
    },
  );
  await recorder.flush();
  return namespace;
}

test("no secret is in it, and what helps is", async () => {
  const namespace = await leaky();
  const { code, out, warned } = await command(["report", "-n", namespace], { kubeconfig: cluster.adminKubeconfig });
  expect([code, warned]).toEqual([0, ""]);
  expect(out).not.toContain(SECRET);
  expect(out).not.toContain(Buffer.from(SECRET).toString("base64"));
  const parts = Object.assign({}, ...parseAllDocuments(out).map((document) => document.toJS() as object)) as Record<
    string,
    never
  >;
  expect(parts).toMatchObject({
    versions: { invoiceops: "0.1.0", kubernetes: { gitVersion: expect.stringMatching(/^v1\./) } },
    check: { verdict: expect.any(String) },
    operator: { deployments: [{ metadata: { namespace } }], leases: [{ spec: { holderIdentity: "invoiceops-0" } }] },
    invoiceservices: [
      {
        metadata: { name: "vat", annotations: { "invoiceops.dev/paused": "true" } },
        spec: { prometheus: { authorization: { bearer: { secretName: "prometheus-token", key: "token" } } } },
      },
    ],
    events: [
      {
        reason: "Leak",
        regarding: { kind: "Deployment" },
        note: expect.stringContaining("401 for http://[redacted]@prometheus:9090"),
      },
    ],
  });
});

test("what may not be read is left out, with the reason in its place; a file is for its owner alone", async () => {
  const namespace = await leaky();
  await cluster.kubectl(["create", "serviceaccount", "nobody", `--namespace=${namespace}`]);
  const kubeconfig = await cluster.serviceAccountKubeconfig(namespace, "nobody");
  const file = join(temporaryFolder(), "report.yaml");
  const { code, out, warned } = await command(["report", "-n", namespace, "--file", file], { kubeconfig });
  expect([code, out, warned]).toEqual([0, "", `wrote ${file}\n`]);
  const parts = Object.assign(
    {},
    ...parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as object),
  ) as Record<string, never>;
  expect(parts).toMatchObject({
    versions: { invoiceops: "0.1.0" },
    invoiceservices: { unavailable: expect.stringMatching(/cannot list resource "invoiceservices"/) },
    events: { unavailable: expect.stringMatching(/cannot list resource "events"/) },
  });
});
