/**
 * One description of a field gives three things: the structural OpenAPI schema of the CRD, the text that
 * `kubectl explain` shows, and the TypeScript type. Fields are required unless `optional` or `withDefault`
 * says otherwise (docs/adr/0005-schema-first-crds.md).
 */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * A rule in the Common Expression Language, run by the API server on every write. `messageExpression` is the
 * message with the offending value in it; `message` is shown when that cannot be computed.
 */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly messageExpression?: string;
  /** The field below that is to blame, as `.name`; without it the object that carries the rule is. */
  readonly fieldPath?: string;
}

/** The part of OpenAPI v3 that structural schemas may use and that we need. */
export interface JsonSchema {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly description?: string;
  readonly default?: Json;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly items?: JsonSchema;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly "x-kubernetes-int-or-string"?: true;
  readonly "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  readonly "x-kubernetes-list-map-keys"?: readonly string[];
  readonly "x-kubernetes-validations"?: readonly Rule[];
}

type Presence = "required" | "optional" | "defaulted";

/** `O`: the value as the API server returns it, defaults applied. `I`: the value as a user writes it. */
export interface Schema<O, I = O, P extends Presence = "required"> {
  readonly json: JsonSchema;
  readonly presence: P;
  /** For the compiler alone. */
  readonly types?: { readonly out: O; readonly in: I };
}

type Fields = Readonly<Record<string, Schema<unknown, unknown, Presence>>>;
type Side = "out" | "in";
type Value<S, D extends Side> = S extends { readonly types?: infer T }
  ? NonNullable<T>[D & keyof NonNullable<T>]
  : never;
type Having<F extends Fields, P extends Presence> = {
  [K in keyof F]: F[K]["presence"] extends P ? K : never;
}[keyof F];
type Shape<F extends Fields, D extends Side, Optional extends keyof F> = Flat<
  { [K in Exclude<keyof F, Optional>]: Value<F[K], D> } & { [K in Optional]?: Value<F[K], D> }
>;
type Flat<T> = { [K in keyof T]: T[K] };

/** What the operator reads: defaults applied. */
export type Out<S> = Value<S, "out">;
/** What a user writes: everything with a default may be left out. */
export type In<S> = Value<S, "in">;

interface Rules {
  rules?: readonly Rule[];
}

/** An object with the named fields and no others. */
export function object<F extends Fields>(
  description: string,
  fields: F,
  { rules }: Rules = {},
): Schema<Shape<F, "out", Having<F, "optional">>, Shape<F, "in", Having<F, "optional" | "defaulted">>> {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.json]));
  const required = Object.keys(fields).filter((name) => fields[name]?.presence === "required");
  return schema({ type: "object", description, ...(required.length > 0 && { required }), properties, ...check(rules) });
}

/** A map from any key to one kind of value. `max` entries at most: the API server needs bounds to price rules. */
export function map<O, I>(
  description: string,
  value: Schema<O, I>,
  { max, rules }: Rules & { max: number },
): Schema<Record<string, O>, Record<string, I>> {
  return schema({
    type: "object",
    description,
    additionalProperties: value.json,
    maxProperties: max,
    ...check(rules),
  });
}

/**
 * A list of at most `max` items. With `key`, items are merged by that field and it must be unique; without,
 * the list belongs to one writer as a whole. Items carry no defaults: GitOps tools would show them as drift
 * for ever, since they cannot tell which item a default belongs to.
 */
export function list<O, I>(
  description: string,
  item: Schema<O, I>,
  { max, key, rules }: Rules & { max: number; key?: string },
): Schema<O[], I[]> {
  const merge = key
    ? ({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [key] } as const)
    : ({ "x-kubernetes-list-type": "atomic" } as const);
  return schema({ type: "array", description, items: item.json, maxItems: max, ...merge, ...check(rules) });
}

/** A string of at most `max` characters (253, the longest name, unless given). */
export function string(
  description: string,
  { max = 253, min, rules, ...rest }: Rules & { min?: number; max?: number; pattern?: string; format?: string } = {},
): Schema<string> {
  return schema({
    type: "string",
    description,
    ...rest,
    ...(min !== undefined && { minLength: min }),
    maxLength: max,
    ...check(rules),
  });
}

/** One of the given words. */
export function choice<const V extends readonly string[]>(description: string, values: V): Schema<V[number]> {
  return schema({ type: "string", description, enum: values });
}

interface Range extends Rules {
  min?: number;
  max?: number;
}

/** A whole number, 32 bits unless the range says otherwise. */
export function integer(description: string, range: Range & { format?: "int32" | "int64" } = {}): Schema<number> {
  return schema({ type: "integer", description, format: range.format ?? "int32", ...bounds(range) });
}

/** A number; `above` is a lower bound that is itself excluded. */
export function number(description: string, range: Range & { above?: number } = {}): Schema<number> {
  const { above } = range;
  const open = above === undefined ? {} : { minimum: above, exclusiveMinimum: true };
  return schema({ type: "number", description, ...open, ...bounds(range) });
}

export function boolean(description: string): Schema<boolean> {
  return schema({ type: "boolean", description });
}

/** A whole number or a word; which of them is for the rules to say. */
export function integerOrString(description: string, { rules }: Rules = {}): Schema<number | string> {
  return schema({ description, "x-kubernetes-int-or-string": true, ...check(rules) });
}

/** The field may be left out. */
export function optional<O, I>(field: Schema<O, I>): Schema<O, I, "optional"> {
  return { json: field.json, presence: "optional" };
}

/** The API server fills the field in when it is left out; `{}` fills an object in from the defaults of its fields. */
export function withDefault<O, I extends Json>(value: I, field: Schema<O, I>): Schema<O, I, "defaulted"> {
  return { json: { ...field.json, default: value }, presence: "defaulted" };
}

function schema<O, I>(json: JsonSchema): Schema<O, I> {
  return { json, presence: "required" };
}

function bounds({ min, max, rules }: Range): Partial<JsonSchema> {
  return { ...(min !== undefined && { minimum: min }), ...(max !== undefined && { maximum: max }), ...check(rules) };
}

function check(rules: readonly Rule[] | undefined): Partial<JsonSchema> {
  return rules && rules.length > 0 ? { "x-kubernetes-validations": rules } : {};
}
