import { keyOf, type KubeObject } from "./resource.ts";

/** What happened to an object, as seen by the cache: an object that was deleted and made again is two changes. */
export interface Change<T> {
  type: "added" | "updated" | "deleted";
  /** The object now; for "deleted" its last known state. */
  object: T;
  /** The object before; for "updated" alone. */
  previous?: T;
}

/** Gives the values under which an object is found in an index. */
export type IndexFunction<T> = (object: T) => readonly string[];

/**
 * Objects by key ("namespace/name"), found also by the values of its indexes. Writes return what they changed.
 * Objects are frozen, all the way down: they are shared by everyone who reads them.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #indexes: Map<string, Index<T>>;

  constructor(indexes: Record<string, IndexFunction<T>> = {}) {
    this.#indexes = new Map(Object.entries(indexes).map(([name, valuesOf]) => [name, new Index(valuesOf)]));
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** The objects whose index function gives `value`. Throws a RangeError for an index that does not exist. */
  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    if (!index) throw new RangeError(`there is no index "${name}"`);
    return index.keys(value).flatMap((key) => this.#objects.get(key) ?? []);
  }

  put(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous && isSameState(previous, object)) return [];
    this.#set(key, deepFreeze(object));
    if (!previous) return [{ type: "added", object }];
    if (isSameObject(previous, object)) return [{ type: "updated", object, previous }];
    // Deleted and made again under the same name while nobody looked.
    return [
      { type: "deleted", object: previous },
      { type: "added", object },
    ];
  }

  /** Takes the object out, unless another one lives under its name by now. */
  remove(object: T): Change<T>[] {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (!previous || !isSameObject(previous, object)) return [];
    this.#unset(key);
    return [{ type: "deleted", object: deepFreeze(object) }];
  }

  /** Makes `objects` all there is, or all there is in one namespace. */
  replace(objects: readonly T[], namespace?: string): Change<T>[] {
    const kept = new Set(objects.map(keyOf));
    const gone = [...this.#objects.values()].filter(
      (object) => !kept.has(keyOf(object)) && (namespace === undefined || object.metadata.namespace === namespace),
    );
    return [...gone.flatMap((object) => this.remove(object)), ...objects.flatMap((object) => this.put(object))];
  }

  #set(key: string, object: T): void {
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) index.set(key, object);
  }

  #unset(key: string): void {
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.unset(key);
  }
}

/** The keys that an index function gives for each value, and back. */
class Index<T> {
  readonly #valuesOf: IndexFunction<T>;
  readonly #keys = new Map<string, Set<string>>();
  readonly #values = new Map<string, readonly string[]>();

  constructor(valuesOf: IndexFunction<T>) {
    this.#valuesOf = valuesOf;
  }

  keys(value: string): string[] {
    return [...(this.#keys.get(value) ?? [])];
  }

  set(key: string, object: T): void {
    this.unset(key);
    const values = this.#valuesOf(object);
    this.#values.set(key, values);
    for (const value of values) {
      const keys = this.#keys.get(value);
      if (keys) keys.add(key);
      else this.#keys.set(value, new Set([key]));
    }
  }

  unset(key: string): void {
    for (const value of this.#values.get(key) ?? []) {
      const keys = this.#keys.get(value);
      keys?.delete(key);
      if (keys?.size === 0) this.#keys.delete(value);
    }
    this.#values.delete(key);
  }
}

/** A name can be used again; a uid is one object's for ever. */
function isSameObject(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid;
}

function isSameState(a: KubeObject, b: KubeObject): boolean {
  return isSameObject(a, b) && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function deepFreeze<V>(value: V): V {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) deepFreeze(part);
  return Object.freeze(value);
}
