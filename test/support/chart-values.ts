import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { CHART } from "./chart.ts";

/** The chart's values and the schema that they are held to. */

export interface ValuesSchema {
  type?: string | string[];
  properties?: Record<string, ValuesSchema>;
  required?: string[];
  pattern?: string;
  allOf?: { pattern: string }[];
  enum?: unknown[];
  items?: ValuesSchema;
}

export const chartValues = parse(readFileSync(join(CHART, "values.yaml"), "utf8")) as Record<string, unknown>;
export const valuesSchema = JSON.parse(readFileSync(join(CHART, "values.schema.json"), "utf8")) as ValuesSchema;

/** The way to every value, to those that hold others too: `["crds"]`, `["crds", "keep"]`. */
export function valuePaths(values: object = chartValues, above: readonly string[] = []): string[][] {
  return Object.entries(values).flatMap(([key, value]: [string, unknown]) => [
    [...above, key],
    ...(isMap(value) ? valuePaths(value, [...above, key]) : []),
  ]);
}

/** `values` with one more at `path`. */
export function withValue(values: object, [key, ...rest]: readonly string[], value: unknown): object {
  if (key === undefined) return values;
  const inner = (values as Record<string, unknown>)[key];
  return { ...values, [key]: rest.length === 0 ? value : withValue(isMap(inner) ? inner : {}, rest, value) };
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
