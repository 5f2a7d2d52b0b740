import type { Dispatcher } from "undici";
import { type ApiBody, isRecord } from "./parse.ts";
import type { Endpoint, Failure, MetricReason } from "./reading.ts";
import { isHttp, percentDecoded, redact, shorten, shownUrl } from "./text.ts";

/** A connection that broke before any answer: the server closed an idle one just as it was used again. */
const BROKEN_CONNECTION = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

const UNTRUSTED = "its certificate is not signed by a CA that this endpoint trusts";

const IN_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "the name does not resolve",
  EAI_AGAIN: "the name does not resolve at the moment",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  UND_ERR_SOCKET: "connection closed by the server",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
};

interface Question {
  endpoint: Endpoint;
  /** "query" or "query_range". */
  call: string;
  form: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/** The JSON of a success, or why there is none. */
type Reply = { ok: true; body: ApiBody } | Failure;

/**
 * One question to the HTTP API: a POST with a form body, so that long queries fit and none stands in an access
 * log. Redirects are not followed, so credentials never reach another origin. Rejects only with what the signal aborts with.
 */
export async function exchange(dispatcher: Dispatcher, question: Question): Promise<Reply> {
  const { endpoint, signal } = question;
  const url = URL.parse(endpoint.url);
  if (!url || !isHttp(url)) return failure("Unavailable", endpoint, "not an http or https address");
  try {
    const response = await send(dispatcher, url, question);
    return judge(endpoint, response, await response.body.text());
  } catch (error) {
    signal.throwIfAborted();
    return brokenOff(endpoint, error);
  }
}

async function send(dispatcher: Dispatcher, url: URL, question: Question): Promise<Dispatcher.ResponseData> {
  const request: Dispatcher.RequestOptions = {
    origin: url.origin,
    path: `${url.pathname.replace(/\/+$/, "")}/api/v1/${question.call}${url.search}`,
    method: "POST",
    headers: {
      accept: "application/json",
      ...(url.password || url.username ? { authorization: basic(url) } : {}),
      ...lowerCased(question.endpoint.headers ?? {}),
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams(question.form).toString(),
    signal: question.signal,
  };
  try {
    return await dispatcher.request(request);
  } catch (error) {
    // A query changes nothing, so it may be sent twice.
    if (!BROKEN_CONNECTION.has(codeOf(error))) throw error;
    return dispatcher.request(request);
  }
}

/** So that a header given by the user replaces ours instead of being sent beside it. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function basic(url: URL): string {
  const credentials = `${percentDecoded(url.username)}:${percentDecoded(url.password)}`;
  return `Basic ${Buffer.from(credentials).toString("base64")}`;
}

function judge(endpoint: Endpoint, response: Dispatcher.ResponseData, text: string): Reply {
  const { statusCode: status, headers } = response;
  if (status === 401 || status === 403) return failure("Unauthorized", endpoint, `HTTP ${status}`);
  if (status >= 300 && status < 400) return redirected(endpoint, status, String(headers["location"] ?? ""));
  const body = parseJson(text);
  const succeeded = status >= 200 && status < 300;
  if (succeeded && body?.["status"] === "success") return { ok: true, body };
  if (body?.["status"] === "error") return apiError(endpoint, status, body);
  const type = String(headers["content-type"] ?? "no content type").split(";")[0];
  if (succeeded) return failure("UnexpectedResult", endpoint, `not an answer of the Prometheus API (${type})`);
  return failure(reasonOf(status), endpoint, `HTTP ${status} (${type})`);
}

/** Prometheus's own words: `bad_data: invalid parameter "query": 1:5: parse error: ...`. */
function apiError(endpoint: Endpoint, status: number, body: ApiBody): Failure {
  const [type, text] = [body["errorType"], body["error"]].map((part) => (typeof part === "string" ? part : "?"));
  const reason = type === "timeout" ? "Timeout" : reasonOf(status);
  return failure(reason, endpoint, redact(`${type}: ${text}`, endpoint));
}

function reasonOf(status: number): MetricReason {
  return status < 300 || status === 400 || status === 422 ? "QueryError" : "Unavailable";
}

function redirected(endpoint: Endpoint, status: number, location: string): Failure {
  const target = shownUrl(URL.parse(location, endpoint.url)?.href ?? "");
  return failure("Unavailable", endpoint, `HTTP ${status} to ${target}; redirects are not followed`);
}

function brokenOff(endpoint: Endpoint, error: unknown): Failure {
  const code = codeOf(error);
  if (code === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return failure("TooLarge", endpoint, "the answer is too large");
  if (code === "UND_ERR_CONNECT_TIMEOUT") return failure("Timeout", endpoint, "no connection in time");
  const words = IN_WORDS[code] ?? redact(error instanceof Error ? error.message : String(error), endpoint);
  return failure("Unavailable", endpoint, words || code);
}

function failure(reason: MetricReason, endpoint: Endpoint, message: string): Failure {
  return { ok: false, reason, message: shorten(`${shownUrl(endpoint.url)}: ${message}`) };
}

function codeOf(error: unknown): string {
  const code = isRecord(error) ? error["code"] : undefined;
  return typeof code === "string" ? code : "";
}

function parseJson(text: string): ApiBody | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
