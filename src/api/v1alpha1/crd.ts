import { filingCalendarKind } from "./filing-calendar.ts";
import { invoiceServiceKind } from "./invoice-service.ts";
import type { KindDefinition } from "./kind.ts";
import type { JsonSchema } from "./schema.ts";

export const GROUP = "invoiceops.dev";
export const API_VERSION = "v1alpha1";

/** Our kinds, in the order in which they are listed. */
export const kinds: readonly KindDefinition[] = [invoiceServiceKind, filingCalendarKind];

const apiVersion: JsonSchema = { type: "string", description: `Always ${GROUP}/${API_VERSION}.` };
const metadata: JsonSchema = { type: "object" };

/**
 * The CustomResourceDefinition of a kind. What the API server would fill in itself is written out, so that no
 * GitOps tool sees a difference between the file and the cluster.
 */
export function customResourceDefinition(definition: KindDefinition): object {
  const { kind, plural, singular, shortNames, scope } = definition;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${GROUP}` },
    spec: {
      group: GROUP,
      names: { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ["invoiceops"] },
      scope,
      conversion: { strategy: "None" },
      versions: [version(definition)],
    },
  };
}

function version(definition: KindDefinition): object {
  return {
    name: API_VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: definition.columns,
    selectableFields: definition.selectable.map((jsonPath) => ({ jsonPath })),
    schema: { openAPIV3Schema: schemaOf(definition) },
  };
}

/** The schema that the API server holds each object of the kind to. */
export function schemaOf({ kind, description, spec, status }: KindDefinition): JsonSchema {
  return {
    type: "object",
    description,
    required: ["spec"],
    properties: {
      apiVersion,
      kind: { type: "string", description: `Always ${kind}.` },
      metadata,
      spec,
      // Before the operator has seen the object its status says so, rather than nothing at all.
      status: { ...status, default: { observedGeneration: -1 } },
    },
  };
}
