import type { Client } from "../../src/kube/client.ts";
import { microTime } from "../../src/kube/micro-time.ts";
import { deployments, leases, namespaces, type Deployment } from "../../src/kube/resource.ts";
import { giveRights, SERVICE_ACCOUNT } from "./rbac.ts";

/** The operator as its chart leaves it in a cluster, without any process of it. */

interface InstallOptions {
  /** Its --watch-namespaces; default all. */
  watchNamespaces?: readonly string[];
  ready?: number;
  /** When the leader renewed last, ms since the epoch; undefined: there is no Lease. */
  renewedAt?: number | undefined;
  args?: readonly string[];
  version?: string;
}

/** Of the operator's Deployment, as the chart sets them. */
const labels = {
  "app.kubernetes.io/name": "invoiceops",
  "app.kubernetes.io/instance": "invoiceops",
  "app.kubernetes.io/part-of": "invoiceops",
  "app.kubernetes.io/component": "operator",
};
const REPLICAS = 2;

/** Makes the namespace with the operator's account, rights, Deployment and Lease. */
export async function installOperator(admin: Client, namespace: string, options: InstallOptions = {}): Promise<void> {
  const { watchNamespaces, ready = REPLICAS, renewedAt, version = "0.1.0" } = options;
  await admin.create(namespaces, { metadata: { name: namespace } });
  await giveRights(admin, namespace, { everywhere: watchNamespaces === undefined });
  const args = [
    `--lease-namespace=${namespace}`,
    "--lease-name=invoiceops",
    ...(watchNamespaces ? [`--watch-namespaces=${watchNamespaces.join(",")}`] : []),
    ...(options.args ?? []),
  ];
  const deployment: Deployment = {
    metadata: { name: "invoiceops", namespace, labels: { ...labels, "app.kubernetes.io/version": version } },
    spec: {
      replicas: REPLICAS,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: SERVICE_ACCOUNT,
          containers: [{ name: "operator", image: "registry.invalid/invoiceops:1", args }],
        },
      },
    },
  };
  await admin.create(deployments, deployment);
  await readyPods(admin, namespace, ready);
  if (renewedAt !== undefined) await lead(admin, namespace, renewedAt);
}

/** What the deployment controller would report. */
export async function readyPods(admin: Client, namespace: string, ready: number): Promise<void> {
  const counts = { replicas: REPLICAS, updatedReplicas: REPLICAS, readyReplicas: ready, availableReplicas: ready };
  const status = { ...counts, observedGeneration: 1 };
  await admin.patch(deployments, { namespace, name: "invoiceops" }, { status }, { subresource: "status" });
}

/** Makes a Lease that was renewed at `renewedAt`, ms since the epoch. */
export async function lead(admin: Client, namespace: string, renewedAt: number): Promise<void> {
  const spec = { holderIdentity: "invoiceops-0", leaseDurationSeconds: 2, renewTime: microTime(renewedAt) };
  await admin.create(leases, { metadata: { name: "invoiceops", namespace }, spec });
}

/** Renews it. */
export async function renew(admin: Client, namespace: string, renewedAt: number): Promise<void> {
  await admin.patch(leases, { namespace, name: "invoiceops" }, { spec: { renewTime: microTime(renewedAt) } });
}
