import type { ObjectMetadata } from "../api/v1alpha1/object.ts";

/** What a user can ask of an InvoiceService beside its spec, where a GitOps tool does not look. */

/** "true", or the RFC 3339 moment at which the pause ends by itself. */
const PAUSED = "invoiceops.dev/paused";
/** RFC 3339 moment of asking: look again now, and try again what was given up before that. */
const REFRESH = "invoiceops.dev/refresh";

/** Whether the object is paused at `now`, and until when if that is known, ms since the epoch. */
export function pauseOf(metadata: ObjectMetadata, now: number): { paused: boolean; until?: number } {
  const value = metadata.annotations?.[PAUSED];
  if (value === undefined || value === "false") return { paused: false };
  const until = Date.parse(value);
  // Who writes something else wants a pause all the same; not pausing could cost him more.
  if (Number.isNaN(until)) return { paused: true };
  return now < until ? { paused: true, until } : { paused: false };
}

/** When the user asked for another try, ms since the epoch. */
export function refreshedAt(metadata: ObjectMetadata): number | undefined {
  const at = Date.parse(metadata.annotations?.[REFRESH] ?? "");
  return Number.isNaN(at) ? undefined : at;
}
