import type { JsonSchema } from "../../api/v1alpha1/schema.ts";
import type { Refusal } from "./refusal.ts";

/** Where one of these is refused, the API server leaves the rules for the next try. */
export function isBlocking({ message }: Refusal): boolean {
  return BLOCKING.test(message);
}

const BLOCKING = /^(Required value|Unsupported value|Too long|Too many)|in body must be of type/;

/**
 * What the API server refuses by the schema alone, in its words (apiextensions-apiserver's validation of custom
 * resources, with fieldValidation=Strict for fields that there are not). The value has its defaults already.
 * test/integration/cli/lint.test.ts holds this to the real server.
 */
export function schemaRefusals(schema: JsonSchema, object: unknown): Refusal[] {
  const { properties = {}, required = [] } = schema;
  const fields = isRecord(object) ? object : {};
  return [
    ...required.filter((name) => isMissing(fields[name])).map((name) => ({ field: name, message: "Required value" })),
    ...Object.keys(fields)
      .filter((name) => !(name in properties))
      .map((name) => unknownField(name)),
    // Names, labels and the like are not of our schema.
    ...["spec", "status"].flatMap((name) => refusalsAt(name, properties[name] ?? {}, fields[name])),
  ];
}

function refusalsAt(field: string, schema: JsonSchema, value: unknown): Refusal[] {
  if (isMissing(value)) return [];
  const wrongType = typeRefusal(field, schema, value);
  if (wrongType) return [wrongType];
  if (typeof value === "string") return stringRefusals(field, schema, value);
  if (typeof value === "number") return numberRefusals(field, schema, value);
  if (Array.isArray(value)) return listRefusals(field, schema, value);
  return isRecord(value) ? objectRefusals(field, schema, value) : [];
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownField(field: string): Refusal {
  return { field, message: `unknown field "${field}"` };
}

function typeRefusal(field: string, schema: JsonSchema, value: unknown): Refusal | undefined {
  const is = typeOf(value);
  if (schema["x-kubernetes-int-or-string"]) {
    if (is === "integer" || is === "string") return undefined;
    return invalid(field, is, `${field} in body must be of type integer,string: "${is}"`);
  }
  const { type, format } = schema;
  if (type === undefined || type === is || (type === "number" && is === "integer")) return undefined;
  // In the server's own language.
  if (type === "integer" && is === "number")
    return invalid(field, "float64", `${field} in body must be of type ${format}: "float64"`);
  return invalid(field, is, `${field} in body must be of type ${type}: "${is}"`);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value === "object" ? "object" : typeof value;
}

function invalid(field: string, value: unknown, message: string): Refusal {
  return { field, message: `Invalid value: ${JSON.stringify(value)}: ${message}` };
}

function stringRefusals(field: string, schema: JsonSchema, value: string): Refusal[] {
  const { minLength = 0, maxLength = Infinity, format } = schema;
  // The server counts code points.
  const length = Array.from(value).length;
  const choices = schema.enum;
  return [
    ...(length > maxLength ? [{ field, message: `Too long: may not be more than ${maxLength} bytes` }] : []),
    ...(length < minLength
      ? [invalid(field, value, `${field} in body should be at least ${minLength} chars long`)]
      : []),
    ...(choices && !choices.includes(value)
      ? [
          {
            field,
            message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
          },
        ]
      : []),
    ...(format === "date-time" && !DATE_TIME.test(value)
      ? [invalid(field, value, `${field} in body must be of type date-time: ${JSON.stringify(value)}`)]
      : []),
  ];
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function numberRefusals(field: string, schema: JsonSchema, value: number): Refusal[] {
  const { minimum = -Infinity, maximum = Infinity, exclusiveMinimum = false } = schema;
  const low = exclusiveMinimum ? value <= minimum : value < minimum;
  const than = exclusiveMinimum ? "greater than" : "greater than or equal to";
  return [
    ...(low ? [invalid(field, value, `${field} in body should be ${than} ${minimum}`)] : []),
    ...(value > maximum ? [invalid(field, value, `${field} in body should be less than or equal to ${maximum}`)] : []),
  ];
}

function listRefusals(field: string, schema: JsonSchema, value: readonly unknown[]): Refusal[] {
  const { maxItems = Infinity, items = {} } = schema;
  const [key] = schema["x-kubernetes-list-map-keys"] ?? [];
  const tooMany = { field, message: `Too many: ${value.length}: must have at most ${maxItems} items` };
  return [
    ...(value.length > maxItems ? [tooMany] : []),
    ...value.flatMap((item, index) => refusalsAt(`${field}[${index}]`, items, item)),
    ...(key === undefined ? [] : duplicates(field, value, key)),
  ];
}

function duplicates(field: string, value: readonly unknown[], key: string): Refusal[] {
  const seen = new Set<unknown>();
  return value.flatMap((item, index) => {
    const name = isRecord(item) ? item[key] : undefined;
    if (name === undefined) return [];
    const refusal = { field: `${field}[${index}]`, message: `Duplicate value: ${JSON.stringify({ [key]: name })}` };
    if (seen.has(name)) return [refusal];
    seen.add(name);
    return [];
  });
}

function objectRefusals(field: string, schema: JsonSchema, value: Record<string, unknown>): Refusal[] {
  const { properties = {}, additionalProperties, required = [], maxProperties = Infinity } = schema;
  const names = Object.keys(value);
  return [
    ...required
      .filter((name) => isMissing(value[name]))
      .map((name) => ({ field: `${field}.${name}`, message: "Required value" })),
    ...(names.length > maxProperties
      ? [{ field, message: `Too many: ${names.length}: must have at most ${maxProperties} items` }]
      : []),
    ...names.flatMap((name) => {
      const path = `${field}.${name}`;
      const inner = properties[name] ?? additionalProperties;
      return inner ? refusalsAt(path, inner, value[name]) : [unknownField(path)];
    }),
  ];
}
