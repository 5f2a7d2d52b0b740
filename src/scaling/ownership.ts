import type { KubeObject, ManagedFieldsEntry } from "../kube/resource.ts";

/**
 * Who owns one numeric field of somebody else's object, read from the object alone. The rules and the
 * measurements behind them: docs/field-ownership.md.
 */

export const FIELD_MANAGER = "invoiceops";
export const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

export type Ownership =
  /** No owner, ourselves, or an Update owner whose last-applied configuration lacks the field: take it. */
  | { class: "Free" }
  /**
   * It stands in somebody's manifest but is not enforced: raise it all the same and say how to mend that. Where only
   * the owner's name shows it (Helm), it is no longer seen once the field is ours.
   */
  | { class: "Declared"; manager: string }
  /** A server-side apply owner holds it: writing needs `takeOver`. */
  | { class: "Enforced"; manager: string };

/** The path of a field, e.g. `["spec", "minReplicas"]`. */
export type FieldPath = readonly string[];

/** What stands at a path; undefined where nothing does. */
export function valueAt(object: unknown, path: FieldPath): unknown {
  return path.reduce<unknown>((node, name) => (node as Record<string, unknown> | null | undefined)?.[name], object);
}

export function ownershipOf(object: KubeObject, path: FieldPath): Ownership {
  const owners = ownersOf(object, path).filter(({ manager }) => manager !== FIELD_MANAGER);
  const applier = owners.find(({ operation }) => operation === "Apply");
  if (applier) return { class: "Enforced", manager: nameOf(applier) };

  if (inLastApplied(object, path)) {
    // Whoever wrote the annotation declares the field; who wrote its value last may be an autoscaler.
    return { class: "Declared", manager: nameOf(declarerOf(object) ?? owners[0]) };
  }
  // Helm 3 leaves no last-applied annotation, yet the next upgrade writes what the chart says.
  const helm = owners.find(({ manager }) => isHelm(manager));
  if (helm) return { class: "Declared", manager: nameOf(helm) };
  return { class: "Free" };
}

/**
 * Whether a manager has the field in a client-side manifest, which its last-applied configuration tells. Whoever has
 * may be seen to let go of it: it is gone from there when it is gone from the manifest.
 */
export function declares(manager: string, object: KubeObject, path: FieldPath): boolean {
  return inLastApplied(object, path) && nameOf(declarerOf(object)) === manager;
}

/** The managers that own the field now, whatever the operation; ourselves included. */
export function managersOf(object: KubeObject, path: FieldPath): string[] {
  return ownersOf(object, path).map(nameOf);
}

/** Whether the value that stands there now is one that we wrote. */
export function isOurs(object: KubeObject, path: FieldPath): boolean {
  return ownersOf(object, path).some(({ manager }) => manager === FIELD_MANAGER);
}

const ANNOTATION_PATH: FieldPath = ["metadata", "annotations", LAST_APPLIED];

function declarerOf(object: KubeObject): ManagedFieldsEntry | undefined {
  return (object.metadata.managedFields ?? []).find((entry) => owns(entry, ANNOTATION_PATH));
}

function ownersOf(object: KubeObject, path: FieldPath): ManagedFieldsEntry[] {
  return (object.metadata.managedFields ?? []).filter((entry) => owns(entry, path));
}

/** Whether a manager owns a field, as managed fields tell. */
export function owns(entry: ManagedFieldsEntry, path: FieldPath): boolean {
  let node: unknown = entry.fieldsV1;
  for (const name of path) {
    if (typeof node !== "object" || node === null) return false;
    node = (node as Record<string, unknown>)[`f:${name}`];
  }
  return node !== undefined;
}

/** Helm books its fields under the name of its binary: helm, helm-controller, terraform-provider-helm_v3.0.2. */
export function isHelm(manager: string | undefined): boolean {
  return manager?.toLowerCase().includes("helm") ?? false;
}

function nameOf(entry: ManagedFieldsEntry | undefined): string {
  return entry?.manager ?? "unknown";
}

/** Whether the field stands in the manifest of whoever applied the object client-side last. */
export function inLastApplied(object: KubeObject, path: FieldPath): boolean {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return false;
  try {
    const node = valueAt(JSON.parse(text), path);
    return node !== undefined && node !== null;
  } catch {
    // Somebody's broken annotation declares nothing that we could honour.
    return false;
  }
}

/** What the named owner has to change so that the field is left to us; one line a user can act on. */
export function mendingOf(manager: string, object: KubeObject, path: FieldPath): string {
  const field = path.join(".");
  const { kind = "object", apiVersion = "" } = object;
  const name = manager.toLowerCase();
  if (name.startsWith("argocd")) {
    const group = apiVersion.replace(/\/?[^/]*$/, "") || '""';
    const rule = `{group: ${group}, kind: ${kind}, jsonPointers: [/${path.join("/")}]}`;
    // By server-side apply it stays the owner also of a value that it respects.
    const owned = appliedBy(manager, object, path) ? " and spec.scaling.takeOver: true in the InvoiceService" : "";
    return `have ignoreDifferences: [${rule}] and syncPolicy.syncOptions: [RespectIgnoreDifferences=true] in the Application${owned}, or leave ${field} out of the manifest in Git (the sync that takes it out sets it to its default for a moment)`;
  }
  if (isHelm(name)) {
    const leave = `leave ${field} out of the chart's ${kind} (most charts: autoscaling.enabled or an empty value)`;
    // Helm 4 applies: what its manifest alone holds falls to its default when it is taken out there.
    if (ownersOf(object, path).some((entry) => entry.manager === manager && entry.operation === "Apply"))
      return `set spec.scaling.takeOver: true first, then ${leave}; the other way round it falls to its default for a moment`;
    return leave;
  }
  if (name.startsWith("kustomize-controller") || name.startsWith("flux")) {
    return `leave ${field} out of the manifest in Git; Flux leaves alone what it does not apply`;
  }
  if (name.startsWith("kubectl") && inLastApplied(object, path)) {
    return `run kubectl apply edit-last-applied and remove ${field} there first, then from the manifest (removing it from the manifest alone sets it to its default)`;
  }
  if (appliedBy(manager, object, path)) {
    return `leave ${field} out of what ${manager} applies and apply it once more`;
  }
  return `have ${manager} leave ${field} alone`;
}

function appliedBy(manager: string, object: KubeObject, path: FieldPath): boolean {
  return ownersOf(object, path).some((entry) => entry.manager === manager && entry.operation === "Apply");
}
