/** Why there is no number, or (PartialData) why the number may be too small. None of them is ever read as zero. */
export type MetricReason =
  /** The query, or the selection from its answer, gave no series. */
  | "NoData"
  /** NaN, an infinity, an empty string, or anything else that is not a finite decimal number. */
  | "InvalidSample"
  /** The series is a native histogram, which has no single value. */
  | "HistogramSample"
  /** Several series where one is expected. */
  | "AmbiguousSeries"
  /** The answer carries warnings and nothing usable: a part of the stores did not answer. */
  | "PartialData"
  /** The sample is older than the caller accepts. */
  | "Stale"
  /** Prometheus refused the query or failed to run it: status "error" with HTTP 200, 400 or 422. */
  | "QueryError"
  /** HTTP 401 or 403. */
  | "Unauthorized"
  /** No usable answer from the server: refused, unknown name, TLS, redirect, other HTTP errors. */
  | "Unavailable"
  /** No complete answer in time. */
  | "Timeout"
  /** The answer was larger than the client takes and was broken off. */
  | "TooLarge"
  /** An answer that is not what the HTTP API promises, or not a vector but a scalar or a string. */
  | "UnexpectedResult";

/** A failure to read: `message` is at most 300 characters, without credentials, header values or bodies. */
export interface Failure {
  ok: false;
  reason: MetricReason;
  message: string;
}

/**
 * One number out of an answer, or the named reason why there is none. `at` is the sample's own timestamp
 * (ms since the epoch). `partial` is set when the answer carried warnings: the value may be too small, so it
 * may raise something but never lower it (condition reason PartialData).
 */
export type Reading = { ok: true; value: number; at: number; partial?: string } | Failure;

/** A server with the Prometheus HTTP API (Prometheus, Thanos, Mimir, VictoriaMetrics). */
export interface Endpoint {
  /** Base address; a path prefix and query parameters are kept, user:password@ becomes Basic authentication. */
  url: string;
  /** Sent with each request: authentication and tenant headers, resolved from Secrets by the caller. */
  headers?: Readonly<Record<string, string>>;
  /** PEM bundle that the server's certificate must chain to, instead of the system's roots. */
  ca?: string;
  /** Time limit of one query, ms; default the client's. Who asks first for others decides for them. */
  timeoutMs?: number;
}
