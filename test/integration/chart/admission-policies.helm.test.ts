import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import type { InvoiceServiceStatus } from "../../../src/api/v1alpha1/invoice-service.ts";
import { deployments, horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { adminClient } from "../../support/admin-client.ts";
import { autoscaler, deployment, invoiceService } from "../../support/billing.ts";
import { bothHelms, objectsOf, RELEASE_NAMESPACE, renderedText, type Rendered } from "../../support/chart.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds } from "../../support/crds.ts";
import { eventually } from "../../support/eventually.ts";

/** What people are warned of when they apply it, by the policies of the chart (docs/adr/0010). */

const OPERATOR = `system:serviceaccount:${RELEASE_NAMESPACE}:invoiceops`;
/** A policy counts some moments after it was made, and so does an InvoiceService that it reads. */
const PATIENCE_MS = 60_000;

let cluster: ClusterAccess;
let admin: ReturnType<typeof adminClient>;
let namespace: string;
let policies: Rendered[];

beforeAll(async () => {
  cluster = await useCluster();
  await installCrds(cluster);
  admin = adminClient(cluster);
  namespace = await cluster.createNamespace("policies");
  const [helm] = await bothHelms();
  const values = { admissionPolicies: { enabled: true }, watchNamespaces: [namespace] };
  policies = objectsOf(await renderedText(helm, values)).filter(({ kind }) => kind.includes("AdmissionPolicy"));
  await cluster.apply(policies);
});
afterAll(async () => {
  for (const { kind, metadata } of policies.toReversed()) await cluster.kubectl(["delete", kind, metadata.name]);
  await admin.transport.close();
});

/** What kubectl prints beside the result when the object is applied without being stored. */
async function warningOf(object: object, ...args: string[]): Promise<string> {
  const input = JSON.stringify(object);
  const apply = ["apply", "--server-side", "--force-conflicts", "--dry-run=server", `--namespace=${namespace}`];
  return (await cluster.kubectl([...apply, ...args, "-f", "-"], { input })).stderr;
}

type Service = ReturnType<typeof invoiceService>;

/** An InvoiceService of the workload vat-api, or of another. */
function service(name: string, changes: Parameters<typeof invoiceService>[0] = {}): Service {
  return invoiceService({ name, workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" }, ...changes });
}

/** Stores the service as the operator has seen it, with a floor or without one. */
async function stored(object: Service, scaling?: InvoiceServiceStatus["scaling"]): Promise<void> {
  const metadata = { name: object.metadata.name, namespace };
  await admin.apply(invoiceServices, { ...object, metadata });
  const status = { observedGeneration: 1, ...(scaling ? { scaling } : {}) };
  await admin.applyStatus(invoiceServices, { metadata, status });
}

const floor = { owner: "HorizontalPodAutoscaler/vat-api", floor: 24 };

const counted = (replicas: number): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  ...deployment(replicas, { name: "vat-api" }),
});
const bounded = (min: number): object => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  ...autoscaler("vat-api", { min, max: 40 }),
});

test("the API server understands every expression", async () => {
  // KEDA's kind is not in this cluster, so nobody can check what is said about it.
  const known = policies.filter(
    ({ kind, metadata }) => kind === "ValidatingAdmissionPolicy" && !metadata.name.includes("minreplicacount"),
  );
  expect(known).toHaveLength(3);
  for (const { kind, metadata } of known) {
    const policy = await eventually(async () => {
      const now = await cluster.get<Policy>(kind, metadata.name);
      expect(now.status?.typeChecking).toBeDefined();
      return now;
    }, PATIENCE_MS);
    expect(policy.status?.typeChecking?.expressionWarnings ?? []).toEqual([]);
  }
});

interface Policy {
  status?: { typeChecking?: { expressionWarnings?: object[] } };
}

describe("a second InvoiceService of one workload", () => {
  test("is warned of, and taken", async () => {
    await stored(service("vat"));
    await eventually(async () => {
      expect(await warningOf(service("vat-two"))).toContain(
        "InvoiceService vat names the Deployment vat-api too, and only the older of the two is followed: remove the other",
      );
    }, PATIENCE_MS);
  });

  test("of another workload says nothing, and neither does the one that is there", async () => {
    expect(
      await warningOf(service("vat-two", { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "oss-api" } })),
    ).toBe("");
    expect(await warningOf(service("vat"))).toBe("");
  });
});

describe("a count below the floor in force", () => {
  beforeAll(async () => {
    const [workload, hpa] = [deployment(24, { name: "vat-api" }), autoscaler("vat-api", { min: 24, max: 40 })];
    await admin.create(deployments, { ...workload, metadata: { ...workload.metadata, namespace } });
    await admin.create(horizontalPodAutoscalers, { ...hpa, metadata: { ...hpa.metadata, namespace } });
    await stored(service("vat"), floor);
  });

  test.each([
    ["spec.replicas of vat-api to 4", counted(4)],
    ["spec.minReplicas of vat-api to 4", bounded(4)],
  ])("in a manifest is warned of: %s", async (words, manifest) => {
    await eventually(async () => {
      expect(await warningOf(manifest)).toContain(
        `InvoiceService vat keeps 24 replicas or more now, and this sets ${words}: leave the field out of the manifest`,
      );
    }, PATIENCE_MS);
  });

  test.each<[string, object, ...string[]]>([
    ["at the floor", counted(24)],
    ["above it", bounded(30)],
    ["below it, by the operator itself", bounded(4), `--as=${OPERATOR}`, "--as-group=system:masters"],
  ])("%s says nothing", async (_, manifest, ...as) => {
    expect(await warningOf(manifest, ...as)).toBe("");
  });

  test("says nothing while the InvoiceService only observes", async () => {
    await stored(service("vat", { mode: "Observe" }), floor);
    await eventually(async () => expect(await warningOf(bounded(4))).toBe(""), PATIENCE_MS);
  });
});
