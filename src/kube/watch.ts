import type { Clock } from "../runtime/clock.ts";
import { answerError, KubeError } from "./errors.ts";
import { lines } from "./lines.ts";
import { describe, pathOf, type KubeObject, type Resource } from "./resource.ts";
import type { Transport } from "./transport.ts";

export interface WatchEvent<T> {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK";
  /** The object after the change; for DELETED its last state, for BOOKMARK only `metadata.resourceVersion`. */
  object: T;
}

export interface WatchOptions {
  /** Default: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Changes after this version are told; from a list, an object or an earlier event of the same collection. */
  resourceVersion: string;
  signal: AbortSignal;
  clock: Clock;
  /** How long the server may say nothing; default 75 s, as it sends a bookmark about every minute when it has news. */
  inactivityMs?: number;
  /** Uniform in [0, 1); spreads the ends of many watches over time. */
  random?: () => number;
  /** Called when the server accepts the watch and at every word from it. */
  onContact?: () => void;
}

/** The reason of the KubeError for a server that has said nothing for `inactivityMs`. */
export const INACTIVE = "Inactive";

/** etcd takes objects of 1.5 MB; its binary form grows as JSON, and both are far below this. */
const MAX_LINE_BYTES = 16 * 2 ** 20;

/**
 * The changes of a collection, in their order, from `resourceVersion` on. Ends when the server closes the watch,
 * which it does after 5 to 10 minutes: watch again from the last version seen.
 * Throws a KubeError: 410 when the version is too old (list again), reason `Inactive` when a server that accepted
 * the watch has gone quiet, `MalformedEvent` for anything that is not a whole event, otherwise what went wrong
 * below; and the signal's reason when that aborts. The connection is closed in every case.
 */
export async function* watch<T extends KubeObject>(
  transport: Transport,
  resource: Resource<T>,
  options: WatchOptions,
): AsyncGenerator<WatchEvent<T>, void> {
  const { namespace, signal, clock, inactivityMs = 75_000, onContact } = options;
  const request = { path: pathOf(resource, { namespace }), doing: describe("watch", resource, { namespace }) };
  const connection = new AbortController();
  const close = (): void => connection.abort(signal.reason);
  const inactive = (): void => {
    const message = `${request.doing}: nothing from the server for ${inactivityMs / 1000} s`;
    connection.abort(new KubeError(message, { status: 0, reason: INACTIVE }));
  };
  signal.throwIfAborted();
  signal.addEventListener("abort", close);
  try {
    const query = queryOf(options);
    const body = await transport.stream({ ...request, query, signal: connection.signal });
    onContact?.();
    const chunks = timed(body, { clock, inactivityMs, inactive, onContact });
    for await (const line of lines(chunks, MAX_LINE_BYTES)) yield parseEvent<T>(line, request);
  } catch (error) {
    connection.signal.throwIfAborted();
    throw error instanceof KubeError ? error : malformed(request.doing, error);
  } finally {
    signal.removeEventListener("abort", close);
    connection.abort();
  }
}

function queryOf({ labelSelector, fieldSelector, resourceVersion, random = Math.random }: WatchOptions) {
  return {
    watch: "true",
    allowWatchBookmarks: "true",
    // Go's reflector asks for 5 to 10 minutes too (client-go, tools/cache/reflector.go).
    timeoutSeconds: String(300 + Math.floor(random() * 301)),
    resourceVersion,
    labelSelector,
    fieldSelector,
  };
}

/** Passes chunks on; the limit counts only while one is waited for, not while the consumer works. */
async function* timed(
  body: AsyncIterable<Uint8Array>,
  limit: { clock: Clock; inactivityMs: number; inactive: () => void; onContact: (() => void) | undefined },
): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const disarm = limit.clock.after(limit.inactivityMs, limit.inactive);
      const next = await chunks.next().finally(disarm);
      if (next.done) return;
      limit.onContact?.();
      yield next.value;
    }
  } finally {
    await chunks.return?.();
  }
}

const TYPES = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]);

function parseEvent<T extends KubeObject>(line: string, request: { doing: string; path: string }): WatchEvent<T> {
  const event = parseJson(line, request.doing);
  if (event?.type === "ERROR") {
    const status = Number((event.object as { code?: unknown } | undefined)?.code) || 500;
    const text = JSON.stringify(event.object);
    throw answerError(request, { status, contentType: "application/json", text });
  }
  const whole = TYPES.has(event?.type ?? "") && event?.object?.metadata?.resourceVersion !== undefined;
  if (!whole) throw malformed(request.doing, new SyntaxError("an event without a known type or a version"));
  return event as WatchEvent<T>;
}

interface RawEvent {
  type?: string;
  object?: { metadata?: { resourceVersion?: string } };
}

function parseJson(line: string, doing: string): RawEvent | null {
  try {
    return JSON.parse(line) as RawEvent | null;
  } catch {
    // Not the parser's message: it quotes the line, which may be of a Secret.
    throw malformed(doing, new SyntaxError("a line is not JSON"));
  }
}

function malformed(doing: string, cause: unknown): KubeError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new KubeError(`${doing}: ${message}`, { status: 0, reason: "MalformedEvent", cause });
}
