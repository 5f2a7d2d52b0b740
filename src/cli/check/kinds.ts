import { isDeepStrictEqual } from "node:util";
import { API_VERSION, GROUP, schemaOf } from "../../api/v1alpha1/crd.ts";
import type { KindDefinition } from "../../api/v1alpha1/kind.ts";
import { isForbidden, isNotFound } from "../../kube/errors.ts";
import { defineResource, type KubeObject } from "../../kube/resource.ts";
import type { Cluster } from "../verb.ts";
import type { Finding } from "./finding.ts";

/** Whether the API server serves a kind as this version of invoiceops knows it. */

type CustomResourceDefinition = KubeObject & {
  spec: { versions: { name: string; served: boolean; schema?: { openAPIV3Schema?: object } }[] };
  status?: {
    storedVersions?: string[];
    conditions?: { type: string; status: string; message?: string }[];
  };
};

const customResourceDefinitions = defineResource<CustomResourceDefinition>({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
});

const about = "kinds";
const INSTALL = "helm upgrade --install invoiceops (its chart brings them), or kubectl apply --server-side -f crds/";

export async function kindFinding(cluster: Cluster, kind: KindDefinition, signal: AbortSignal): Promise<Finding> {
  const name = `${kind.plural}.${GROUP}`;
  try {
    return judge(kind, await cluster.client.get(customResourceDefinitions, { name }, { signal }));
  } catch (error) {
    if (isNotFound(error)) return missing(name);
    if (!isForbidden(error)) throw error;
    return judgePublished(kind, await publishedSchemas(cluster, signal));
  }
}

/** What a stored definition comes to. */
export function judge(kind: KindDefinition, { metadata, spec, status }: CustomResourceDefinition): Finding {
  const { name } = metadata;
  const version = spec.versions.find((one) => one.name === API_VERSION);
  if (!version?.served)
    return { about, level: "wrong", message: `${name} does not serve ${API_VERSION}`, fix: INSTALL };
  const established = status?.conditions?.find(({ type }) => type === "Established");
  if (established?.status !== "True") {
    const why = status?.conditions?.find((condition) => condition.status === "False")?.message;
    return { about, level: "wrong", message: `${name} is not established${why === undefined ? "" : `: ${why}`}` };
  }
  const gone = status?.storedVersions?.filter((stored) => !spec.versions.some((one) => one.name === stored)) ?? [];
  if (gone.length > 0) {
    return {
      about,
      level: "wrong",
      message: `${name} has objects stored as ${gone.join(", ")}, which it no longer knows`,
      fix: "install the chart of the version before, and upgrade from there",
    };
  }
  return judgeSchema(kind, version.schema?.openAPIV3Schema ?? {}, "");
}

/** Everybody may read the schemas that the API server publishes; what is stored in which version is not in them. */
function judgePublished(kind: KindDefinition, schemas: Record<string, object> | undefined): Finding {
  const published = Object.entries(schemas ?? {}).find(([name]) => name.endsWith(`.${kind.kind}`))?.[1];
  if (!published) return missing(`${kind.plural}.${GROUP}`);
  return judgeSchema(kind, published, ", as published");
}

async function publishedSchemas(
  { transport }: Cluster,
  signal: AbortSignal,
): Promise<Record<string, object> | undefined> {
  const path = `/openapi/v3/apis/${GROUP}/${API_VERSION}`;
  try {
    const document = await transport.request({ method: "GET", path, doing: "read the published schemas", signal });
    return (document as { components?: { schemas?: Record<string, object> } }).components?.schemas;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function judgeSchema(kind: KindDefinition, theirs: object, how: string): Finding {
  const name = `${kind.plural}.${GROUP}`;
  const places = schemaDifferences(schemaOf(kind), theirs);
  if (places.length === 0) return { about, level: "ok", message: `${name} is this version's ${API_VERSION}${how}` };
  const shown = places.slice(0, 3).join(", ");
  const more = places.length > 3 ? ` and ${places.length - 3} more` : "";
  return {
    about,
    level: "wrong",
    message: `${name} is of another version of invoiceops than this command; what differs: ${shown}${more}`,
    fix: `use the command of the installed version (its image has it), or bring the kinds up to date: ${INSTALL}`,
  };
}

function missing(name: string): Finding {
  return { about, level: "wrong", message: `${name} is not installed`, fix: INSTALL };
}

/**
 * Where two schemas demand something else of `spec` and `status`, by path: `spec.scaling.lead: maxLength`. What is
 * only described in other words is the same.
 */
export function schemaDifferences(ours: object, theirs: object): string[] {
  return ["spec", "status"].flatMap((part) => differences(propertiesOf(ours)[part], propertiesOf(theirs)[part], part));
}

function propertiesOf(schema: object): Record<string, unknown> {
  return (schema as { properties?: Record<string, unknown> }).properties ?? {};
}

/** Keys that demand nothing. The API server publishes `anyOf` beside x-kubernetes-int-or-string; we never write it. */
const WORDS = new Set(["description", "anyOf"]);

function differences(ours: unknown, theirs: unknown, path: string): string[] {
  if (!isRecord(ours) || !isRecord(theirs)) return isDeepStrictEqual(ours, theirs) ? [] : [path];
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter((key) => !WORDS.has(key))
    .flatMap((key) => {
      if (key === "properties") return fieldDifferences(ours[key], theirs[key], path);
      if (key === "items") return differences(ours[key], theirs[key], `${path}[]`);
      return differences(ours[key], theirs[key], `${path}: ${key}`);
    });
}

function fieldDifferences(ours: unknown, theirs: unknown, path: string): string[] {
  const [our, their] = [isRecord(ours) ? ours : {}, isRecord(theirs) ? theirs : {}];
  return [...new Set([...Object.keys(our), ...Object.keys(their)])].flatMap((name) =>
    differences(our[name], their[name], `${path}.${name}`),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
