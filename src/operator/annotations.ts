import type { ObjectMetadata } from "../api/v1alpha1/object.ts";

/** What a user can ask of an InvoiceService beside its spec, where a GitOps tool does not look. */

/** "true", or the RFC 3339 moment at which the pause ends by itself. */
const PAUSED = "invoiceops.dev/paused";
/** RFC 3339 moment of asking: look again now, and try again what was given up before that. */
const REFRESH = "invoiceops.dev/refresh";

/** With an offset: a time without one would be in the zone of this machine, and a bare "1" a year. */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i;

/** Whether the object is paused at `now`, and until when if that is known, ms since the epoch. */
export function pauseOf(metadata: ObjectMetadata, now: number): { paused: boolean; until?: number } {
  const value = metadata.annotations?.[PAUSED];
  if (value === undefined || value === "false") return { paused: false };
  const until = momentOf(value);
  // Who writes something else wants a pause all the same; not pausing could cost him more.
  if (until === undefined) return { paused: true };
  return now < until ? { paused: true, until } : { paused: false };
}

/**
 * When the user asked for another try, ms since the epoch. A moment that has not come by our clock does not count
 * yet: every contest would be older than it, and none would end our writing.
 */
export function refreshedAt(metadata: ObjectMetadata, now: number): number | undefined {
  const at = momentOf(metadata.annotations?.[REFRESH]);
  return at !== undefined && at <= now ? at : undefined;
}

function momentOf(text: string | undefined): number | undefined {
  const at = text !== undefined && MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
