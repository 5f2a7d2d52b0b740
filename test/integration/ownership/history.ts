import type { KubeObject, Resource } from "../../../src/kube/resource.ts";
import { watch } from "../../../src/kube/watch.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import type { Stage } from "./stage.ts";

/** Every version of one object from now on, as the API server had them. */
export class History<T extends KubeObject> {
  readonly versions: T[];
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(stage: Stage, resource: Resource<T>, present: T) {
    this.versions = [present];
    this.#ended = this.#follow(stage, resource, present).catch((error: unknown) => error);
  }

  static async of<T extends KubeObject>(stage: Stage, resource: Resource<T>, name: string): Promise<History<T>> {
    return new History(stage, resource, await stage.client.get(resource, { namespace: stage.namespace, name }));
  }

  /** What `look` sees in the versions, one after the other, repetitions left out. */
  changes<V>(look: (version: T) => V): V[] {
    return this.versions.map(look).filter((value, index, all) => value !== all[index - 1]);
  }

  /** Rejects when a version may have been missed. */
  async close(): Promise<void> {
    this.#stop.abort();
    const failure = await this.#ended;
    if (failure !== undefined) throw failure;
  }

  async #follow(stage: Stage, resource: Resource<T>, { metadata }: T): Promise<void> {
    const options = {
      namespace: stage.namespace,
      fieldSelector: `metadata.name=${metadata.name}`,
      resourceVersion: metadata.resourceVersion ?? "",
      signal: this.#stop.signal,
      clock: realClock,
    };
    try {
      for await (const { type, object } of watch(stage.client.transport, resource, options)) {
        if (type === "ADDED" || type === "MODIFIED") this.versions.push(object);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }
}
