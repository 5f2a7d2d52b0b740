import type { Client } from "../../src/kube/client.ts";
import { KubeError } from "../../src/kube/errors.ts";
import { keyOf, type ConfigMap } from "../../src/kube/resource.ts";

/** ConfigMaps in memory, with the versions and refusals of an API server. */
export class ConfigMapShelf {
  /** By `namespace/name`. */
  readonly objects = new Map<string, ConfigMap>();
  /** What was written, in order: create or apply, and the name. */
  readonly writes: string[] = [];
  /** Thrown by each request while it is set. */
  refusal: KubeError | undefined;
  #version = 0;

  readonly client = {
    get: async (_resource: unknown, ref: { namespace?: string; name: string }) => {
      this.#mayPass();
      return structuredClone(this.objects.get(keyOf(ref)) ?? refused(404, "NotFound"));
    },
    create: async (_resource: unknown, object: ConfigMap) => {
      this.#mayPass();
      if (this.objects.has(keyOf(object))) refused(409, "AlreadyExists");
      return this.put(object, "create");
    },
    apply: async (_resource: unknown, object: ConfigMap) => {
      this.#mayPass();
      const present = this.objects.get(keyOf(object));
      if (present?.metadata.resourceVersion !== object.metadata.resourceVersion) refused(409, "Conflict");
      return this.put(object, "apply");
    },
  } as unknown as Pick<Client, "get" | "create" | "apply">;

  /** Puts an object there, as somebody does. */
  put(object: ConfigMap, verb?: string): ConfigMap {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    this.objects.set(keyOf(object), structuredClone(stored));
    if (verb !== undefined) this.writes.push(`${verb} ${object.metadata.name}`);
    return stored;
  }

  #mayPass(): void {
    if (this.refusal) throw this.refusal;
  }
}

export function refusal(status: number, reason: string): KubeError {
  return new KubeError(`configmaps: ${reason}`, { status, reason });
}

function refused(status: number, reason: string): never {
  throw refusal(status, reason);
}
