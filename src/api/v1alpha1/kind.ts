import type { JsonSchema } from "./schema.ts";

/** A column of `kubectl get`. With a priority it is shown by `-o wide` alone. */
interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "date";
  readonly jsonPath: string;
  readonly description: string;
  readonly priority?: number;
}

/** Everything that the CRD of a kind is generated from. */
export interface KindDefinition {
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly scope: "Namespaced" | "Cluster";
  readonly description: string;
  readonly columns: readonly Column[];
  /** Paths of the fields that `kubectl get --field-selector` knows, such as `.spec.mode`. */
  readonly selectable: readonly string[];
  readonly spec: JsonSchema;
  readonly status: JsonSchema;
}
