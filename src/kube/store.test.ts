import { describe, expect, it } from "vitest";

import type { KubeObject } from "./resource.ts";
import { Store } from "./store.ts";

interface Pet extends KubeObject {
  tags?: string[];
}

const pet = (name: string, { uid = "1", version = "1", tags = [] as string[] } = {}): Pet => ({
  metadata: { namespace: "x", name, uid, resourceVersion: version },
  tags,
});
const names = (objects: readonly Pet[]): string[] => objects.map(({ metadata }) => metadata.name);
const storeOf = (...pets: Pet[]): Store<Pet> => {
  const store = new Store<Pet>({ tag: ({ tags }) => tags ?? [] });
  store.replace(pets);
  return store;
};

describe("Store", () => {
  it.each<[string, Pet, object[]]>([
    ["a new name is added", pet("b"), [{ type: "added", object: pet("b") }]],
    ["the same state is no change", pet("a"), []],
    [
      "a new version is an update, with what was before",
      pet("a", { version: "2" }),
      [{ type: "updated", object: pet("a", { version: "2" }), previous: pet("a") }],
    ],
    [
      "a new uid under the name is a deletion and an addition",
      pet("a", { uid: "2", version: "5" }),
      [
        { type: "deleted", object: pet("a") },
        { type: "added", object: pet("a", { uid: "2", version: "5" }) },
      ],
    ],
  ])("put: %s", (_, object, changes) => {
    const store = storeOf(pet("a"));
    expect(store.put(object)).toEqual(changes);
    expect(store.get(`x/${object.metadata.name}`)).toEqual(object);
  });

  it.each<[string, Pet, object[]]>([
    ["tells the last state", pet("a", { version: "9" }), [{ type: "deleted", object: pet("a", { version: "9" }) }]],
    ["leaves another object under the name alone", pet("a", { uid: "0" }), []],
    ["knows nothing of others", pet("b"), []],
  ])("remove: %s", (_, object, changes) => {
    const store = storeOf(pet("a"));
    expect(store.remove(object)).toEqual(changes);
    expect(store.size).toBe(changes.length === 0 ? 1 : 0);
  });

  it("replace tells only what differs", () => {
    const store = storeOf(pet("same"), pet("changed"), pet("gone"), pet("reborn"));
    const changes = store.replace([
      pet("same"),
      pet("changed", { version: "2" }),
      pet("reborn", { uid: "2" }),
      pet("new"),
    ]);
    expect(changes.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      "deleted gone",
      "updated changed",
      "deleted reborn",
      "added reborn",
      "added new",
    ]);
    expect(names(store.list()).toSorted()).toEqual(["changed", "new", "reborn", "same"]);
  });

  it("replace of one namespace leaves the others alone", () => {
    const elsewhere: Pet = { metadata: { namespace: "y", name: "a", uid: "7", resourceVersion: "1" } };
    const store = storeOf(pet("a"), pet("b"), elsewhere);
    expect(store.replace([pet("b")], "x")).toEqual([{ type: "deleted", object: pet("a") }]);
    expect(store.list()).toEqual([pet("b"), elsewhere]);
  });

  it("finds objects by the values of an index, as they are now", () => {
    const store = storeOf(pet("a", { tags: ["red", "big"] }), pet("b", { tags: ["red"] }));
    expect(names(store.byIndex("tag", "red"))).toEqual(["a", "b"]);
    store.put(pet("a", { version: "2", tags: ["big"] }));
    store.remove(pet("b"));
    expect(names(store.byIndex("tag", "red"))).toEqual([]);
    expect(names(store.byIndex("tag", "big"))).toEqual(["a"]);
    expect(() => store.byIndex("colour", "red")).toThrow(RangeError);
  });

  it("freezes what it holds, all the way down", () => {
    const held = storeOf(pet("a", { tags: ["red"] })).get("x/a");
    expect(() => held?.tags?.push("blue")).toThrow(TypeError);
    expect(() => Object.assign(held?.metadata ?? {}, { name: "b" })).toThrow(TypeError);
  });
});
