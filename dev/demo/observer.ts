import type { Condition } from "../../src/api/v1alpha1/conditions.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Client } from "../../src/kube/client.ts";
import { deployments, events, pods, type Event, type Ref } from "../../src/kube/resource.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import type { Clock } from "../../src/runtime/clock.ts";

/** What the demo sees of the cluster, as anybody with kubectl could. */

/** One look. */
export interface Snapshot {
  /** ms since the epoch. */
  at: number;
  replicas: number;
  ready: number;
  /** As the InvoiceService's status tells it; absent before it does. */
  scaling?: NonNullable<InvoiceService["status"]>["scaling"];
  conditions: readonly Condition[];
}

/** An Event of the operator or of the autoscaler. */
export interface Happening {
  about: string;
  reason: string;
  note: string;
}

const HEARD = new Set(["invoiceops", "horizontal-pod-autoscaler"]);

export class Observer {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #service: Required<Ref>;
  readonly #deployment: Required<Ref>;
  /** How often each Event, by uid, had happened when it was last told. */
  readonly #told = new Map<string, number>();

  constructor(options: { client: Client; clock: Clock; service: Required<Ref>; deployment: Required<Ref> }) {
    this.#client = options.client;
    this.#clock = options.clock;
    this.#service = options.service;
    this.#deployment = options.deployment;
  }

  async look(): Promise<Snapshot> {
    const [deployment, service] = await Promise.all([
      this.#client.get(deployments, this.#deployment),
      this.#client.get(invoiceServices, this.#service),
    ]);
    return {
      at: this.#clock.now(),
      replicas: deployment.spec?.replicas ?? 0,
      ready: deployment.status?.readyReplicas ?? 0,
      ...(service.status?.scaling ? { scaling: service.status.scaling } : {}),
      conditions: service.status?.conditions ?? [],
    };
  }

  /** What has happened since the last call, oldest first. */
  async news(): Promise<Happening[]> {
    const { items } = await this.#client.list(events, { namespace: this.#service.namespace });
    return items
      .filter(({ reportingController, deprecatedSource }) =>
        HEARD.has(reportingController || deprecatedSource?.component || ""),
      )
      .filter((event) => this.#isNew(event))
      .toSorted((a, b) => timeOf(a) - timeOf(b))
      .map(({ regarding, reason, note }) => ({
        about: `${regarding?.kind ?? ""}/${regarding?.name ?? ""}`,
        reason: reason ?? "",
        note: note ?? "",
      }));
  }

  /** How long the pods of the workload took from creation to ready, ms; those that are ready now. */
  async startDurations(): Promise<number[]> {
    const { items } = await this.#client.list(pods, { namespace: this.#deployment.namespace });
    return items.flatMap(({ metadata, status }) => {
      const ready = status?.conditions?.find(({ type, status: is }) => type === "Ready" && is === "True");
      if (!ready?.lastTransitionTime || !metadata.creationTimestamp) return [];
      return [Math.max(0, Date.parse(ready.lastTransitionTime) - Date.parse(metadata.creationTimestamp))];
    });
  }

  #isNew({ metadata, series, deprecatedCount }: Event): boolean {
    const uid = metadata.uid ?? metadata.name;
    const count = series?.count ?? deprecatedCount ?? 1;
    const isNew = count > (this.#told.get(uid) ?? 0);
    this.#told.set(uid, count);
    return isNew;
  }
}

function timeOf({ series, deprecatedLastTimestamp, eventTime, metadata }: Event): number {
  const time = series?.lastObservedTime ?? eventTime ?? deprecatedLastTimestamp ?? metadata.creationTimestamp ?? "";
  return Date.parse(time) || 0;
}
