import { describe, expect, test } from "vitest";
import { API_VERSION, kinds, schemaOf } from "../../api/v1alpha1/crd.ts";
import type { JsonSchema } from "../../api/v1alpha1/schema.ts";
import { judge, schemaDifferences } from "./kinds.ts";

const kind = kinds[0]!;
const name = "invoiceservices.invoiceops.dev";

type Definition = Parameters<typeof judge>[1];

function stored(
  values: Partial<Definition["spec"]["versions"][number]> = {},
  status?: Definition["status"],
): Definition {
  const version = { name: API_VERSION, served: true, schema: { openAPIV3Schema: schemaOf(kind) }, ...values };
  const established = { storedVersions: [API_VERSION], conditions: [{ type: "Established", status: "True" }] };
  return { metadata: { name }, spec: { versions: [version] }, status: { ...established, ...status } };
}

describe("a definition in the cluster", () => {
  test.each<[string, Definition, string]>([
    ["that is ours", stored(), `${name} is this version's v1alpha1`],
    ["that serves another version", stored({ name: "v1" }), `${name} does not serve v1alpha1`],
    ["that serves ours no more", stored({ served: false }), `${name} does not serve v1alpha1`],
    [
      "that is not established",
      stored({}, { conditions: [{ type: "NamesAccepted", status: "False", message: "the plural is taken" }] }),
      `${name} is not established: the plural is taken`,
    ],
    [
      "whose objects are stored in a version that is gone",
      stored({}, { storedVersions: ["v1alpha0", API_VERSION] }),
      `${name} has objects stored as v1alpha0, which it no longer knows`,
    ],
  ])("%s", (_, definition, message) => {
    expect(judge(kind, definition).message).toBe(message);
  });
});

const of = (spec: JsonSchema): object => ({ properties: { spec, status: {} } });

describe("two schemas differ", () => {
  const spec: JsonSchema = {
    type: "object",
    required: ["lead"],
    properties: { lead: { type: "string", maxLength: 8 }, list: { type: "array", items: { type: "string" } } },
  };
  const rule = (text: string): JsonSchema => ({
    ...spec,
    "x-kubernetes-validations": [{ rule: text, message: "no" }],
  });

  test.each<[string, JsonSchema, JsonSchema, string[]]>([
    ["not at all when they are the same", spec, structuredClone(spec), []],
    ["not in what they only describe", { ...spec, description: "old" }, { ...spec, description: "new" }, []],
    [
      "in a limit",
      spec,
      { ...spec, properties: { ...spec.properties, lead: { type: "string", maxLength: 9 } } },
      ["spec.lead: maxLength"],
    ],
    ["in a field that only one has", spec, { ...spec, properties: { lead: spec.properties!["lead"]! } }, ["spec.list"]],
    [
      "inside of lists",
      spec,
      { ...spec, properties: { ...spec.properties, list: { type: "array", items: { type: "integer" } } } },
      ["spec.list[]: type"],
    ],
    ["in what is required", spec, { ...spec, required: [] }, ["spec: required"]],
    ["in a rule", rule("self.a"), rule("self.b"), ["spec: x-kubernetes-validations"]],
    ["in a rule that only one has", spec, rule("self.b"), ["spec: x-kubernetes-validations"]],
  ])("%s", (_, ours, theirs, places) => {
    expect(schemaDifferences(of(ours), of(theirs))).toEqual(places);
  });
});
