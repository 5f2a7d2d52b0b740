import { keyOf, type KubeObject, type Ref } from "../../src/kube/resource.ts";

/** An object as the fake server holds it. */
export type FakeObject = KubeObject & { spec?: unknown; status?: unknown };

export interface FakeChange {
  revision: number;
  type: "ADDED" | "MODIFIED" | "DELETED";
  collection: string;
  object: FakeObject;
  /** The object before the change; a selector may have matched only that one. */
  previous?: FakeObject;
}

/** A request that the API refuses: HTTP code, Status reason and message. */
export class Refusal extends Error {
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }

  get status(): object {
    const { code, reason, message } = this;
    return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
  }
}

export interface Preconditions {
  uid?: string;
  resourceVersion?: string;
}

/**
 * What an API server remembers: objects by collection ("apps/deployments"), one revision counter for all, and a
 * bounded history of changes to watch from. Objects are replaced, never changed in place.
 */
export class FakeStore {
  readonly #objects = new Map<string, Map<string, FakeObject>>();
  readonly #listeners = new Set<(change: FakeChange) => void>();
  readonly #historyLimit: number;
  #history: FakeChange[] = [];
  #revision = 1000;
  /** Changes up to this revision are forgotten. */
  #forgotten = 1000;
  #uids = 0;

  constructor(historyLimit: number) {
    this.#historyLimit = historyLimit;
  }

  get revision(): number {
    return this.#revision;
  }

  /** The objects of a collection, by key. */
  items(collection: string): FakeObject[] {
    const objects = [...(this.#objects.get(collection)?.values() ?? [])];
    return objects.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  }

  get(collection: string, ref: Ref): FakeObject {
    const object = this.#objects.get(collection)?.get(keyOf(ref));
    if (!object) throw new Refusal(404, "NotFound", `${collection} "${ref.name}" not found`);
    return object;
  }

  create(collection: string, object: FakeObject): FakeObject {
    const { name } = object.metadata;
    if (this.#objects.get(collection)?.has(keyOf(object)))
      throw new Refusal(409, "AlreadyExists", `${collection} "${name}" already exists`);
    const { status: _, ...rest } = object;
    const created = { uid: `uid-${++this.#uids}`, creationTimestamp: new Date().toISOString(), generation: 1 };
    return this.#commit("ADDED", collection, { ...rest, metadata: { ...object.metadata, ...created } });
  }

  /**
   * Takes `object` in place of the stored one. The main resource keeps the stored status, `/status` keeps all
   * else; a resourceVersion or uid that is not the stored one is a Conflict; a new spec is a new generation.
   */
  replace(collection: string, object: FakeObject, subresource?: string): FakeObject {
    const old = this.get(collection, object.metadata);
    checkPreconditions(collection, old, object.metadata);
    const { uid, creationTimestamp, generation = 1, deletionTimestamp } = old.metadata;
    const next =
      subresource === "status" ? { ...old, status: object.status } : { ...object, status: old.status, kind: old.kind };
    const metadata = {
      ...next.metadata,
      ...(uid && { uid }),
      ...(creationTimestamp && { creationTimestamp }),
      ...(deletionTimestamp && { deletionTimestamp }),
      generation: same(next.spec, old.spec) ? generation : generation + 1,
    };
    const changed = { ...next, metadata } as FakeObject;
    if (same(withoutVersion(changed), withoutVersion(old))) return old;
    if (deletionTimestamp && !metadata.finalizers?.length) return this.#commit("DELETED", collection, changed);
    return this.#commit("MODIFIED", collection, changed);
  }

  /** RFC 7386. */
  mergePatch(collection: string, ref: Ref, patch: unknown, subresource?: string): FakeObject {
    return this.replace(collection, merge(this.get(collection, ref), patch) as FakeObject, subresource);
  }

  /** Removes the object, or while it has finalizers marks it as being deleted. */
  delete(collection: string, ref: Ref, preconditions: Preconditions = {}): FakeObject {
    const old = this.get(collection, ref);
    checkPreconditions(collection, old, preconditions);
    const { finalizers, deletionTimestamp } = old.metadata;
    if (!finalizers?.length) return this.#commit("DELETED", collection, old);
    if (deletionTimestamp) return old;
    const metadata = { ...old.metadata, deletionTimestamp: new Date().toISOString() };
    return this.#commit("MODIFIED", collection, { ...old, metadata });
  }

  /** The changes after `revision`; Expired when some of them are forgotten. */
  since(collection: string, revision: number): FakeChange[] {
    if (revision < this.#forgotten)
      throw new Refusal(410, "Expired", `too old resource version: ${revision} (${this.#forgotten})`);
    return this.#history.filter((change) => change.collection === collection && change.revision > revision);
  }

  /** Forgets all history, as a compaction of etcd does. */
  compact(): void {
    this.#history = [];
    this.#forgotten = this.#revision;
  }

  onChange(listener: (change: FakeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(type: FakeChange["type"], collection: string, object: FakeObject): FakeObject {
    const revision = ++this.#revision;
    const objects = this.#objects.get(collection) ?? new Map<string, FakeObject>();
    this.#objects.set(collection, objects);
    const previous = objects.get(keyOf(object));
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    if (type === "DELETED") objects.delete(keyOf(object));
    else objects.set(keyOf(object), stored);

    const change = { revision, type, collection, object: stored, ...(previous && { previous }) };
    this.#history.push(change);
    if (this.#history.length > this.#historyLimit) this.#forgotten = this.#history.shift()?.revision ?? revision;
    for (const listener of this.#listeners) listener(change);
    return stored;
  }
}

function checkPreconditions(collection: string, stored: FakeObject, { uid, resourceVersion }: Preconditions): void {
  const { metadata } = stored;
  const differs =
    (uid !== undefined && uid !== metadata.uid) ||
    (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion);
  if (differs) throw new Refusal(409, "Conflict", `${collection} "${metadata.name}": the object has been modified`);
}

function withoutVersion(object: FakeObject): FakeObject {
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const merged = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal as JSON, whatever the order of keys. */
function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) =>
    isRecord(part) ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1))) : part,
  );
}
