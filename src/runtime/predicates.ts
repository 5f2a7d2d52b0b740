import type { KubeObject } from "../kube/resource.ts";
import type { Change } from "../kube/store.ts";

/** Whether a change is worth a reconcile. */
export type Predicate<T extends KubeObject = KubeObject> = (change: Change<T>) => boolean;

/** Judges updates by the object before and after; lets everything else pass. */
export function updated<T extends KubeObject>(differs: (before: T, after: T) => boolean): Predicate<T> {
  return ({ type, object, previous }) => type !== "updated" || previous === undefined || differs(previous, object);
}

/** The spec changed: the API server counts generations, and not for status or metadata. */
export const generationChanged: Predicate = updated(
  (before, after) => before.metadata.generation !== after.metadata.generation,
);

export const labelsChanged: Predicate = updated(
  (before, after) => !sameEntries(before.metadata.labels, after.metadata.labels),
);

export const annotationsChanged: Predicate = updated(
  (before, after) => !sameEntries(before.metadata.annotations, after.metadata.annotations),
);

export const finalizersChanged: Predicate = updated(
  (before, after) => before.metadata.finalizers?.join() !== after.metadata.finalizers?.join(),
);

export const deletionStarted: Predicate = updated(
  (before, after) => before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp,
);

export function anyOf<T extends KubeObject>(...predicates: Predicate<T>[]): Predicate<T> {
  return (change) => predicates.some((predicate) => predicate(change));
}

export function allOf<T extends KubeObject>(...predicates: Predicate<T>[]): Predicate<T> {
  return (change) => predicates.every((predicate) => predicate(change));
}

export function not<T extends KubeObject>(predicate: Predicate<T>): Predicate<T> {
  return (change) => !predicate(change);
}

/**
 * For the kind that a controller reconciles: all that a user or the garbage collector may do to it,
 * and not what the controller itself writes into status, which would make it run in a circle.
 */
export const specOrMetadataChanged: Predicate = anyOf(
  generationChanged,
  labelsChanged,
  annotationsChanged,
  finalizersChanged,
  deletionStarted,
);

function sameEntries(a: Record<string, string> = {}, b: Record<string, string> = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
