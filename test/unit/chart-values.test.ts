import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { chartValues, valuesSchema, type ValuesSchema } from "../support/chart-values.ts";

/** Without these keys the templates have nothing to say, and no need to. */
const MAY_BE_NULL = ["topologySpreadConstraints", "podSecurityContext.runAsUser", "podSecurityContext.runAsGroup"];

/** Keys whose default says something, and without which values are taken all the same. */
function optional(schema: ValuesSchema, values: Readonly<Record<string, unknown>>, above = ""): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const value = values[key];
    const path = `${above}${key}`;
    if (value === undefined || value === "" || (typeof value === "object" && Object.keys(value!).length === 0))
      return [];
    const deeper = optional(inner, value as Record<string, unknown>, `${path}.`);
    return schema.required?.includes(key) === true ? deeper : [path, ...deeper];
  });
}

test("a value with a default cannot be set to null, which takes the default away", () => {
  const found = optional(valuesSchema, chartValues);
  expect(found.filter((path) => !MAY_BE_NULL.includes(path))).toEqual([]);
  expect(found).toContain("topologySpreadConstraints");
});

/** Whether the schema takes a text for a value. */
function takes({ pattern, allOf = [], enum: words }: ValuesSchema, text: string): boolean {
  if (words) return words.includes(text);
  return [pattern!, ...allOf.map((more) => more.pattern)].every((one) => new RegExp(one).test(text));
}

const units = fc.constantFrom("h", "m", "s", "ms", "d", "");
const duration = fc
  .array(fc.tuple(fc.nat({ max: 2_000 }), units), { maxLength: 4 })
  .map((parts) => parts.map(([count, unit]) => `${count}${unit}`).join(""));

test.each<[string, keyof typeof chartValues, string, fc.Arbitrary<string>]>([
  ["an interval", "evaluationInterval", "evaluation-interval", duration],
  ["a level", "logLevel", "log-level", fc.constantFrom("debug", "info", "warn", "error", "loud", "")],
])("%s that the schema takes is one that the operator starts with", (_, key, flag, texts) => {
  let taken = 0;
  fc.assert(
    fc.property(texts, (text) => {
      if (!takes(valuesSchema.properties![key]!, text)) return;
      taken += 1;
      readConfig([`--${flag}=${text}`], {});
    }),
  );
  expect(taken).toBeGreaterThan(0);
});

/** Whether the operator starts with this namespace to watch. */
function starts(name: string): boolean {
  try {
    return readConfig([`--watch-namespaces=${name}`], {}) !== undefined;
  } catch {
    return false;
  }
}

test("a namespace that the schema takes is one that the operator starts with, and no other", () => {
  const item = valuesSchema.properties!["watchNamespaces"]!.items!;
  const names = fc.stringMatching(/^[-a-zA-Z0-9._]{1,64}$/);
  fc.assert(
    fc.property(names, (name) => {
      expect(starts(name)).toBe(takes(item, name));
    }),
  );
});
