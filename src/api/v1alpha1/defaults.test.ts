import { expect, test } from "vitest";
import { withDefaults } from "./defaults.ts";
import * as s from "./schema.ts";

const inner = s.object("Inner.", {
  grace: s.withDefault("24h", s.string("Grace.")),
  name: s.optional(s.string("Name.")),
});
const { json: schema } = s.object("Outer.", {
  mode: s.withDefault("Auto", s.string("Mode.")),
  release: s.withDefault({}, inner),
  other: s.optional(inner),
  list: s.optional(s.list("List.", inner, { max: 3 })),
  labels: s.optional(s.map("Labels.", inner, { max: 3 })),
});

test.each<[string, unknown, unknown]>([
  ["everything with a default is filled in, from the outside inwards", {}, { mode: "Auto", release: { grace: "24h" } }],
  [
    "what is there stays",
    { mode: "Observe", release: { grace: "1h", name: "a" } },
    { mode: "Observe", release: { grace: "1h", name: "a" } },
  ],
  [
    "an optional object is filled only when it is there",
    { other: {} },
    { mode: "Auto", release: { grace: "24h" }, other: { grace: "24h" } },
  ],
  [
    "items of lists and values of maps are filled",
    { list: [{}], labels: { a: {} } },
    { mode: "Auto", release: { grace: "24h" }, list: [{ grace: "24h" }], labels: { a: { grace: "24h" } } },
  ],
  [
    "null counts as left out where there is a default",
    { mode: null, other: null },
    { mode: "Auto", release: { grace: "24h" }, other: null },
  ],
  ["what does not fit stays as it is", { release: "soon", list: "x" }, { mode: "Auto", release: "soon", list: "x" }],
  ["no object is none", "text", "text"],
])("%s", (_, value, expected) => {
  expect(withDefaults(schema, value)).toEqual(expected);
});

test("neither the value nor the schema is changed", () => {
  const value = Object.freeze({ other: Object.freeze({}) });
  const filled = withDefaults(schema, value) as { release: { grace: string } };
  filled.release.grace = "changed";
  expect(withDefaults(schema, {})).toMatchObject({ release: { grace: "24h" } });
});
