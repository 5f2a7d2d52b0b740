import { LocalHours } from "./local-hours.ts";

/** Reads plain data of unknown origin: what it asks for, or a Misfit that names field, value and what is wanted. */

export type Fields = Readonly<Record<string, unknown>>;

export class Misfit extends Error {
  constructor(field: string, value: unknown, wanted: string) {
    super(`${field} is ${shown(value)}: ${wanted} is wanted`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

export function readFields(field: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misfit(field, value, "an object");
  return value as Fields;
}

export function readNumber(field: string, value: unknown, least: number, most: number): number {
  if (typeof value !== "number" || !(value >= least && value <= most))
    throw new Misfit(field, value, `a number from ${least} to ${most}`);
  return value;
}

export function readInteger(field: string, value: unknown): number {
  if (!Number.isSafeInteger(value)) throw new Misfit(field, value, "a whole number");
  return Number(value);
}

/** Milliseconds since the epoch that a Date can hold. */
export function readTime(field: string, value: unknown): number {
  const time = readInteger(field, value);
  if (Math.abs(time) > 8.64e15) throw new Misfit(field, value, "a time in ms since the epoch");
  return time;
}

export function readLoad(field: string, value: unknown): number {
  return readNumber(field, value, 0, Number.MAX_VALUE);
}

export function readText(field: string, value: unknown): string {
  if (typeof value !== "string" || value.length > 253)
    throw new Misfit(field, value, "a text of at most 253 characters");
  return value;
}

export function readFlag(field: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new Misfit(field, value, "true or false");
  return value;
}

export function readZone(field: string, value: unknown): string {
  const zone = readText(field, value);
  try {
    return new LocalHours(zone).zone;
  } catch {
    throw new Misfit(field, value, "an IANA time zone");
  }
}

export function readList<T>(
  field: string,
  value: unknown,
  most: number,
  read: (field: string, value: unknown) => T,
): readonly T[] {
  if (!Array.isArray(value) || value.length > most) throw new Misfit(field, value, `a list of at most ${most}`);
  return value.map((each, index) => read(`${field}[${index}]`, each));
}
