import type { KubeObject, ManagedFieldsEntry } from "../kube/resource.ts";
import { BASE_ANNOTATION, RAISED_FOR_ANNOTATION } from "./floor.ts";
import { LAST_APPLIED, owns, type FieldPath } from "./ownership.ts";

/**
 * What the cache keeps of other people's objects: thousands of Deployments with their templates and managed
 * fields would be most of the operator's memory, and the ladder looks at one field of each.
 */

/** Metadata with managed fields and last-applied configuration cut down to one field; `keep` names more annotations. */
export function trimMetadata(
  object: KubeObject,
  path: FieldPath,
  keep: readonly string[] = [],
): KubeObject["metadata"] {
  const { name, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, ownerReferences } =
    object.metadata;
  const annotations = trimAnnotations(object.metadata.annotations, path, [
    BASE_ANNOTATION,
    RAISED_FOR_ANNOTATION,
    ...keep,
  ]);
  const managedFields = object.metadata.managedFields?.flatMap((entry) => trimEntry(entry, path));
  return dropUndefined({
    name,
    namespace,
    uid,
    resourceVersion,
    generation,
    creationTimestamp,
    deletionTimestamp,
    ownerReferences,
    annotations,
    managedFields,
  });
}

function trimAnnotations(
  annotations: Record<string, string> | undefined,
  path: FieldPath,
  keep: readonly string[],
): Record<string, string> | undefined {
  if (!annotations) return undefined;
  const kept: Record<string, string> = {};
  for (const name of keep) if (annotations[name] !== undefined) kept[name] = annotations[name];
  const lastApplied = annotations[LAST_APPLIED];
  if (lastApplied !== undefined) kept[LAST_APPLIED] = trimLastApplied(lastApplied, path);
  return kept;
}

/** The same configuration with nothing but the field; text that is no JSON stays what it is: no declaration. */
function trimLastApplied(text: string, path: FieldPath): string {
  try {
    return JSON.stringify(only(JSON.parse(text), path, (name) => name) ?? {});
  } catch {
    return "";
  }
}

/** The entry with only what the ladder asks of it; none when it owns neither the field nor one of the annotations. */
function trimEntry(entry: ManagedFieldsEntry, path: FieldPath): ManagedFieldsEntry[] {
  const field = only(entry.fieldsV1, path, ownedName);
  const annotations = [LAST_APPLIED, BASE_ANNOTATION].flatMap((name) =>
    owns(entry, ["metadata", "annotations", name]) ? [[ownedName(name), {}]] : [],
  );
  if (!field && annotations.length === 0) return [];
  const noted =
    annotations.length > 0 ? { "f:metadata": { "f:annotations": Object.fromEntries(annotations) as object } } : {};
  const { manager, operation, subresource } = entry;
  return [dropUndefined({ manager, operation, subresource, fieldsV1: { ...field, ...noted } })];
}

function ownedName(name: string): string {
  return `f:${name}`;
}

/** The object with one path of it alone; undefined when it has no such path. */
function only(node: unknown, path: FieldPath, keyOf: (name: string) => string): Record<string, unknown> | undefined {
  const [name, ...rest] = path;
  if (name === undefined || typeof node !== "object" || node === null) return undefined;
  const value = (node as Record<string, unknown>)[keyOf(name)];
  if (value === undefined || value === null) return undefined;
  const inner = rest.length === 0 ? value : only(value, rest, keyOf);
  return inner === undefined ? undefined : { [keyOf(name)]: inner };
}

/** Copies what is there: absent stays absent, as exactOptionalPropertyTypes wants it. */
function dropUndefined<T extends object>(object: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
