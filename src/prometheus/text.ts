import type { Endpoint } from "./reading.ts";

const LONGEST_MESSAGE = 300;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** The finite decimal number that a sample string writes out; undefined for NaN, ±Inf, "", "1e309", "0x10", " 1". */
export function parseDecimal(sample: unknown): number | undefined {
  if (typeof sample !== "string" || !DECIMAL.test(sample)) return undefined;
  const value = Number(sample);
  return Number.isFinite(value) ? value : undefined;
}

/** One line of at most `longest` characters, fit for a condition's message. */
export function shorten(text: string, longest: number = LONGEST_MESSAGE): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1)}…`;
}

/** An address as it may be shown: without user, password and query parameters, which can hold a token. */
export function shownUrl(url: string): string {
  const parsed = URL.parse(url);
  return parsed && isHttp(parsed)
    ? `${parsed.protocol}//${parsed.host}${parsed.pathname.replace(/\/+$/, "")}`
    : "an invalid address";
}

export function isHttp(url: URL): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}

/** Cuts the endpoint's secrets out of a text that a server wrote, in case it echoes them. */
export function redact(text: string, endpoint: Endpoint): string {
  const url = URL.parse(endpoint.url);
  const secrets = [
    ...Object.values(endpoint.headers ?? {}).flatMap((value) => [value, ...value.split(" ")]),
    ...(url ? [url.password, percentDecoded(url.password), ...url.searchParams.values()] : []),
  ];
  return secrets
    .filter((secret) => secret.length >= 4)
    .toSorted((a, b) => b.length - a.length)
    .reduce((clean, secret) => clean.replaceAll(secret, "***"), text);
}

/** The text that a part of a URL stands for; the part itself when its escapes are broken. */
export function percentDecoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
