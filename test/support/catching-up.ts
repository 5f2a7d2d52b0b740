import type { Informer } from "../../src/kube/informer.ts";
import { keyOf, type KubeObject } from "../../src/kube/resource.ts";
import type { Transport } from "../../src/kube/transport.ts";

/** Tells when informers have seen what was written through the transports that it follows. */
export class CatchingUp {
  readonly #informers = new Map<string, Informer<KubeObject>[]>();
  /** Version written, by plural and key. */
  readonly #written = new Map<string, { plural: string; key: string; version: number }>();

  /** `plural` names what the informer holds. */
  expectOf(plural: string, informer: Informer<KubeObject>): void {
    this.#informers.set(plural, [...(this.#informers.get(plural) ?? []), informer]);
  }

  forget(informer: Informer<KubeObject>): void {
    for (const [plural, informers] of this.#informers) {
      this.#informers.set(
        plural,
        informers.filter((other) => other !== informer),
      );
    }
  }

  /** The transport, with its writes noted. */
  following(transport: Transport): Transport {
    return {
      stream: (request) => transport.stream(request),
      close: () => transport.close(),
      request: async (request) => {
        const answer = await transport.request(request);
        if (request.method !== "GET") this.#note(request.path, request.method, answer as KubeObject);
        return answer;
      },
    };
  }

  /** What has been written and not been seen by everyone yet, by plural and key. */
  get missing(): string[] {
    for (const [id, { plural, key, version }] of this.#written) {
      const informers = (this.#informers.get(plural) ?? []).filter(({ hasSynced }) => hasSynced);
      if (informers.every((informer) => hasSeen(informer, key, version))) this.#written.delete(id);
    }
    return [...this.#written.keys()];
  }

  #note(path: string, method: string, answer: KubeObject): void {
    // What is being deleted may be gone before anyone has seen this version of it.
    if (method === "DELETE") return;
    const plural = PLURAL.exec(path)?.[1] ?? "";
    const key = keyOf(answer);
    this.#written.set(`${plural} ${key}`, { plural, key, version: versionOf(answer) });
  }
}

const PLURAL = /^\/(?:api|apis\/[^/]+)\/[^/]+\/(?:namespaces\/[^/]+\/)?([^/]+)/;

function hasSeen(informer: Informer<KubeObject>, key: string, version: number): boolean {
  return versionOf(informer.get(key)) >= version;
}

function versionOf(object: KubeObject | undefined): number {
  return Number(object?.metadata.resourceVersion ?? 0);
}
