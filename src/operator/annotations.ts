import type { Problem } from "../api/v1alpha1/fields.ts";
import type { ObjectMetadata } from "../api/v1alpha1/object.ts";
import { timestamp } from "../api/v1alpha1/conditions.ts";

/** What a user can ask of an InvoiceService beside its spec, where a GitOps tool does not look. */

/** "true", or the RFC 3339 moment at which the pause ends by itself. */
export const PAUSED = "invoiceops.dev/paused";
/** RFC 3339 moment of asking: look again now, and try again what was given up before that. */
export const REFRESH = "invoiceops.dev/refresh";
/** `12 until 2026-11-25T10:00:00Z`: a floor of so many replicas that ends by itself. */
export const PREWARM = "invoiceops.dev/prewarm";

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

/** A floor that somebody asked for by hand. */
export interface Prewarm {
  replicas: number;
  /** When it ends, ms since the epoch. */
  until: number;
}

const PREWARM_FORM = /^([0-9]{1,6}) until (\S+)$/;
/** As many as the schema takes elsewhere. */
export const MOST_REPLICAS = 100_000;

/** The floor asked for, also when it is over, or why the text is none. Neither where there is no such annotation. */
export function prewarmOf(metadata: ObjectMetadata): { prewarm?: Prewarm; problem?: Problem } {
  const value = metadata.annotations?.[PREWARM];
  if (value === undefined) return {};
  const [, count, moment] = PREWARM_FORM.exec(value.trim()) ?? [];
  const replicas = Number(count);
  const until = momentOf(moment);
  if (until !== undefined && replicas >= 1 && replicas <= MOST_REPLICAS) return { prewarm: { replicas, until } };
  const shown = value.length > 64 ? `${value.slice(0, 63)}…` : value;
  const message = `"${shown}" does not say how many replicas until when: write ${prewarmText({ replicas: 12, until: Date.parse("2026-11-25T10:00:00Z") })} (1 to ${MOST_REPLICAS}, and a time with its offset), or remove the annotation`;
  return { problem: { field: `metadata.annotations[${PREWARM}]`, value: shown, message } };
}

/** The annotation's text; whole seconds. */
export function prewarmText({ replicas, until }: Prewarm): string {
  return `${replicas} until ${timestamp(until)}`;
}

function momentOf(text: string | undefined): number | undefined {
  const at = text !== undefined && MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}
