import type { JsonSchema } from "./schema.ts";

/**
 * The value as the API server stores it: what is left out and has a default is filled in, from the outside inwards, so
 * that a default of `{}` gets the defaults of its fields. What does not fit the schema is left as it is. A null where
 * there is a default counts as left out, as on the server.
 */
export function withDefaults(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (schema.items ? withDefaults(schema.items, item) : item));
  if (typeof value !== "object" || value === null) return value;
  const { properties = {}, additionalProperties } = schema;
  const filled: Record<string, unknown> = { ...value };
  for (const [name, field] of Object.entries(properties)) {
    if ((filled[name] ?? undefined) === undefined && field.default !== undefined)
      filled[name] = structuredClone(field.default);
  }
  return Object.fromEntries(
    Object.entries(filled).map(([name, field]) => {
      const inner = properties[name] ?? additionalProperties;
      return [name, inner ? withDefaults(inner, field) : field];
    }),
  );
}
