import { KubeError } from "./errors.ts";
import { defineResource, type KubeObject, type Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";

interface ApiResourceList {
  resources: { name: string; kind: string; namespaced: boolean }[];
}

/**
 * Looks up how a kind is served; undefined when the API server does not know it (the CRD is not installed).
 * Rejects with KubeError when it could not be asked: not knowing is not the same as not there.
 */
export async function discover<T extends KubeObject>(
  transport: Transport,
  apiVersion: string,
  kind: string,
  signal?: AbortSignal,
): Promise<Resource<T> | undefined> {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
  if (group === undefined || !version) return undefined;
  try {
    const list = (await transport.request({
      method: "GET",
      path: group === "" ? `/api/${version}` : `/apis/${group}/${version}`,
      doing: `discover ${kind} in ${apiVersion}`,
      ...(signal ? { signal } : {}),
    })) as ApiResourceList;
    const found = list.resources.find((resource) => resource.kind === kind && !resource.name.includes("/"));
    return found && defineResource<T>({ group, version, kind, plural: found.name, namespaced: found.namespaced });
  } catch (error) {
    if (error instanceof KubeError && error.status === 404) return undefined;
    throw error;
  }
}
