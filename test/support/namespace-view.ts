import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Client } from "../../src/kube/client.ts";
import { Informer } from "../../src/kube/informer.ts";
import {
  deployments,
  events,
  horizontalPodAutoscalers,
  type Deployment,
  type Event,
  type HorizontalPodAutoscaler,
  type KubeObject,
  type Resource,
} from "../../src/kube/resource.ts";
import type { Transport } from "../../src/kube/transport.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { realClock, type Clock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";

interface ViewOptions {
  /** As admin: what the operator may see is no matter here. */
  client: Client & { transport: Transport };
  namespace: string;
  /** What the moments of history are taken from. */
  clock: Clock;
}

/** What an object was, and since when, ms since the epoch. */
export interface Seen<T> {
  at: number;
  object: T;
}

/** One kind in a namespace, now and before: a watch leaves nothing out. */
export class Watched<T extends KubeObject> {
  readonly informer: Informer<T>;
  readonly #history = new Map<string, Seen<T>[]>();
  readonly #namespace: string;

  constructor({ client, namespace, clock }: ViewOptions, resource: Resource<T>) {
    this.#namespace = namespace;
    const { transport } = client;
    const transform = (object: T): T => object;
    this.informer = new Informer({
      client,
      transport,
      resource,
      namespaces: [namespace],
      transform,
      clock: realClock,
      log: silentLogger,
    });
    this.informer.onChange(({ type, object }) => {
      if (type === "deleted") return;
      const seen = { at: clock.now(), object };
      const before = this.#history.get(object.metadata.name);
      if (before) before.push(seen);
      else this.#history.set(object.metadata.name, [seen]);
    });
  }

  /** The object as it is. Throws when there is none. */
  now(name: string): T {
    const object = this.informer.get(`${this.#namespace}/${name}`);
    if (!object) throw new Error(`there is no ${name} in ${this.#namespace}`);
    return object;
  }

  /** Every version of the object, oldest first. */
  history(name: string): readonly Seen<T>[] {
    return this.#history.get(name) ?? [];
  }

  get names(): string[] {
    return [...this.#history.keys()];
  }
}

/** What a namespace holds as far as the field cases look at it. */
export class NamespaceView {
  readonly services: Watched<InvoiceService & KubeObject>;
  readonly deployments: Watched<Deployment>;
  readonly hpas: Watched<HorizontalPodAutoscaler>;
  readonly events: Watched<Event>;

  constructor(options: ViewOptions) {
    this.services = new Watched(options, invoiceServices);
    this.deployments = new Watched(options, deployments);
    this.hpas = new Watched(options, horizontalPodAutoscalers);
    this.events = new Watched(options, events);
  }

  /** By the plural of what they hold. */
  get informers(): [plural: string, informer: Informer<KubeObject>][] {
    const { services: invoiceservices, deployments: workloads, hpas, events: told } = this;
    const all = { invoiceservices, deployments: workloads, horizontalpodautoscalers: hpas, events: told };
    return Object.entries(all).map(([plural, { informer }]) => [plural, informer as unknown as Informer<KubeObject>]);
  }

  /** Follows the server until the signal aborts; resolves when everything has been listed. */
  async follow(signal: AbortSignal): Promise<void> {
    for (const [, informer] of this.informers) void informer.run(signal);
    await Promise.all(this.informers.map(([, informer]) => informer.synced));
  }

  /** The counts that a Deployment has had, each with the moment at which it came, ms since the epoch. */
  counts(name: string): { at: number; replicas: number }[] {
    return changes(this.deployments.history(name), ({ spec }) => spec?.replicas);
  }

  /** The minimums that an autoscaler has had, in the same way. */
  minimums(name: string): { at: number; replicas: number }[] {
    return changes(this.hpas.history(name), ({ spec }) => spec?.minReplicas);
  }
}

function changes<T>(
  history: readonly Seen<T>[],
  countOf: (object: T) => number | undefined,
): { at: number; replicas: number }[] {
  const all = history.map(({ at, object }) => ({ at, replicas: countOf(object) ?? Number.NaN }));
  return all.filter(({ replicas }, index) => replicas !== all[index - 1]?.replicas);
}
