import { describe, expect, expectTypeOf, test } from "vitest";
import { filingCalendarKind } from "./filing-calendar.ts";
import { invoiceServiceKind } from "./invoice-service.ts";
import * as reasons from "./reasons.ts";
import type { JsonSchema } from "./schema.ts";
import * as s from "./schema.ts";

describe("the builder", () => {
  const schema = s.object("A thing.", {
    name: s.string("Its name."),
    size: s.withDefault(3, s.integer("How large, in m.", { min: 1 })),
    note: s.optional(s.string("Anything.")),
    colour: s.choice("Which.", ["red", "green"]),
    parts: s.optional(s.list("What it has.", s.object("One.", { id: s.string("Which.") }), { max: 4, key: "id" })),
    lid: s.withDefault({}, s.object("On top.", { open: s.withDefault(false, s.boolean("Whether.")) })),
  });

  test("only what has neither a default nor may be left out is required", () => {
    expect(schema.json.required).toEqual(["name", "colour"]);
    expect(schema.json.properties).toMatchObject({
      size: { type: "integer", format: "int32", minimum: 1, default: 3 },
      lid: { default: {}, properties: { open: { default: false } } },
      parts: { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"], maxItems: 4 },
    });
  });

  test("the types are what a user writes, and what the API server returns", () => {
    expectTypeOf<s.In<typeof schema>>().toEqualTypeOf<{
      name: string;
      size?: number;
      note?: string;
      colour: "red" | "green";
      parts?: { id: string }[];
      lid?: { open?: boolean };
    }>();
    expectTypeOf<s.Out<typeof schema>>().toEqualTypeOf<{
      name: string;
      size: number;
      note?: string;
      colour: "red" | "green";
      parts?: { id: string }[];
      lid: { open: boolean };
    }>();
  });
});

/** Every node of a schema with its path, and whether it lies inside of a list's items. */
function* nodes(path: string, schema: JsonSchema, inItems = false): Generator<[string, JsonSchema, boolean]> {
  yield [path, schema, inItems];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* nodes(`${path}.${name}`, field, inItems);
  if (schema.items) yield* nodes(`${path}[]`, schema.items, true);
  if (schema.additionalProperties) yield* nodes(`${path}{}`, schema.additionalProperties, inItems);
}

describe.each([invoiceServiceKind, filingCalendarKind])("the schema of $kind", ({ spec, status }) => {
  const all = [...nodes("spec", spec), ...nodes("status", status)];
  const pathsOf = (wrong: (schema: JsonSchema, inItems: boolean) => boolean): string[] =>
    all.filter(([, schema, inItems]) => wrong(schema, inItems)).map(([path]) => path);

  test("every field says what it is, as a sentence", () => {
    expect(pathsOf(({ description = "" }) => !/^[A-Z].*\.$/s.test(description))).toEqual([]);
  });

  test("everything is bounded, or the API server could not price the rules", () => {
    expect(
      pathsOf(
        ({ type, maxLength, maxItems, maxProperties, enum: words, additionalProperties }) =>
          (type === "string" && maxLength === undefined && words === undefined) ||
          (type === "array" && maxItems === undefined) ||
          (additionalProperties !== undefined && maxProperties === undefined),
      ),
    ).toEqual([]);
  });

  test("items of lists have no defaults, which a GitOps tool would show as drift", () => {
    expect(pathsOf((schema, inItems) => inItems && schema.default !== undefined)).toEqual([]);
  });

  test("lists say how they are merged", () => {
    expect(pathsOf((schema) => schema.type === "array" && schema["x-kubernetes-list-type"] === undefined)).toEqual([]);
  });
});

test("a reason's text is its name", () => {
  const pairs = Object.values(reasons).flatMap((group) => Object.entries(group));
  expect(pairs.filter(([name, text]) => name !== text || !/^[A-Z][A-Za-z]+$/.test(text))).toEqual([]);
});
