import type { Client } from "../../src/kube/client.ts";
import {
  apiVersionOf,
  defineResource,
  deployments,
  horizontalPodAutoscalers,
  namespaces,
  type KubeObject,
  type Resource,
} from "../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../src/operator/kinds.ts";
import { realClock } from "../../src/runtime/clock.ts";

/** The kinds that the demo applies, and how it does. */

const core = { group: "", version: "v1", namespaced: true };
const rbac = { group: "rbac.authorization.k8s.io", version: "v1", namespaced: true };

export const customResourceDefinitions = defineResource<KubeObject & { status?: { conditions?: Condition[] } }>({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
});

interface Condition {
  type: string;
  status: string;
}

const applied: readonly Resource[] = [
  namespaces,
  deployments,
  horizontalPodAutoscalers,
  filingCalendars,
  invoiceServices,
  customResourceDefinitions,
  { ...core, kind: "Service", plural: "services" },
  { ...core, kind: "ServiceAccount", plural: "serviceaccounts" },
  { ...rbac, kind: "Role", plural: "roles" },
  { ...rbac, kind: "RoleBinding", plural: "rolebindings" },
  { ...rbac, kind: "ClusterRole", plural: "clusterroles", namespaced: false },
  { ...rbac, kind: "ClusterRoleBinding", plural: "clusterrolebindings", namespaced: false },
  {
    group: "apiregistration.k8s.io",
    version: "v1",
    kind: "APIService",
    plural: "apiservices",
    namespaced: false,
  },
];

/** An object as a manifest has it. */
export interface Manifest extends KubeObject {
  apiVersion: string;
  kind: string;
  [field: string]: unknown;
}

export function resourceOf({ apiVersion, kind, metadata }: Manifest): Resource {
  const resource = applied.find((one) => apiVersionOf(one) === apiVersion && one.kind === kind);
  if (!resource) throw new Error(`${metadata.name}: the demo does not know ${kind} of ${apiVersion}`);
  return resource;
}

/** Server-side apply, one after another. */
export async function applyAll(client: Client, manifests: readonly Manifest[]): Promise<void> {
  for (const manifest of manifests) await client.apply(resourceOf(manifest), manifest);
}

/** The manifest of a namespace. */
export function namespace(name: string): Manifest {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

/** Applies CustomResourceDefinitions and waits until the API server serves them. */
export async function installCrds(client: Client, crds: readonly Manifest[]): Promise<void> {
  await applyAll(client, crds);
  for (const { metadata } of crds) {
    while (!(await isEstablished(client, metadata.name))) await realClock.sleep(200);
  }
}

async function isEstablished(client: Client, name: string): Promise<boolean> {
  const { status } = await client.get(customResourceDefinitions, { name });
  return status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True") ?? false;
}
