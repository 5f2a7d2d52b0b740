import { Temporal } from "temporal-polyfill";

/** Moments for people: local time in the zone that the tax runs by, with the zone's name beside it. */

/** `2026-11-16 00:00 Asia/Shanghai`, with seconds where there are any. */
export function momentText(at: number, zone = "UTC"): string {
  const local = Temporal.Instant.fromEpochMilliseconds(Math.trunc(at)).toZonedDateTimeISO(zone).toPlainDateTime();
  const smallestUnit = local.second === 0 ? "minute" : "second";
  return `${local.toString({ smallestUnit }).replace("T", " ")} ${zone}`;
}
