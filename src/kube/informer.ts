import type { Logger } from "../runtime/logger.ts";
import { Reflector, type ReflectorMetrics, type ReflectorOptions } from "./reflector.ts";
import type { KubeObject } from "./resource.ts";
import { Store, type Change, type IndexFunction } from "./store.ts";

export interface InformerMetrics extends ReflectorMetrics {
  /** A handler, an index function or the transform has thrown. */
  faulted(): void;
}

export interface InformerOptions<T extends KubeObject> extends Omit<ReflectorOptions<T>, "namespace"> {
  /** Follow these namespaces alone, each by a list and watches of its own; at least one. Default: all, in one. */
  namespaces?: readonly string[];
  /** Functions by the name of their index; each gives the values under which `byIndex` finds an object. */
  indexes?: Record<string, IndexFunction<T>>;
  /**
   * What is kept of an object; name, namespace, uid and resourceVersion must be. Default: all but `managedFields`,
   * which are often the larger half. Who needs those passes `(object) => object`.
   */
  transform?: (object: T) => T;
  metrics?: InformerMetrics;
}

export type ChangeHandler<T> = (change: Change<T>) => void;

/**
 * A copy of a collection that follows the server: list, then watch, and again whenever the server or the network
 * ends it. The copy may be late but is never a mixture: changes come in the server's order, and a new list takes
 * the place of the old state at once (both within a namespace, when several are followed). Objects are frozen and
 * shared; copy one before changing it.
 */
export class Informer<T extends KubeObject> {
  readonly #reflectors: readonly Reflector<T>[];
  /** Those that have not listed yet, by namespace. */
  readonly #unlisted: Set<string | undefined>;
  readonly #store: Store<T>;
  readonly #transform: (object: T) => T;
  readonly #log: Logger;
  readonly #metrics: InformerMetrics | undefined;
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;

  /** Throws a RangeError for an empty list of namespaces. */
  constructor(options: InformerOptions<T>) {
    const { namespaces, ...rest } = options;
    if (namespaces?.length === 0) throw new RangeError("an informer of no namespace would follow nothing");
    this.#log = options.log.child({ informer: options.resource.plural });
    this.#metrics = options.metrics;
    this.#transform = options.transform ?? withoutManagedFields;
    this.#store = new Store(this.#guardedIndexes(options.indexes ?? {}));
    const scopes: readonly (string | undefined)[] = namespaces ?? [undefined];
    this.#unlisted = new Set(scopes);
    this.#reflectors = scopes.map((namespace) => {
      const log = namespace === undefined ? this.#log : this.#log.child({ namespace });
      const scope = namespace === undefined ? {} : { namespace };
      return new Reflector(
        { ...rest, ...scope, log },
        {
          replace: (objects) => this.#takeOver(objects, namespace),
          put: (object) => this.#tell(this.#store.put(this.#keep(object))),
          remove: (object) => this.#tell(this.#store.remove(this.#keep(object))),
        },
      );
    });
  }

  /**
   * Resolves when the first list is in the store and its handlers have been told, of several namespaces the last of
   * their first lists; stays pending if there is none.
   */
  get synced(): Promise<void> {
    return this.#synced.promise;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /**
   * When the server last answered a list, accepted a watch or said anything on it (`clock.now()`); 0 before. Of
   * several namespaces the one that was heard of longest ago: the copy is as old as its oldest part.
   */
  get lastContact(): number {
    return Math.min(...this.#reflectors.map(({ lastContact }) => lastContact));
  }

  /** How many objects there are. */
  get size(): number {
    return this.#store.size;
  }

  /** The object with this key: "namespace/name", or "name" for what has no namespace. */
  get(key: string): T | undefined {
    return this.#store.get(key);
  }

  list(): readonly T[] {
    return this.#store.list();
  }

  /** The objects for which the index function gives `value`. Throws a RangeError for an index that does not exist. */
  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  /**
   * Calls `handler` with every change once the store has it, and now with "added" for each object that is there.
   * Handlers do not wait, they put a key into a queue; what one throws is logged and counted.
   * The returned function ends the subscription.
   */
  onChange(handler: ChangeHandler<T>): () => void {
    // One function a subscription: the same handler may subscribe twice.
    const subscription: ChangeHandler<T> = (change) => handler(change);
    this.#handlers.add(subscription);
    const present = this.list().map((object) => ({ type: "added" as const, object }));
    this.#tell(present, [subscription]);
    return () => this.#handlers.delete(subscription);
  }

  /** Follows the server until the signal aborts. Never rejects, never gives up; leaves no connection or timer behind. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  #takeOver(objects: readonly T[], namespace: string | undefined): void {
    const kept = objects.map((object) => this.#keep(object));
    this.#tell(this.#store.replace(kept, namespace));
    this.#unlisted.delete(namespace);
    if (this.#unlisted.size > 0) return;
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  /** Those who subscribe while changes are told have seen the store with all of them, and are not told. */
  #tell(changes: readonly Change<T>[], handlers: readonly ChangeHandler<T>[] = [...this.#handlers]): void {
    for (const change of changes) {
      for (const handler of handlers) {
        if (this.#handlers.has(handler)) this.#guard("a handler", () => handler(change));
      }
    }
  }

  #keep(object: T): T {
    return this.#guard("the transform", () => this.#transform(object)) ?? object;
  }

  #guardedIndexes(indexes: Record<string, IndexFunction<T>>): Record<string, IndexFunction<T>> {
    const guarded = Object.entries(indexes).map(([name, valuesOf]): [string, IndexFunction<T>] => [
      name,
      (object) => this.#guard(`index ${name}`, () => valuesOf(object)) ?? [],
    ]);
    return Object.fromEntries(guarded);
  }

  /** One odd object, or a bug in code that was handed in, must not hide all other objects. */
  #guard<R>(what: string, run: () => R): R | undefined {
    try {
      return run();
    } catch (error) {
      this.#metrics?.faulted();
      this.#log.error({ err: error }, `${what} has thrown`);
      return undefined;
    }
  }
}

function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
