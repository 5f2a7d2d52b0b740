import { pathOf, type KubeObject, type Resource } from "../../src/kube/resource.ts";
import type { ClusterAccess } from "../../dev/cluster/access.ts";

/**
 * Changes an object of ours as it is stored, past the API server: what it then serves was valid once, before a rule
 * was added or a version was raised. The generation is counted up, as it is for any change of a spec.
 */
export async function changeStored(
  cluster: ClusterAccess,
  resource: Resource,
  ref: { name: string; namespace?: string },
  change: (object: KubeObject & { spec: Record<string, unknown> }) => void,
): Promise<void> {
  const key = encode(
    `/registry/${resource.group}/${resource.plural}/${[ref.namespace, ref.name].filter(Boolean).join("/")}`,
  );
  const { kvs } = (await call(cluster, "range", { key })) as { kvs?: { value: string }[] };
  if (!kvs?.[0]) throw new Error(`${pathOf(resource, ref)} is not stored`);
  const object = JSON.parse(Buffer.from(kvs[0].value, "base64").toString()) as KubeObject & {
    spec: Record<string, unknown>;
  };
  change(object);
  object.metadata.generation = (object.metadata.generation ?? 0) + 1;
  await call(cluster, "put", { key, value: encode(JSON.stringify(object)) });
}

const encode = (text: string): string => Buffer.from(text).toString("base64");

async function call({ etcdEndpoint }: ClusterAccess, method: string, body: object): Promise<unknown> {
  const response = await fetch(`${etcdEndpoint}/v3/kv/${method}`, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return response.json();
}
