import type { Informer } from "../../src/kube/informer.ts";
import type { KubeObject, Resource } from "../../src/kube/resource.ts";
import { Store } from "../../src/kube/store.ts";
import type { OpenInformer } from "../../src/scaling/watched.ts";

/** What caches hold, by plural: objects go through the transform and indexes of whoever opened the cache. */
export class CachedObjects {
  readonly #put = new Map<string, (object: KubeObject) => void>();

  readonly open: OpenInformer = <T extends KubeObject>(
    { plural }: Resource<T>,
    {
      indexes = {},
      transform = (object) => object,
    }: { indexes?: Record<string, (object: T) => readonly string[]>; transform?: (object: T) => T },
  ) => {
    const store = new Store<T>(indexes);
    this.#put.set(plural, (object) => void store.put(transform(structuredClone(object) as T)));
    const informer: Pick<Informer<T>, "get" | "list" | "byIndex"> = {
      get: (key) => store.get(key),
      list: () => store.list(),
      byIndex: (index, value) => store.byIndex(index, value),
    };
    return informer as Informer<T>;
  };

  /** The objects as the API server has them. */
  put(plural: string, ...objects: readonly KubeObject[]): void {
    const put = this.#put.get(plural);
    if (!put) throw new Error(`nobody has opened a cache of ${plural}`);
    for (const object of objects) put(object);
  }
}
