import type { KubeObject, ManagedFieldsEntry } from "../../src/kube/resource.ts";
import { BASE_ANNOTATION, type Write } from "../../src/scaling/floor.ts";
import { FIELD_MANAGER, LAST_APPLIED } from "../../src/scaling/ownership.ts";
import type { Target, TargetKind } from "../../src/scaling/target.ts";

interface Owner {
  manager: string;
  operation: "Apply" | "Update";
  subresource?: string;
}

const SHAPES = {
  HorizontalPodAutoscaler: { apiVersion: "autoscaling/v2", kind: "HorizontalPodAutoscaler", field: "minReplicas" },
  ScaledObject: { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", field: "minReplicaCount" },
  Scale: { apiVersion: "apps/v1", kind: "Deployment", field: "replicas" },
} as const;

/** What the API server puts where nobody gives a value. */
const DEFAULT = 1;

/**
 * The one field that the floor is written to, on an object whose values, owners and annotations move as the API
 * server moves them (measured, docs/field-ownership.md): an Update that changes the value takes it from everybody,
 * a server-side apply of the same value shares it, and what nobody owns any more falls to its default.
 */
export class LiveField {
  readonly kind: TargetKind;
  value: number;
  max: number | undefined;
  owners: Owner[];
  readonly annotations: Record<string, string> = {};
  /** What admission makes of each value that is written here. */
  admit = (value: number): number => value;
  /** Who owns the note of the base, as soon as there is one. */
  noter = FIELD_MANAGER;
  #annotator: string | undefined;

  constructor(kind: TargetKind, value: number, options: { owner?: Owner; max?: number } = {}) {
    this.kind = kind;
    this.value = value;
    this.max = kind === "Scale" ? undefined : (options.max ?? 100);
    this.owners = options.owner ? [options.owner] : [];
  }

  /** PUT, PATCH or POST by somebody; unchanged values keep their owners. */
  update(manager: string, value: number, subresource?: string): void {
    if (value === this.value) return;
    this.value = value;
    this.owners = [{ manager, operation: "Update", ...(subresource === undefined ? {} : { subresource }) }];
  }

  /** kubectl apply, client side: an Update, and the manifest beside it; `value` undefined = not in the manifest. */
  clientApply(value: number | undefined, manager = "kubectl-client-side-apply"): void {
    const { apiVersion, kind, field } = SHAPES[this.kind];
    const spec = value === undefined ? {} : { [field]: value };
    const before = this.annotations[LAST_APPLIED];
    const declared = before !== undefined && before.includes(`"${field}"`);
    this.annotations[LAST_APPLIED] = JSON.stringify({ apiVersion, kind, metadata: { name: "vat-api" }, spec });
    this.#annotator = manager;
    if (value !== undefined) this.update(manager, value);
    else if (declared) this.update(manager, DEFAULT);
  }

  /** Server-side apply with force. */
  apply(manager: string, value: number): void {
    const entry: Owner = { manager, operation: "Apply" };
    const others = this.owners.filter((owner) => owner.manager !== manager || owner.operation !== "Apply");
    this.owners = value === this.value ? [...others, entry] : [entry];
    this.value = value;
  }

  /** Server-side apply of a manifest that does not have the field. */
  applyWithout(manager: string): void {
    const had = this.owners.length > 0;
    this.owners = this.owners.filter((owner) => owner.manager !== manager || owner.operation !== "Apply");
    if (had && this.owners.length === 0) this.value = DEFAULT;
  }

  /** Our own write, as src/scaling/act.ts makes it. */
  write({ value, base }: Write): void {
    if (this.kind === "Scale") {
      if (value !== undefined) this.update(FIELD_MANAGER, this.admit(value), "scale");
      return;
    }
    if (base === undefined) delete this.annotations[BASE_ANNOTATION];
    else this.annotations[BASE_ANNOTATION] = String(base);
    if (value === undefined) this.applyWithout(FIELD_MANAGER);
    else this.apply(FIELD_MANAGER, this.admit(value));
  }

  target(): Target {
    const { field } = SHAPES[this.kind];
    return {
      kind: this.kind,
      object: this.object(),
      path: ["spec", field],
      value: this.value,
      ...(this.max === undefined ? {} : { max: this.max }),
    };
  }

  object(): KubeObject & { spec: Record<string, number> } {
    const { apiVersion, kind, field } = SHAPES[this.kind];
    const entries: ManagedFieldsEntry[] = this.owners.map((owner) => ({
      ...owner,
      apiVersion,
      fieldsType: "FieldsV1",
      fieldsV1: { "f:spec": { [`f:${field}`]: {} } },
    }));
    if (this.#annotator !== undefined) {
      entries.push({
        manager: this.#annotator,
        operation: "Update",
        apiVersion,
        fieldsType: "FieldsV1",
        fieldsV1: { "f:metadata": { "f:annotations": { ".": {}, [`f:${LAST_APPLIED}`]: {} } } },
      });
    }
    if (this.annotations[BASE_ANNOTATION] !== undefined) {
      const fieldsV1 = { "f:metadata": { "f:annotations": { [`f:${BASE_ANNOTATION}`]: {} } } };
      entries.push({ manager: this.noter, operation: "Apply", apiVersion, fieldsType: "FieldsV1", fieldsV1 });
    }
    return {
      apiVersion,
      kind,
      metadata: {
        name: "vat-api",
        namespace: "billing",
        uid: "1",
        annotations: { ...this.annotations },
        managedFields: entries,
      },
      spec: { [field]: this.value },
    };
  }
}
