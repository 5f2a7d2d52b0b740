/**
 * Durations as Go and Kubernetes write them: 300s, 10m, 24h, 1h30m, 500ms. Days are no unit of theirs (a day
 * is not always 24 h), and neither is a bare number.
 */

const UNIT_MS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const FRACTION = String.raw`(\.\d{1,3})?`;

/** What is accepted: from the largest unit to the smallest, at most about a century. RE2 reads it as JavaScript does. */
export const DURATION_PATTERN = String.raw`^(\d{1,6}${FRACTION}h)?(\d{1,7}${FRACTION}m)?(\d{1,9}${FRACTION}s)?(\d{1,9}ms)?$`;
export const DURATION_MAX_LENGTH = 32;

/** Milliseconds of a duration. Throws a RangeError that says how to write it. */
export function parseDuration(text: string): number {
  if (text === "" || text.length > DURATION_MAX_LENGTH || !new RegExp(DURATION_PATTERN).test(text)) {
    throw new RangeError(`"${text.slice(0, DURATION_MAX_LENGTH)}" is not a duration: ${hint(text)}`);
  }
  let ms = 0;
  for (const [, number, unit] of text.matchAll(/([0-9.]+)(ms|h|m|s)/g)) {
    ms += Number(number) * UNIT_MS[unit as keyof typeof UNIT_MS];
  }
  return Math.round(ms);
}

/** The shortest way to write so many milliseconds: 5400000 is 1h30m, 0 is 0s. Below zero it has a minus sign. */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let left = Math.round(ms);
  let text = "";
  for (const [unit, size] of Object.entries(UNIT_MS)) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text === "" ? "0s" : text;
}

function hint(text: string): string {
  const days = /^([0-9]{1,4})d$/.exec(text)?.[1];
  return days === undefined
    ? "write hours, minutes, seconds or milliseconds, for example 300s, 10m, 24h or 1h30m"
    : `days are not a unit, write ${Number(days) * 24}h`;
}
