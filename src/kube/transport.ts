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

export interface StreamRequest {
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
