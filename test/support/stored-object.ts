import { pathOf, type KubeObject, type Ref, type Resource } from "../../src/kube/resource.ts";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { withValues } from "./crds.ts";

/**
 * Sets values of an object by their paths as it is stored, past the API server: what that then serves may have been
 * valid once, before a rule was added. Undefined takes a field away. The generation is counted up, as for any change.
 */
export async function changeStored(
  cluster: ClusterAccess,
  resource: Resource,
  ref: Ref,
  values: Readonly<Record<string, unknown>>,
): Promise<void> {
  const path = [ref.namespace, ref.name].filter((part) => part !== undefined).join("/");
  const key = encode(`/registry/${resource.group}/${resource.plural}/${path}`);
  const { kvs } = (await call(cluster, "range", { key })) as { kvs?: { value: string }[] };
  if (!kvs?.[0]) throw new Error(`${pathOf(resource, ref)} is not stored`);
  const object = JSON.parse(Buffer.from(kvs[0].value, "base64").toString()) as KubeObject;
  const generation = (object.metadata.generation ?? 0) + 1;
  const changed = withValues(object, { ...values, "metadata.generation": generation });
  await call(cluster, "put", { key, value: encode(JSON.stringify(changed)) });
}

const encode = (text: string): string => Buffer.from(text).toString("base64");

async function call({ etcdEndpoint }: ClusterAccess, method: string, body: object): Promise<unknown> {
  const response = await fetch(`${etcdEndpoint}/v3/kv/${method}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return response.json();
}
