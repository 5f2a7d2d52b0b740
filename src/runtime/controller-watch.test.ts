import { describe, expect, test } from "vitest";
import { ControllerBench } from "../../test/support/controller-bench.ts";
import type { KubeObject } from "../kube/resource.ts";
import type { Change } from "../kube/store.ts";
import type { Source } from "./controller.ts";
import { generationChanged } from "./predicates.ts";

const object = (name: string, generation = 1, owner?: string): KubeObject => ({
  metadata: { namespace: "billing", name, generation, ...(owner && { labels: { owner } }) },
});

function recording(): { bench: ControllerBench; seen: string[] } {
  const seen: string[] = [];
  const bench = new ControllerBench(async ({ namespace, name }) => void seen.push(`${namespace}/${name}`));
  return { bench, seen };
}

describe("watching", () => {
  /** Stands for an informer that holds some objects. */
  class Objects implements Source<KubeObject> {
    hasSynced = true;
    handlers = new Set<(change: Change<KubeObject>) => void>();
    readonly #objects: KubeObject[];

    constructor(...names: string[]) {
      this.#objects = names.map((name) => object(name));
    }

    onChange(handler: (change: Change<KubeObject>) => void): () => void {
      this.handlers.add(handler);
      for (const each of this.#objects) handler({ type: "added", object: each });
      return () => this.handlers.delete(handler);
    }

    tell(change: Change<KubeObject>): void {
      for (const handler of this.handlers) handler(change);
    }
  }

  test("reconciles what is there and what changes, when the predicate agrees", async () => {
    const { bench, seen } = recording();
    const source = new Objects("a", "b");
    bench.controller.watch(source, { predicate: generationChanged });
    expect(source.handlers.size).toBe(0);
    void bench.run();
    await bench.clock.advance(0);
    expect(seen.splice(0)).toEqual(["billing/a", "billing/b"]);

    source.tell({ type: "updated", object: object("a", 1), previous: object("a", 1) });
    source.tell({ type: "updated", object: object("b", 2), previous: object("b", 1) });
    source.tell({ type: "deleted", object: object("a") });
    await bench.clock.advance(0);
    expect(seen).toEqual(["billing/b", "billing/a"]);
  });

  test("a change is not kept waiting by all the objects that were there at the start", async () => {
    const { bench, seen } = recording();
    const source = new Objects("a", "b", "c", "d");
    bench.controller.watch(source);
    const run = bench.run();
    source.tell({ type: "updated", object: object("z", 2), previous: object("z", 1) });
    await bench.clock.advance(0);
    expect(seen.indexOf("billing/z")).toBeLessThan(3);
    bench.stop.abort();
    await run;
    expect(source.handlers.size).toBe(0);
  });

  test("objects of a first list that is still under way have low priority too", async () => {
    const { bench, seen } = recording();
    const source = new Objects();
    source.hasSynced = false;
    bench.controller.watch(source);
    void bench.run();
    await bench.clock.advance(0);
    for (const name of ["a", "b", "c"]) source.tell({ type: "added", object: object(name) });
    source.hasSynced = true;
    source.tell({ type: "added", object: object("new") });
    await bench.clock.advance(0);
    expect(seen.indexOf("billing/new")).toBeLessThan(3);
  });

  test("what an object referred to before an update is reconciled as well as what it refers to now", async () => {
    const { bench, seen } = recording();
    const source = new Objects();
    bench.controller.watch(source, {
      map: ({ metadata }) =>
        metadata.labels?.["owner"] ? [{ namespace: "billing", name: metadata.labels["owner"] }] : [],
    });
    void bench.run();
    source.tell({ type: "updated", object: object("pod", 1, "new"), previous: object("pod", 1, "old") });
    source.tell({ type: "updated", object: object("pod", 1), previous: object("pod", 1) });
    await bench.clock.advance(0);
    expect(seen).toEqual(["billing/new", "billing/old"]);
  });

  test("objects without a namespace are reconciled by name alone", async () => {
    const requests: unknown[] = [];
    const bench = new ControllerBench(async (request) => void requests.push(request));
    bench.controller.enqueueAfter({ name: "cn-vat" }, 10);
    void bench.run();
    await bench.clock.advance(10);
    expect(requests).toEqual([{ name: "cn-vat" }]);
  });
});
