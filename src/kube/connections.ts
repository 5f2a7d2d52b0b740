import { createHash } from "node:crypto";

import { Agent, type Dispatcher } from "undici";

/** What `tls.connect` needs; `ca`, `cert` and `key` in PEM. */
export interface TlsOptions {
  ca?: string | Buffer;
  cert?: string | Buffer;
  key?: string | Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

/**
 * The connections to one server, kept as long as the TLS material stays the same. Requests share at most 16;
 * each watch has one of its own, so that many watches never leave requests waiting.
 * HTTP/1.1 only: a wedged HTTP/2 session would take everything on it down (nodejs/undici#4828).
 */
export class Connections {
  #current: { key: string; requests: Dispatcher; streams: Dispatcher } | undefined;
  readonly #open = new Set<Dispatcher>();
  #closed = false;

  /** The dispatchers for this TLS material. After a rotation the old connections finish what they carry, then close. */
  for(tls: TlsOptions): { requests: Dispatcher; streams: Dispatcher } {
    if (this.#closed) throw new Error("the transport is closed");
    const key = fingerprint(tls);
    if (this.#current?.key !== key) {
      const old = this.#current;
      this.#current = { key, requests: this.#agent(tls, 16), streams: this.#agent(tls, null) };
      for (const dispatcher of old ? [old.requests, old.streams] : []) this.#retire(dispatcher);
    }
    return this.#current;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open].map((dispatcher) => dispatcher.destroy()));
  }

  #agent(tls: TlsOptions, connections: number | null): Dispatcher {
    const agent = new Agent({
      allowH2: false,
      connections,
      keepAliveTimeout: 30_000,
      // Time limits are the transport's, by its clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { ...tls, timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 30_000 },
    }).compose(askBeforeSending);
    this.#open.add(agent);
    return agent;
  }

  #retire(dispatcher: Dispatcher): void {
    const forget = (): boolean => this.#open.delete(dispatcher);
    dispatcher.close().then(forget, forget);
  }
}

/** A request that asks once more when its turn on a connection has come. */
export type GuardedRequest = Dispatcher.RequestOptions & { beforeSend?: (() => void) | undefined };

/**
 * Runs `beforeSend` when undici is about to write the request, after all waiting for a free connection: a
 * process that was stopped in that wait asks again before it writes. What it throws fails the request.
 */
const askBeforeSending: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const { beforeSend } = options as GuardedRequest;
  if (!beforeSend) return dispatch(options, handler);
  return dispatch(options, {
    onRequestStart(controller, context) {
      beforeSend();
      handler.onRequestStart?.(controller, context);
    },
    onRequestUpgrade: (...args) => handler.onRequestUpgrade?.(...args),
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData: (...args) => handler.onResponseData?.(...args),
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  });
};

function fingerprint(tls: TlsOptions): string {
  const parts = [tls.ca, tls.cert, tls.key].map((part) => part?.toString() ?? "");
  return createHash("sha256")
    .update(JSON.stringify([...parts, tls.servername, tls.rejectUnauthorized]))
    .digest("hex");
}
