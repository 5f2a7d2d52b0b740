import type { JsonSchema, Rule } from "../../api/v1alpha1/schema.ts";
import { evaluate, NotEvaluable, type CelValue } from "./cel.ts";
import type { Refusal } from "./refusal.ts";

/** The rules in CEL of a schema, as the API server applies them to an object that fits the schema otherwise. */

export interface Ruled {
  refusals: Refusal[];
  /** Rules that could not be evaluated here: the API server may refuse what they are about. */
  unchecked: Refusal[];
}

export function ruleRefusals(schema: JsonSchema, object: unknown): Ruled {
  const found: Ruled = { refusals: [], unchecked: [] };
  visit("", schema, object, found);
  return found;
}

function visit(path: string, schema: JsonSchema, value: unknown, found: Ruled): void {
  if (value === undefined || value === null) return;
  for (const rule of schema["x-kubernetes-validations"] ?? []) apply(path, rule, schema, value, found);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) visit(`${path}[${index}]`, schema.items ?? {}, item, found);
  } else if (typeof value === "object") {
    for (const [name, field] of Object.entries(value)) {
      const inner = schema.properties?.[name] ?? schema.additionalProperties;
      if (inner) visit(path === "" ? name : `${path}.${name}`, inner, field, found);
    }
  }
}

function apply(
  path: string,
  { rule, message, messageExpression, fieldPath = "" }: Rule,
  schema: JsonSchema,
  value: unknown,
  found: Ruled,
): void {
  const field = `${path}${fieldPath}`;
  const self = celValue(schema, value);
  try {
    if (evaluate(rule, self) === true) return;
    found.refusals.push({
      field,
      message: `Invalid value: ${shown(value)}${words(messageExpression, self) ?? message}`,
    });
  } catch (error) {
    if (!(error instanceof NotEvaluable)) throw error;
    found.unchecked.push({ field, message: `${message} (the rule ${rule} cannot be checked here: ${error.message})` });
  }
}

/** The message with its values; undefined where it cannot be worked out, as on the server. */
function words(expression: string | undefined, self: CelValue): string | undefined {
  if (expression === undefined) return undefined;
  try {
    const text = evaluate(expression, self);
    return typeof text === "string" && text.trim() !== "" ? text : undefined;
  } catch (error) {
    if (error instanceof NotEvaluable) return undefined;
    throw error;
  }
}

/** What is not structured is shown. */
function shown(value: unknown): string {
  return typeof value === "object" ? "" : `${JSON.stringify(value)}: `;
}

/** Whole numbers are of another type than the others in CEL, and only the schema knows which a number is. */
function celValue(schema: JsonSchema, value: unknown): CelValue {
  if (typeof value === "number") {
    return schema.type === "integer" || schema["x-kubernetes-int-or-string"] ? BigInt(Math.trunc(value)) : value;
  }
  if (Array.isArray(value)) return value.map((item) => celValue(schema.items ?? {}, item));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, field]) => field !== undefined && field !== null)
        .map(([name, field]) => [
          name,
          celValue(schema.properties?.[name] ?? schema.additionalProperties ?? {}, field),
        ]),
    );
  }
  return value as CelValue;
}
