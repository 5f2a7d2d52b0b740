import { keyOf, type KubeObject } from "../../src/kube/resource.ts";
import type { Change } from "../../src/kube/store.ts";

/** What somebody knows of a collection who only listens to its changes. */
export class Replay<T extends KubeObject> {
  /** Each change as "added a@uid-1". */
  readonly told: string[] = [];
  /** Those that cannot follow from the ones before. */
  readonly contradictions: string[] = [];
  readonly #objects = new Map<string, T>();
  readonly #born = new Set<string>();

  /** Handler for `onChange`. */
  readonly take = ({ type, object, previous }: Change<T>): void => {
    const key = keyOf(object);
    const { name, uid = "" } = object.metadata;
    const known = this.#objects.get(key);
    const line = `${type} ${name}@${uid}`;
    this.told.push(line);
    // Nobody lives twice: a uid is added once.
    const follows = type === "added" ? !known && !this.#born.has(uid) : known?.metadata.uid === uid;
    if (!follows || (previous && previous !== known)) this.contradictions.push(line);
    this.#born.add(uid);
    if (type === "deleted") this.#objects.delete(key);
    else this.#objects.set(key, object);
  };

  get objects(): T[] {
    return [...this.#objects.values()];
  }
}

/** Which objects, in which state: "namespace/name" -> "uid@version". */
export function statesOf(objects: readonly KubeObject[]): Record<string, string> {
  const states = objects.map((object): [string, string] => {
    const { uid, resourceVersion } = object.metadata;
    return [keyOf(object), `${uid}@${resourceVersion}`];
  });
  return Object.fromEntries(states.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
