import { describe, expect, test } from "vitest";
import type { KubeObject, ObjectMeta } from "../kube/resource.ts";
import type { Change } from "../kube/store.ts";
import {
  allOf,
  annotationsChanged,
  anyOf,
  deletionStarted,
  finalizersChanged,
  generationChanged,
  labelsChanged,
  not,
  specOrMetadataChanged,
  updated,
  type Predicate,
} from "./predicates.ts";

const before: ObjectMeta = {
  name: "vat",
  generation: 1,
  resourceVersion: "10",
  labels: { app: "vat" },
  annotations: { note: "a" },
  finalizers: ["invoiceops.dev/floor"],
};

function update(change: Partial<ObjectMeta>): Change<KubeObject> {
  const metadata = { ...before, resourceVersion: "11", ...change };
  return { type: "updated", object: { metadata }, previous: { metadata: before } };
}

const changes = {
  "status only": update({}),
  "the spec": update({ generation: 2 }),
  "a label's value": update({ labels: { app: "other" } }),
  "a label more": update({ labels: { app: "vat", tier: "1" } }),
  "a label's name": update({ labels: { tier: "vat" } }),
  "no labels left": update({ labels: {} }),
  "an annotation": update({ annotations: { note: "b" } }),
  "a finalizer gone": update({ finalizers: [] }),
  "deletion asked for": update({ deletionTimestamp: "2027-01-01T00:00:00Z" }),
} satisfies Record<string, Change<KubeObject>>;
type Name = keyof typeof changes;
const labelChanges: Name[] = ["a label's value", "a label more", "a label's name", "no labels left"];

describe("of these updates", () => {
  test.each<[string, Predicate, Name[]]>([
    ["generationChanged", generationChanged, ["the spec"]],
    ["labelsChanged", labelsChanged, labelChanges],
    ["annotationsChanged", annotationsChanged, ["an annotation"]],
    ["finalizersChanged", finalizersChanged, ["a finalizer gone"]],
    ["deletionStarted", deletionStarted, ["deletion asked for"]],
    [
      "specOrMetadataChanged",
      specOrMetadataChanged,
      ["the spec", ...labelChanges, "an annotation", "a finalizer gone", "deletion asked for"],
    ],
    ["anyOf", anyOf(generationChanged, annotationsChanged), ["the spec", "an annotation"]],
    ["allOf", allOf(labelsChanged, not(generationChanged)), labelChanges],
    ["not", not(specOrMetadataChanged), ["status only"]],
    ["updated", updated((_, { metadata }) => metadata.labels?.["tier"] === "1"), ["a label more"]],
  ])("%s lets pass exactly what it names", (_, predicate, expected) => {
    const passed = Object.entries(changes).filter(([, change]) => predicate(change));
    expect(passed.map(([name]) => name)).toEqual(expected);
  });
});

test.each(["added", "deleted"] as const)("an object that was %s always passes", (type) => {
  const object = { metadata: before };
  expect(specOrMetadataChanged({ type, object, ...(type === "deleted" && { previous: object }) })).toBe(true);
});
