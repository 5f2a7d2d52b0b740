import { Agent } from "undici";
import type { Clock } from "../runtime/clock.ts";
import type { Answer, RangeAnswer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import { Gate } from "./gate.ts";
import { type ApiBody, type Grid, parseMatrix, parseVector } from "./parse.ts";
import { chunksOf, halvesOf, RangeAssembly } from "./range.ts";
import type { Endpoint, Failure, MetricReason } from "./reading.ts";
import { shownUrl } from "./text.ts";
import { TimeLimit } from "./time-limit.ts";

/** How long a query may wait for its turn before it counts as not answered: one evaluation interval. */
const LONGEST_WAIT_MS = 30_000;
/** Idle connections outlive the evaluation interval, so that the next round finds them open. */
const KEEP_ALIVE_MS = 65_000;
/** Bundles change when CAs are rotated; the agents of old ones are closed. */
const MOST_AGENTS = 32;

/** A query that was answered, or not, and how long that took, waiting for its turn included. */
export interface QueryOutcome {
  outcome: "Success" | MetricReason;
  seconds: number;
}

/**
 * Asks servers with the Prometheus HTTP API. The methods resolve with an answer or a Failure and reject only
 * with the reason of the caller's own signal.
 */
export class PrometheusClient {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #concurrency: number;
  readonly #maxBodyBytes: number;
  readonly #onQuery: ((query: QueryOutcome) => void) | undefined;
  /** By CA bundle ("" is the system's roots): a connection is never shared between different trusts. */
  readonly #agents = new Map<string, Agent>();
  /** By origin, while in use. */
  readonly #gates = new Map<string, Gate>();

  /**
   * `timeoutMs` covers connection, headers and body together (default 5 s) and is sent along, so that the server
   * gives up as well. `concurrency` is for each origin (default 8), so that a server that hangs holds up nobody
   * else. Answers over `maxBodyBytes` (default 8 MiB) are broken off while they come in.
   */
  constructor(options: {
    clock: Clock;
    timeoutMs?: number;
    concurrency?: number;
    maxBodyBytes?: number;
    onQuery?: (query: QueryOutcome) => void;
  }) {
    this.#clock = options.clock;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    this.#concurrency = options.concurrency ?? 8;
    this.#maxBodyBytes = options.maxBodyBytes ?? 8 * 2 ** 20;
    this.#onQuery = options.onQuery;
  }

  /** An instant query, at `time` (ms since the epoch) or at the server's own present. */
  instant(endpoint: Endpoint, query: string, options: { time?: number; signal?: AbortSignal } = {}): Promise<Answer> {
    const { time, signal } = options;
    const askedAt = time ?? this.#clock.now();
    const form = { query, ...(time !== undefined && { time: inSeconds(time) }) };
    return this.#ask(endpoint, "query", form, (body) => parseVector(body, askedAt), signal);
  }

  /**
   * A range query, from `start` to `end` (ms since the epoch) every `stepMs`. It is asked in chunks, because
   * Prometheus limits the points of a series; chunks that are too large are halved. All or nothing: the first
   * failure is the answer. Takes 8 bytes of memory for each step of each series that the query gives.
   */
  async range(endpoint: Endpoint, query: string, options: Grid & { signal?: AbortSignal }): Promise<RangeAnswer> {
    const { start, end, stepMs, signal } = options;
    const assembly = new RangeAssembly({ start, end, stepMs });
    const chunks = chunksOf({ start, end, stepMs });
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) {
      const part = await this.#chunk(endpoint, query, chunk, signal);
      const halves = !part.ok && part.reason === "TooLarge" ? halvesOf(chunk) : undefined;
      if (halves) chunks.unshift(...halves);
      else if (!part.ok) return part;
      else assembly.add(part);
    }
    return assembly.answer();
  }

  /** Breaks off what is in flight and closes all connections. */
  async close(): Promise<void> {
    const agents = [...this.#agents.values()];
    this.#agents.clear();
    await Promise.all(agents.map((agent) => agent.destroy()));
  }

  #chunk(endpoint: Endpoint, query: string, chunk: Grid, signal?: AbortSignal): Promise<RangeAnswer> {
    const form = {
      query,
      start: inSeconds(chunk.start),
      end: inSeconds(chunk.end),
      step: inSeconds(chunk.stepMs),
    };
    return this.#ask(endpoint, "query_range", form, (body) => parseMatrix(body, chunk), signal);
  }

  async #ask<T extends { ok: true; partial?: string | undefined }>(
    endpoint: Endpoint,
    call: string,
    form: Readonly<Record<string, string>>,
    parse: (body: ApiBody) => T | Failure,
    caller?: AbortSignal,
  ): Promise<T | Failure> {
    const started = this.#clock.monotonic();
    const reply = await this.#exchange(endpoint, call, form, caller);
    const answer = reply.ok ? parse(reply.body) : reply;
    this.#onQuery?.({ outcome: outcomeOf(answer), seconds: (this.#clock.monotonic() - started) / 1000 });
    return answer;
  }

  async #exchange(
    endpoint: Endpoint,
    call: string,
    form: Readonly<Record<string, string>>,
    caller?: AbortSignal,
  ): Promise<{ ok: true; body: ApiBody } | Failure> {
    const limit = new TimeLimit(this.#clock, caller);
    const timeoutMs = endpoint.timeoutMs ?? this.#timeoutMs;
    let leave: (() => void) | undefined;
    try {
      limit.start(LONGEST_WAIT_MS);
      leave = await this.#enter(endpoint, limit.signal);
      limit.start(timeoutMs);
      const timed = { ...form, timeout: `${timeoutMs}ms` };
      return await exchange(this.#agentFor(endpoint), { endpoint, call, form: timed, signal: limit.signal });
    } catch (error) {
      if (!limit.expired) throw error;
      const waited = leave ? `no answer within ${timeoutMs / 1000} s` : `busy for ${LONGEST_WAIT_MS / 1000} s`;
      return { ok: false, reason: "Timeout", message: `${shownUrl(endpoint.url)}: ${waited}` };
    } finally {
      limit.stop();
      leave?.();
    }
  }

  async #enter(endpoint: Endpoint, signal: AbortSignal): Promise<() => void> {
    const origin = URL.parse(endpoint.url)?.origin ?? "";
    const gate = this.#gates.get(origin) ?? new Gate(this.#concurrency);
    this.#gates.set(origin, gate);
    const leave = await gate.enter(signal);
    return () => {
      leave();
      if (gate.idle) this.#gates.delete(origin);
    };
  }

  #agentFor({ ca = "" }: Endpoint): Agent {
    const known = this.#agents.get(ca);
    if (known) return known;
    const [oldest] = this.#agents.size < MOST_AGENTS ? [] : this.#agents;
    if (oldest) {
      this.#agents.delete(oldest[0]);
      void oldest[1].close();
    }
    const agent = new Agent({
      allowH2: false,
      connections: this.#concurrency,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxResponseSize: this.#maxBodyBytes,
      // The time limit of the whole question stands in for these.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.#timeoutMs, ...(ca && { ca }) },
    });
    this.#agents.set(ca, agent);
    return agent;
  }
}

function outcomeOf(answer: { ok: true; partial?: string | undefined } | Failure): QueryOutcome["outcome"] {
  if (!answer.ok) return answer.reason;
  return answer.partial === undefined ? "Success" : "PartialData";
}

/** Unix seconds with the milliseconds kept, as the HTTP API takes times and steps. */
function inSeconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
