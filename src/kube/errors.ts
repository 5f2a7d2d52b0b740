/** `details` of a Status: which object, and for `Invalid` or `Conflict` which fields. */
export interface StatusDetails {
  name?: string;
  group?: string;
  kind?: string;
  uid?: string;
  retryAfterSeconds?: number;
  causes?: { reason?: string; message?: string; field?: string }[];
}

export interface KubeErrorInit {
  status: number;
  reason: string;
  details?: StatusDetails;
  retryAfterMs?: number;
  cause?: unknown;
}

/**
 * The one error of talking to the API server. Its message says what was being done to which object and what the
 * server (or the network) answered; it never carries headers, request bodies or credentials.
 */
export class KubeError extends Error {
  /** The HTTP status, 0 when there was no answer. */
  readonly status: number;
  /** The Status reason (`NotFound`, `Conflict` ...), or our own: see `networkError` and `notLeader`. */
  readonly reason: string;
  readonly details?: StatusDetails;
  /** How long the server asked us to wait, milliseconds. */
  readonly retryAfterMs?: number;

  constructor(message: string, init: KubeErrorInit) {
    super(message, init.cause === undefined ? {} : { cause: init.cause });
    this.name = "KubeError";
    this.status = init.status;
    this.reason = init.reason;
    if (init.details) this.details = init.details;
    if (init.retryAfterMs !== undefined) this.retryAfterMs = init.retryAfterMs;
  }
}

const withReason =
  (...reasons: string[]) =>
  (error: unknown): error is KubeError =>
    error instanceof KubeError && reasons.includes(error.reason);

const withStatus =
  (...statuses: number[]) =>
  (error: unknown): error is KubeError =>
    error instanceof KubeError && statuses.includes(error.status);

export const isNotFound = withStatus(404);
/** Somebody else changed the object first, or owns a field that we applied without force. */
export const isConflict = withReason("Conflict");
export const isAlreadyExists = withReason("AlreadyExists");
/** The resourceVersion or continue token is older than the server remembers: list again. */
export const isGone = withStatus(410);
export const isForbidden = withStatus(403);
export const isUnauthorized = withStatus(401);
/** The server refused what we sent (schema, CEL rule, unknown field): sending it again cannot help. */
export const isInvalid = (error: unknown): error is KubeError =>
  error instanceof KubeError && (error.status === 400 || error.status === 422);
/** The write was held back here because another process may lead; see `Client`'s `beforeWrite`. */
export const isNotLeader = withReason("NotLeader");

/** True when the same request may well succeed later: no answer, too many requests, or a fault of the server. */
export function isRetriable(error: unknown): error is KubeError {
  if (!(error instanceof KubeError) || isNotLeader(error)) return false;
  return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
}
