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
  /** Watch these namespaces alone; default all. */
  namespaces?: readonly string[];
  /** Told of each informer as it opens, those found later included: subscribe here, and run it. */
  onOpen: (informer: Informer<KubeObject>, plural: string) => void;
  /** What an informer tells as it happens. */
  informerMetrics: (plural: string) => InformerMetrics;
}

/** How long a kind that is not served, or not to us, is taken to stay so: a CRD may be installed at any time. */
const ABSENT_FOR_MS = 60_000;
/** How long an API server that gave no answer about a kind is not asked again: thousands of services want to know. */
const FAILED_FOR_MS = 5_000;
/** How long an answer about a kind, and then its first list, are waited for. */
const PATIENCE_MS = 10_000;

interface Opened {
  kind: WatchedKind<KubeObject>;
  /** On the monotonic clock. */
  at: number;
}

interface Asked {
  /** Times on the monotonic clock. */
  at: number;
  opened: Promise<Opened | undefined>;
  answered: boolean;
  /** From when on it is asked anew; never while it is open. */
  until: number;
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
    const { client, transport, clock, log, namespaces, onOpen, informerMetrics } = this.#options;
    const scope = resource.namespaced && namespaces ? { namespaces } : {};
    const metrics = informerMetrics(resource.plural);
    const informer = new Informer({ client, transport, resource, clock, log, metrics, ...scope, ...options });
    onOpen(informer as unknown as Informer<KubeObject>, resource.plural);
    return informer;
  };

  /**
   * The informer of a kind that may not be installed, once it has synced; undefined while the API server does
   * not serve the kind. Rejects when the API server does not answer, and while it does not let the kind be
   * listed: whoever waited for that would wait as long as a right is missing. A missing right is a Forbidden.
   */
  async kind<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<WatchedKind<T> | undefined> {
    const asked = this.#ask(`${apiVersion}/${kind}`, () => this.#find(apiVersion, kind, open));
    if (!asked.answered) {
      await this.#wait(asked.opened, asked.at, `${kind} in ${apiVersion} could not be looked up yet: no answer`);
    }
    const opened = await asked.opened;
    if (!opened) return undefined;
    const { resource, informer } = opened.kind;
    if (!informer.hasSynced) {
      const plural = resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
      const why = "see that the operator may list and watch them, and its log";
      await this.#wait(informer.synced, opened.at, `${plural} could not be listed yet: ${why}`);
    }
    return opened.kind as unknown as WatchedKind<T>;
  }

  #ask(key: string, find: () => Promise<Opened | undefined>): Asked {
    const { clock } = this.#options;
    const known = this.#kinds.get(key);
    if (known && clock.monotonic() < known.until) return known;
    const asked: Asked = { at: clock.monotonic(), opened: find(), answered: false, until: Infinity };
    this.#kinds.set(key, asked);
    const answered = (keptForMs: number): void => {
      asked.answered = true;
      asked.until = clock.monotonic() + keptForMs;
    };
    asked.opened.then(
      (opened) => answered(opened ? Infinity : ABSENT_FOR_MS),
      (error: unknown) => answered(isForbidden(error) ? ABSENT_FOR_MS : FAILED_FOR_MS),
    );
    return asked;
  }

  /** Waits until 10 s after `since`; who comes later does not wait at all. */
  async #wait(promise: Promise<unknown>, since: number, tooLate: string): Promise<void> {
    const { clock } = this.#options;
    const leftMs = since + PATIENCE_MS - clock.monotonic();
    if (leftMs <= 0) throw new Error(tooLate);
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(leftMs, () => late.reject(new Error(tooLate)));
    try {
      await Promise.race([promise, late.promise]);
    } finally {
      cancel();
    }
  }

  async #find<T extends KubeObject>(
    apiVersion: string,
    kind: string,
    open: (resource: Resource<T>) => Informer<T>,
  ): Promise<Opened | undefined> {
    const { transport, clock, namespaces } = this.#options;
    const resource = await discover<T>(transport, apiVersion, kind);
    if (!resource) return undefined;
    const scopes = resource.namespaced && namespaces ? namespaces.map((namespace) => ({ namespace })) : [{}];
    // Asked before an informer is opened, which would try for ever and tell only the log.
    for (const scope of scopes) {
      const doing = describe("list", resource, scope);
      await transport.request({ method: "GET", path: pathOf(resource, scope), query: { limit: "1" }, doing });
    }
    const watched = { resource, informer: open(resource) };
    return { kind: watched as unknown as WatchedKind<KubeObject>, at: clock.monotonic() };
  }
}
