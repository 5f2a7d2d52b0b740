import { isDeepStrictEqual } from "node:util";
import { ownConditions, type Condition } from "../api/v1alpha1/conditions.ts";
import type { Applied, Client } from "../kube/client.ts";
import { newer } from "../kube/newer.ts";
import { keyOf, type KubeObject, type Ref, type Resource } from "../kube/resource.ts";

interface WithStatus extends KubeObject {
  status?: { conditions?: Condition[] };
}

/**
 * Conditions whose message says what stands nowhere else. The others' messages repeat these, or quote figures and
 * error texts of the moment: a new text alone is no news, and comes along with the next change that is.
 */
const TOLD_BY_MESSAGE = new Set(["Stalled", "CalendarConfirmed", "FloorApplied", "CapacityShortfall"]);
/** Quotes the API server, whose text may differ each time. */
const QUOTED = new Set(["WriteFailed"]);

/**
 * Writes the status of one kind, and only when its meaning has changed: each write wakes every watcher, our
 * own included.
 */
export class StatusWriter<T extends WithStatus> {
  readonly #client: Client;
  readonly #resource: Resource<T>;
  /** What we wrote last of each object, until the cache has it. */
  readonly #written = new Map<string, T>();

  constructor(client: Client, resource: Resource<T>) {
    this.#client = client;
    this.#resource = resource;
  }

  /** The status as it is known to stand: of our last write, where the cache does not have that yet. */
  latest(object: T): T["status"] | undefined {
    const key = keyOf(object);
    const latest: T = newer<T>(object, this.#written.get(key));
    if (latest === object) this.#written.delete(key);
    return latest.status;
  }

  /** Applies the status if it says something new; true when it was written. */
  async write(object: T, status: NonNullable<T["status"]>): Promise<boolean> {
    const present = this.latest(object);
    const wanted = { ...status, conditions: ownConditions(status.conditions ?? []) };
    if (present && isSame(present, wanted)) return false;
    const { name, namespace, uid } = object.metadata;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }), ...(uid === undefined ? {} : { uid }) };
    const applied = { metadata, status: wanted } as unknown as Applied<T>;
    const written = await this.#client.applyStatus<T>(this.#resource, applied);
    this.#written.set(keyOf(object), written);
    return true;
  }

  forget(ref: Ref): void {
    this.#written.delete(keyOf(ref));
  }
}

type Status = NonNullable<WithStatus["status"]>;

function isSame(present: Status, wanted: Required<Status>): boolean {
  const before = ownConditions(present.conditions ?? []);
  const after = wanted.conditions.map((condition) => {
    const same = before.find(({ type }) => type === condition.type);
    return same && isNoNews(same, condition) ? same : condition;
  });
  return isDeepStrictEqual({ ...present, conditions: before }, { ...wanted, conditions: after });
}

/** Nothing beside the text is another, and the text does not count. */
function isNoNews(before: Condition, after: Condition): boolean {
  return (
    before.status === after.status &&
    before.reason === after.reason &&
    before.observedGeneration === after.observedGeneration &&
    (!TOLD_BY_MESSAGE.has(after.type) || QUOTED.has(after.reason))
  );
}
