import type { Client } from "../kube/client.ts";
import { discover } from "../kube/discovery.ts";
import { Informer, type InformerMetrics } from "../kube/informer.ts";
import type { KubeObject, Resource } from "../kube/resource.ts";
import type { Transport } from "../kube/transport.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import type { OpenInformer, WatchedKind } from "../scaling/watched.ts";

export interface WatchesOptions {
  client: Client;
  transport: Transport;
  clock: Clock;
  log: Logger;
  /** Watch this namespace alone; default all. */
  namespace?: string;
  /** Told of each informer as it opens, those found later included: subscribe here, and run it. */
  onOpen: (informer: Informer<KubeObject>, plural: string) => void;
  /** What an informer tells as it happens. */
  informerMetrics: (plural: string) => InformerMetrics;
}

/** How long a kind that is not served is taken to stay so: a CRD may be installed at any time. */
const ABSENT_FOR_MS = 60_000;

/**
 * All informers of the process: those known from the start and those of kinds that somebody names later (a
 * workload kind, KEDA's ScaledObject). One informer a kind, however many ask.
 */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #kinds = new Map<string, { found: Promise<WatchedKind<KubeObject> | undefined>; askedAt: number }>();

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  readonly open: OpenInformer = (resource, options) => {
    const { client, transport, clock, log, namespace, onOpen, informerMetrics } = this.#options;
    const scope = resource.namespaced && namespace !== undefined ? { namespace } : {};
    const metrics = informerMetrics(resource.plural);
    const informer = new Informer({ client, transport, resource, clock, log, metrics, ...scope, ...options });
    onOpen(informer as unknown as Informer<KubeObject>, resource.plural);
    return informer;
  };

  /**
   * The informer of a kind that may not be installed, once it has synced; undefined while the API server does
   * not serve the kind. Rejects when the API server could not be asked.
   */
  async kind<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<WatchedKind<T> | undefined> {
    const { clock } = this.#options;
    const key = `${apiVersion}/${kind}`;
    const known = this.#kinds.get(key);
    if (known) {
      const found = await known.found.catch(() => undefined);
      if (found || clock.monotonic() - known.askedAt < ABSENT_FOR_MS)
        return (await known.found) as WatchedKind<T> | undefined;
    }
    const found = this.#find(apiVersion, kind, open);
    this.#kinds.set(key, { found: found as Promise<WatchedKind<KubeObject> | undefined>, askedAt: clock.monotonic() });
    // An API server that could not be asked is asked again by the next one who wants to know.
    found.catch(() => this.#kinds.delete(key));
    return found;
  }

  async #find<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<WatchedKind<T> | undefined> {
    const resource = await discover<T>(this.#options.transport, apiVersion, kind);
    if (!resource) return undefined;
    const informer = open(resource);
    await informer.synced;
    return { resource, informer };
  }
}
