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
  /** The Status reason (`NotFound`, `Conflict` ...), or without an answer our own (`Timeout`, `ConnectionReset` ...). */
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
  (reason: string) =>
  (error: unknown): boolean =>
    error instanceof KubeError && error.reason === reason;

const withStatus =
  (...statuses: number[]) =>
  (error: unknown): boolean =>
    error instanceof KubeError && statuses.includes(error.status);

export const isNotFound = withStatus(404);
/** The API server does not serve the kind at all: its CRD is not installed. */
export const isKindMissing = (error: unknown): boolean =>
  error instanceof KubeError && isNotFound(error) && error.details?.name === undefined;
/** Somebody else changed the object first, or owns a field that we applied without force. */
export const isConflict = withReason("Conflict");
export const isAlreadyExists = withReason("AlreadyExists");
/** The resourceVersion or continue token is older than what the server remembers: list again. */
export const isGone = withStatus(410);
export const isForbidden = withStatus(403);
export const isUnauthorized = withStatus(401);
/** The server refused what we sent (schema, CEL rule, unknown field): sending it again cannot help. */
export const isInvalid = (error: unknown): boolean => withStatus(400, 422)(error) || withReason("Invalid")(error);
/** The write was held back in this process, because another one may lead by now; see `createClient`. */
export const isNotLeader = withReason("NotLeader");

/** True when the same request may well succeed later: no answer, too many requests, or a fault of the server. */
export function isRetriable(error: unknown): boolean {
  if (!(error instanceof KubeError) || isNotLeader(error) || isInvalid(error)) return false;
  return error.status === 0 || error.status === 408 || error.status === 429 || error.status >= 500;
}

/** A complete answer that is not a success. */
export interface FailedAnswer {
  status: number;
  contentType: string;
  /** The Retry-After header, seconds. */
  retryAfter?: string | undefined;
  text: string;
}

interface Status {
  kind: "Status";
  message?: string;
  reason?: string;
  details?: StatusDetails;
}

/** The API's own reasons, for answers that carry none (a proxy's HTML page, an empty body). */
const REASONS: Record<number, string> = {
  400: "BadRequest",
  401: "Unauthorized",
  403: "Forbidden",
  404: "NotFound",
  409: "Conflict",
  410: "Gone",
  422: "Invalid",
  429: "TooManyRequests",
  500: "InternalError",
  503: "ServiceUnavailable",
  504: "Timeout",
};

/** From an answer of the server; a Status speaks for itself, of anything else only its kind is told. */
export function answerError(request: { doing: string; path: string }, answer: FailedAnswer): KubeError {
  const status = parseStatus(answer.text);
  const seconds = Number(answer.retryAfter ?? status?.details?.retryAfterSeconds ?? Number.NaN);
  const told = quotesSecret(request.path, answer.status) ? namesOnly(status) : status;
  const message = told?.message || `HTTP ${answer.status} with ${answer.contentType || "no body"} instead of a Status`;
  return new KubeError(`${request.doing}: ${message}`, {
    status: answer.status,
    reason: reasonOf(answer, status),
    ...(told?.details && { details: told.details }),
    ...(Number.isFinite(seconds) && { retryAfterMs: Math.max(0, seconds * 1000) }),
  });
}

function reasonOf(answer: FailedAnswer, status: Status | undefined): string {
  if (status?.reason) return status.reason;
  // Server-side apply calls an object that does not fit its schema a fault of its own: 500, without a reason.
  if (status?.message?.startsWith("failed to create typed patch object")) return "Invalid";
  return REASONS[answer.status] ?? "Unknown";
}

function parseStatus(text: string): Status | undefined {
  try {
    const value = JSON.parse(text) as Status | null;
    return value?.kind === "Status" ? value : undefined;
  } catch {
    return undefined;
  }
}

const SECRET_PATH = /^\/api\/v1\/(namespaces\/[^/]+\/)?secrets(\/|$)/;

/** The server quotes the values that it refuses ("expected string, got ...{Value:...}"). */
function quotesSecret(path: string, status: number): boolean {
  return SECRET_PATH.test(path) && (status === 400 || status === 422 || status >= 500);
}

/** What may be told of a refused Secret: the reason and the names of its fields. */
function namesOnly(status: Status | undefined): Status | undefined {
  if (!status) return undefined;
  const causes = (status.details?.causes ?? []).map(({ reason, field }) => ({
    ...(reason !== undefined && { reason }),
    ...(field !== undefined && { field }),
  }));
  const fields = causes.flatMap(({ field }) => field ?? []);
  return {
    ...status,
    message: [status.reason ?? "refused", ...fields].join(" "),
    details: { ...status.details, causes },
  };
}

const CODES: Record<string, string> = {
  ECONNREFUSED: "ConnectionRefused",
  ECONNRESET: "ConnectionReset",
  EPIPE: "ConnectionReset",
  UND_ERR_SOCKET: "ConnectionReset",
  ETIMEDOUT: "Timeout",
  UND_ERR_CONNECT_TIMEOUT: "Timeout",
  ENOTFOUND: "NameNotResolved",
  EAI_AGAIN: "NameNotResolved",
  ERR_TLS_CERT_ALTNAME_INVALID: "CertificateRefused",
  CERT_HAS_EXPIRED: "CertificateRefused",
  DEPTH_ZERO_SELF_SIGNED_CERT: "CertificateRefused",
  SELF_SIGNED_CERT_IN_CHAIN: "CertificateRefused",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "CertificateRefused",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "CertificateRefused",
};

/** From a failure below HTTP; reasons are the values of `CODES`, or `Unreachable`. A KubeError passes unchanged. */
export function networkError(doing: string, cause: unknown): KubeError {
  if (cause instanceof KubeError) return cause;
  // Several addresses tried in turn give an AggregateError with an empty message: the first one speaks.
  const error = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? "";
  const message = error instanceof Error ? error.message : String(error);
  return new KubeError(`${doing}: ${message}`, { status: 0, reason: CODES[code] ?? "Unreachable", cause });
}
