import type { Client } from "../kube/client.ts";
import { discover } from "../kube/discovery.ts";
import { isForbidden } from "../kube/errors.ts";
import { Informer, type InformerMetrics } from "../kube/informer.ts";
import { describe, pathOf, type KubeObject, type Resource } from "../kube/resource.ts";
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

/** How long a kind that is not served, or not to us, is taken to stay so: a CRD may be installed at any time. */
const ABSENT_FOR_MS = 60_000;
/** How long the first list of a kind is waited for. */
const FIRST_LIST_MS = 10_000;

interface Opened {
  kind: WatchedKind<KubeObject>;
  /** On the monotonic clock. */
  at: number;
}

interface Asked {
  at: number;
  opened: Promise<Opened | undefined>;
  /** The API server has said that it does not serve the kind, or not to us. */
  absent: boolean;
}

/**
 * All informers of the process: those known from the start and those of kinds that somebody names later (a
 * workload kind, KEDA's ScaledObject). One informer a kind, however many ask.
 */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #kinds = new Map<string, Asked>();

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
   * not serve the kind. Rejects when the API server could not be asked, and while it does not let the kind be
   * listed: whoever waited for that would wait as long as a right is missing. A missing right is a Forbidden.
   */
  async kind<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<WatchedKind<T> | undefined> {
    const opened = await this.#opened(`${apiVersion}/${kind}`, () => this.#find(apiVersion, kind, open));
    if (!opened) return undefined;
    await this.#listed(opened);
    return opened.kind as unknown as WatchedKind<T>;
  }

  #opened(key: string, find: () => Promise<Opened | undefined>): Promise<Opened | undefined> {
    const { clock } = this.#options;
    const known = this.#kinds.get(key);
    if (known && !(known.absent && clock.monotonic() - known.at >= ABSENT_FOR_MS)) return known.opened;
    const asked: Asked = { at: clock.monotonic(), opened: find(), absent: false };
    this.#kinds.set(key, asked);
    asked.opened.then(
      (opened) => (asked.absent = opened === undefined),
      (error: unknown) => {
        // An API server that could not be asked is asked again by the next one who wants to know.
        if (isForbidden(error)) asked.absent = true;
        else this.#kinds.delete(key);
      },
    );
    return asked.opened;
  }

  async #find<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<Opened | undefined> {
    const { transport, clock, namespace } = this.#options;
    const resource = await discover<T>(transport, apiVersion, kind);
    if (!resource) return undefined;
    const scope = { namespace: resource.namespaced ? namespace : undefined };
    // Asked before an informer is opened, which would try for ever and tell only the log.
    const doing = describe("list", resource, scope);
    await transport.request({ method: "GET", path: pathOf(resource, scope), query: { limit: "1" }, doing });
    const watched = { resource, informer: open(resource) };
    return { kind: watched as unknown as WatchedKind<KubeObject>, at: clock.monotonic() };
  }

  /** Waits for the first list, for a while after the informer was opened; then rejects at once until it is there. */
  async #listed({ kind: { resource, informer }, at }: Opened): Promise<void> {
    const { clock } = this.#options;
    const leftMs = at + FIRST_LIST_MS - clock.monotonic();
    if (!informer.hasSynced && leftMs > 0) {
      const late = Promise.withResolvers<void>();
      const cancel = clock.after(leftMs, late.resolve);
      await Promise.race([informer.synced, late.promise]);
      cancel();
    }
    if (informer.hasSynced) return;
    const kinds = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
    throw new Error(`${kinds} could not be listed yet: see that the operator may list and watch them, and its log`);
  }
}
