import type { IncomingHttpHeaders } from "node:http";

import type { Dispatcher } from "undici";

import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/logger.ts";
import { Attempt } from "./attempt.ts";
import type { ClusterConfig, Credentials } from "./config.ts";
import { Connections, type GuardedRequest } from "./connections.ts";
import { answerError, isUnauthorized, KubeError } from "./errors.ts";
import { TokenBucket } from "./token-bucket.ts";

export interface TransportRequest {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Path below the server's address, as `pathOf` gives it. */
  path: string;
  /** Undefined values are left out. */
  query?: Record<string, string | undefined>;
  /** Sent as JSON. */
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
  signal?: AbortSignal;
  /** Limit of one attempt, milliseconds; default 15 s. Waits between attempts are not counted: bound those by `signal`. */
  timeoutMs?: number;
  /** What is being done to which object; opens every error message. */
  doing: string;
  /** Called as the last thing before the bytes of each attempt are written; what it throws stops the request. */
  beforeSend?: () => void;
}

interface StreamRequest {
  path: string;
  query?: Record<string, string | undefined>;
  signal: AbortSignal;
  doing: string;
}

/**
 * HTTP to one API server. Both calls reject with a KubeError, or with the signal's reason when the caller aborts.
 */
export interface Transport {
  /** One request, retried where that is safe; resolves with the parsed JSON answer. */
  request(request: TransportRequest): Promise<unknown>;
  /** A GET whose answer has no end (watch): resolves once the server has accepted it. */
  stream(request: StreamRequest): Promise<AsyncIterable<Uint8Array>>;
  /** Closes all connections; running requests fail. */
  close(): Promise<void>;
}

export interface TransportOptions {
  config: ClusterConfig;
  clock: Clock;
  log?: Logger;
  /** Requests a second over time (default 200) and at once (default 400); a watch counts when it begins. */
  qps?: number;
  burst?: number;
  userAgent?: string;
  /** Called after each attempt: `code` is the HTTP status, or "<error>" when there was no answer. */
  onRequest?: (request: { method: string; code: string; host: string; seconds: number }) => void;
}

const TIMEOUT_MS = 15_000;
const TRIES = 5;
const LONGEST_WAIT_MS = 15_000;

/**
 * A request is sent again when the server says that it did nothing with it (429, or 503 with Retry-After), and a
 * GET also when repeating can help (503, connection reset): 5 tries, the server's Retry-After or 0.2 s doubling
 * between them, 15 s at most. On 401 the credentials are read again, once.
 */
export function createTransport(options: TransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #clock: Clock;
  readonly #origin: string;
  readonly #host: string;
  readonly #prefix: string;
  readonly #connections = new Connections();
  readonly #limit: TokenBucket;

  constructor(options: TransportOptions) {
    const { clock, qps = 200, burst = 400 } = options;
    const url = new URL(options.config.server);
    this.#options = options;
    this.#clock = clock;
    this.#origin = url.origin;
    this.#host = url.host;
    this.#prefix = url.pathname.replace(/\/$/, "");
    this.#limit = new TokenBucket({ clock, perSecond: qps, burst });
  }

  async request(request: TransportRequest): Promise<unknown> {
    return this.#persistently(request, async (refresh) => {
      const attempt = new Attempt(request, this.#clock, request.timeoutMs ?? TIMEOUT_MS);
      try {
        const { statusCode, headers, body } = await this.#send(request, "requests", attempt, refresh);
        const text = await body.text();
        if (statusCode >= 300) throw failure(request, statusCode, headers, text);
        return text === "" ? undefined : parse(request, text);
      } catch (error) {
        throw attempt.explain(error);
      } finally {
        attempt.end();
      }
    });
  }

  async stream(stream: StreamRequest): Promise<AsyncIterable<Uint8Array>> {
    const request = { ...stream, method: "GET" as const };
    return this.#persistently(request, async (refresh) => {
      const attempt = new Attempt(request, this.#clock, TIMEOUT_MS);
      try {
        const { statusCode, headers, body } = await this.#send(request, "streams", attempt, refresh);
        if (statusCode >= 300) throw failure(request, statusCode, headers, await body.text());
        attempt.disarm();
        return chunks(body, attempt);
      } catch (error) {
        attempt.end();
        throw attempt.explain(error);
      }
    });
  }

  close(): Promise<void> {
    return this.#connections.close();
  }

  /** The retries around one attempt; `refresh` asks for fresh credentials. */
  async #persistently<T>(request: TransportRequest, attempt: (refresh: boolean) => Promise<T>): Promise<T> {
    const { method, signal } = request;
    let refreshed = false;
    for (let tries = 1, refresh = false; ;) {
      try {
        await this.#limit.take(signal);
        return await attempt(refresh);
      } catch (error) {
        signal?.throwIfAborted();
        refresh = isUnauthorized(error) && !refreshed;
        refreshed ||= refresh;
        if (refresh) continue;
        const waitMs = tries < TRIES ? waitBeforeRetry(method, error, tries) : undefined;
        if (waitMs === undefined) throw error;
        this.#options.log?.debug({ waitMs, err: error }, "the request is repeated");
        await this.#clock.sleep(waitMs, signal).catch((aborted: unknown) => {
          signal?.throwIfAborted();
          throw aborted;
        });
        tries += 1;
      }
    }
  }

  async #credentials(request: TransportRequest, refresh: boolean): Promise<Credentials> {
    try {
      return await this.#options.config.credentials({ refresh });
    } catch (cause) {
      const message = `${request.doing}: no credentials: ${cause instanceof Error ? cause.message : String(cause)}`;
      throw new KubeError(message, { status: 0, reason: "NoCredentials", cause });
    }
  }

  async #send(
    request: TransportRequest,
    kind: "requests" | "streams",
    attempt: Attempt,
    refresh: boolean,
  ): Promise<Dispatcher.ResponseData> {
    const { userAgent = "invoiceops", onRequest } = this.#options;
    const { headers, tls } = await attempt.until(this.#credentials(request, refresh));
    const guarded: GuardedRequest = {
      origin: this.#origin,
      path: this.#prefix + request.path + queryString(request.query),
      method: request.method,
      headers: {
        ...headers,
        accept: "application/json",
        "user-agent": userAgent,
        ...(request.body !== undefined && { "content-type": request.contentType ?? "application/json" }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: attempt.signal,
      beforeSend: request.beforeSend,
    };
    const startedAt = this.#clock.monotonic();
    let code = "<error>";
    try {
      const response = await this.#connections.for(tls)[kind].request(guarded);
      code = String(response.statusCode);
      return response;
    } finally {
      const seconds = (this.#clock.monotonic() - startedAt) / 1000;
      onRequest?.({ method: request.method, code, host: this.#host, seconds });
    }
  }
}

/** Milliseconds to wait before another try, or undefined when another try is not safe or cannot help. */
function waitBeforeRetry(method: string, error: unknown, tries: number): number | undefined {
  if (!(error instanceof KubeError)) return undefined;
  const { status, reason, retryAfterMs } = error;
  const untouched = status === 429 || (status === 503 && retryAfterMs !== undefined);
  const harmless = method === "GET" && (status === 503 || reason === "ConnectionReset");
  if (!untouched && !harmless) return undefined;
  return Math.min(retryAfterMs ?? 200 * 2 ** (tries - 1), LONGEST_WAIT_MS);
}

function queryString(query: Record<string, string | undefined> = {}): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function failure(
  request: { doing: string; path: string },
  status: number,
  headers: IncomingHttpHeaders,
  text: string,
): KubeError {
  const contentType = headers["content-type"] ?? "";
  return answerError(request, { status, contentType, retryAfter: headers["retry-after"], text });
}

function parse(request: TransportRequest, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // No cause: the parser's message quotes the text, which may be a Secret.
    throw new KubeError(`${request.doing}: the answer is not JSON`, { status: 0, reason: "MalformedAnswer" });
  }
}

async function* chunks(body: AsyncIterable<Uint8Array>, attempt: Attempt): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw attempt.explain(error);
  } finally {
    attempt.end();
  }
}
