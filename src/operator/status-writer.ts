import { isDeepStrictEqual } from "node:util";
import { ownConditions, type Condition } from "../api/v1alpha1/conditions.ts";
import type { Applied, Client } from "../kube/client.ts";
import { newer } from "../kube/newer.ts";
import { keyOf, type KubeObject, type Ref, type Resource } from "../kube/resource.ts";

interface WithStatus extends KubeObject {
  status?: { conditions?: Condition[] };
}

/** Conditions whose message carries figures of a moment (an age, a count): a new figure alone is no news. */
const FIGURES_VARY = new Set(["MetricsAvailable", "CapacityReady"]);

/**
 * Writes the status of one kind, and only when its meaning has changed: each write wakes every watcher, our
 * own included.
 */
export class StatusWriter<T extends WithStatus> {
  readonly #client: Client;
  readonly #resource: Resource<T>;
  readonly #written = new Map<string, KubeObject>();

  constructor(client: Client, resource: Resource<T>) {
    this.#client = client;
    this.#resource = resource;
  }

  /** The object with the status that we wrote last, when the cache does not have it yet. */
  freshest(object: T): T {
    return newer(object, this.#written.get(keyOf(object)));
  }

  /** Applies the status if it says something new; true when it was written. */
  async write(object: T, status: NonNullable<T["status"]>): Promise<boolean> {
    const present = this.freshest(object).status;
    const wanted = { ...status, conditions: quiet(status.conditions ?? [], present?.conditions ?? []) };
    if (present && isDeepStrictEqual({ ...present, conditions: ownConditions(present.conditions ?? []) }, wanted))
      return false;
    const { name, namespace, uid } = object.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
    const applied = { metadata, status: wanted } as unknown as Applied<T>;
    this.#written.set(keyOf(object), await this.#client.applyStatus<T>(this.#resource, applied));
    return true;
  }

  forget(ref: Ref): void {
    this.#written.delete(keyOf(ref));
  }
}

/** Our conditions, with the old message where only figures differ. */
function quiet(wanted: readonly Condition[], present: readonly Condition[]): Condition[] {
  return ownConditions(wanted).map((condition) => {
    const before = present.find(({ type }) => type === condition.type);
    const same =
      before &&
      FIGURES_VARY.has(condition.type) &&
      before.status === condition.status &&
      before.reason === condition.reason &&
      withoutFigures(before.message) === withoutFigures(condition.message);
    return same ? { ...condition, message: before.message } : condition;
  });
}

function withoutFigures(text: string): string {
  return text.replace(/\d+([.:-]\d+)*/g, "#");
}
