import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the stub saw it. `range` is set for /api/v1/query_range; all times are ms since the epoch. */
export interface StubRequest {
  query: string;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  params: URLSearchParams;
  /** How many requests with this query came so far, this one included. */
  count: number;
  range?: { start: number; end: number; step: number };
}

/** A sample value: a number, the verbatim sample string ("NaN", "", "1e309"), or a function of time (ms). */
type StubValue = number | string | ((at: number) => number | string);

export interface StubSeries {
  labels?: Record<string, string>;
  value: StubValue;
}

/** Anything but a well-formed success: raw bodies, statuses, and servers that do not finish. */
interface StubRaw {
  status?: number;
  /** Sent as it is when a string, as JSON otherwise. */
  body?: unknown;
  headers?: Record<string, string>;
  /** "headers": never answers. "body": sends headers and half of the body. "cut": the same, then closes the socket. */
  fail?: "headers" | "body" | "cut";
}

/** A number or sample string is one series without labels; a list is a vector (empty: no data). */
export type StubAnswer = number | string | StubSeries[] | StubRaw;

export interface PrometheusStub {
  url: string;
  /** Sets what every following request gets: a fixed answer, or a function of the request. */
  answer(next: StubAnswer | ((request: StubRequest) => StubAnswer)): void;
  /** Requests so far, of one query or of all. */
  requests(query?: string): number;
  /** Requests that are open and will never be answered. */
  readonly hanging: number;
  close(): Promise<void>;
}

/** The body of a success answer, to send it with warnings or infos: `{ body: success(vector, { warnings }) }`. */
export function success(data: unknown, extra: { warnings?: string[]; infos?: string[] } = {}): object {
  return { status: "success", data, ...extra };
}

/** `data` of an instant vector, every sample at `at` (ms). */
export function vector(series: readonly StubSeries[], at: number): object {
  const sample = ({ labels = {}, value }: StubSeries): object => ({
    metric: labels,
    value: [at / 1000, text(value, at)],
  });
  return { resultType: "vector", result: series.map(sample) };
}

/** `data` of a range answer: every series has a sample at each step. */
function matrix(series: readonly StubSeries[], { start, end, step }: NonNullable<StubRequest["range"]>): object {
  const grid = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
  const samples = ({ labels = {}, value }: StubSeries): object => ({
    metric: labels,
    values: grid.map((at) => [at / 1000, text(value, at)]),
  });
  return { resultType: "matrix", result: series.map(samples) };
}

function text(value: StubValue, at: number): string {
  return String(typeof value === "function" ? value(at) : value);
}

/** A server with Prometheus's query API whose answers a test scripts. Until told otherwise it has no data. */
export async function createPrometheusStub(options: { now?: () => number } = {}): Promise<PrometheusStub> {
  const now = options.now ?? Date.now;
  const counts = new Map<string, number>();
  const hanging = new Set<ServerResponse>();
  let total = 0;
  let script: StubAnswer | ((request: StubRequest) => StubAnswer) = [];

  const server = createServer((request, response) => {
    readBody(request, (body) => {
      const seen = describe(request, body);
      total += 1;
      seen.count = (counts.get(seen.query) ?? 0) + 1;
      counts.set(seen.query, seen.count);
      const answer = typeof script === "function" ? script(seen) : script;
      if (neverEnds(answer)) hanging.add(response.on("close", () => hanging.delete(response)));
      reply(response, seen, answer, now);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (next) => {
      script = next;
    },
    requests: (query) => (query === undefined ? total : (counts.get(query) ?? 0)),
    get hanging() {
      return hanging.size;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function neverEnds(answer: StubAnswer): boolean {
  if (typeof answer !== "object" || Array.isArray(answer)) return false;
  return answer.fail === "headers" || answer.fail === "body";
}

function readBody(request: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => done(Buffer.concat(chunks).toString("utf8")));
}

function describe(request: IncomingMessage, body: string): StubRequest {
  // Parameters come in the body of a POST, as ours do, or in the address, as KEDA's do.
  const params = new URLSearchParams(request.method === "GET" ? request.url?.split("?")[1] : body);
  const ms = (name: string): number => Math.round(Number(params.get(name)) * 1000);
  const path = request.url ?? "";
  const range = path.includes("/query_range") ? { start: ms("start"), end: ms("end"), step: ms("step") } : undefined;
  return {
    query: params.get("query") ?? "",
    method: request.method ?? "",
    path,
    headers: request.headers,
    params,
    count: 0,
    ...(range && { range }),
  };
}

function reply(response: ServerResponse, request: StubRequest, answer: StubAnswer, now: () => number): void {
  if (typeof answer !== "object") return reply(response, request, [{ value: answer }], now);
  if (Array.isArray(answer)) {
    const data = request.range ? matrix(answer, request.range) : vector(answer, now());
    return send(response, { body: success(data) });
  }
  send(response, answer);
}

function send(response: ServerResponse, { status = 200, body = "", headers = {}, fail }: StubRaw): void {
  if (fail === "headers") return;
  const whole = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const type = typeof body === "string" ? "text/html" : "application/json";
  response.writeHead(status, { "content-type": type, "content-length": whole.length, ...headers });
  if (!fail) return void response.end(whole);
  response.write(whole.subarray(0, Math.floor(whole.length / 2)), () => {
    if (fail === "cut") response.destroy();
  });
}
