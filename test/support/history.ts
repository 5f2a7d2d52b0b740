import assert from "node:assert/strict";
import { vi } from "vitest";
import type { Client } from "../../src/kube/client.ts";
import type { KubeObject, Resource } from "../../src/kube/resource.ts";
import type { Transport } from "../../src/kube/transport.ts";
import { watch } from "../../src/kube/watch.ts";
import { realClock } from "../../src/runtime/clock.ts";

/** Where an object is, and who looks at it. */
interface Place {
  client: Client & { transport: Transport };
  namespace: string;
}

/** Every version of one object from now on, as the API server had them. */
export class History<T extends KubeObject> {
  readonly versions: T[];
  readonly #place: Place;
  readonly #resource: Resource<T>;
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  private constructor(place: Place, resource: Resource<T>, present: T) {
    this.#place = place;
    this.#resource = resource;
    this.versions = [present];
    this.#ended = this.#follow(present).catch((error: unknown) => error);
  }

  static async of<T extends KubeObject>(place: Place, resource: Resource<T>, name: string): Promise<History<T>> {
    return new History(place, resource, await place.client.get(resource, { namespace: place.namespace, name }));
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
    const { namespace } = this.#place;
    const { name } = this.versions[0]!.metadata;
    const present = await this.#place.client.get(this.#resource, { namespace, name });
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
      namespace: this.#place.namespace,
      fieldSelector: `metadata.name=${metadata.name}`,
      resourceVersion: metadata.resourceVersion ?? "",
      signal: this.#stop.signal,
      clock: realClock,
    };
    try {
      for await (const { type, object } of watch(this.#place.client.transport, this.#resource, options)) {
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
