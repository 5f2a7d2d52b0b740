import type { KindDefinition } from "../../src/api/v1alpha1/kind.ts";
import type { JsonSchema } from "../../src/api/v1alpha1/schema.ts";

const GROUP = "invoiceops.dev";
const VERSION = "v1alpha1";

const apiVersion: JsonSchema = { type: "string", description: `Always ${GROUP}/${VERSION}.` };
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

function version({ kind, description, columns, spec, status }: KindDefinition): object {
  return {
    name: VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: columns,
    schema: {
      openAPIV3Schema: {
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
      },
    },
  };
}
