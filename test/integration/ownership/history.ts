import assert from "node:assert/strict";
import { vi } from "vitest";
import type { KubeObject, Resource } from "../../../src/kube/resource.ts";
import { watch } from "../../../src/kube/watch.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import type { Stage } from "./stage.ts";

/** Every version of one object from now on, as the API server had them. */
export class History<T extends KubeObject> {
  readonly versions: T[];
  readonly #stage: Stage;
  readonly #resource: Resource<T>;
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(stage: Stage, resource: Resource<T>, present: T) {
    this.#stage = stage;
    this.#resource = resource;
    this.versions = [present];
    this.#ended = this.#follow(present).catch((error: unknown) => error);
  }

  static async of<T extends KubeObject>(stage: Stage, resource: Resource<T>, name: string): Promise<History<T>> {
    return new History(stage, resource, await stage.client.get(resource, { namespace: stage.namespace, name }));
  }

  /** What `look` sees in the versions, one after the other, repetitions left out. */
  changes<V>(look: (version: T) => V): V[] {
    return this.versions.map(look).filter((value, index, all) => value !== all[index - 1]);
  }

  /** The object as it was at this revision of the store, in which all versions of all objects are numbered. */
  at(revision: bigint): T | undefined {
    return this.versions.findLast((version) => revisionOf(version) < revision);
  }

  /** The object as it is, once the history has it too. */
  async now(): Promise<T> {
    const { namespace } = this.#stage;
    const { name } = this.versions[0]!.metadata;
    const present = await this.#stage.client.get(this.#resource, { namespace, name });
    const known = (): void => assert.ok(revisionOf(this.versions.at(-1)!) >= revisionOf(present), `${name} comes late`);
    await vi.waitFor(known, { timeout: 30_000 });
    return present;
  }

  /** Rejects when a version may have been missed. */
  async close(): Promise<void> {
    this.#stop.abort();
    const failure = await this.#ended;
    if (failure !== undefined) throw failure;
  }

  async #follow({ metadata }: T): Promise<void> {
    const options = {
      namespace: this.#stage.namespace,
      fieldSelector: `metadata.name=${metadata.name}`,
      resourceVersion: metadata.resourceVersion ?? "",
      signal: this.#stop.signal,
      clock: realClock,
    };
    try {
      for await (const { type, object } of watch(this.#stage.client.transport, this.#resource, options)) {
        if (type === "ADDED" || type === "MODIFIED") this.versions.push(object);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }
}

export function revisionOf({ metadata }: KubeObject): bigint {
  return BigInt(metadata.resourceVersion ?? 0);
}
