import { setImmediate as nextTurn } from "node:timers/promises";
import type { RangeAnswer } from "../prometheus/answer.ts";
import type { Grid } from "../prometheus/parse.ts";
import type { Endpoint, Failure } from "../prometheus/reading.ts";
import { selectPoints } from "../prometheus/select.ts";
import { Samples } from "./samples.ts";

/**
 * Reads months of samples, once in the life of a service. One query at a time whatever the number of services, and
 * services that ask the same are answered together: a Prometheus has other things to do.
 */

const MINUTE_MS = 60_000;
const FINE_MS = 5 * MINUTE_MS;
const COARSE_MS = 15 * MINUTE_MS;
/** Where a query gives more series than this, samples are taken further apart. */
const MANY_SERIES = 100;
/** Samples of one answer, about 4 MB on the wire. */
const CHUNK_SAMPLES = 150_000;
/** A week of five-minute steps. */
const CHUNK_POINTS = 2_016;
const DAY_MS = 86_400_000;
/** What the services of one pass hold together: 64 MB. */
const PASS_SAMPLES = 16 * 2 ** 20;

export interface PastQuestion {
  endpoint: Endpoint;
  query: string;
  select?: Readonly<Record<string, string>>;
  /** From when on, ms since the epoch; more may come. */
  from: number;
}

export interface PastAnswer {
  samples: Samples;
  /** Why it does not reach back to `from`. */
  failure?: Failure;
}

interface Member {
  question: PastQuestion;
  resolve: (answer: PastAnswer) => void;
}

export interface PastLoaderOptions {
  range: (endpoint: Endpoint, query: string, grid: Grid) => Promise<RangeAnswer>;
  /** What two questions must have in common to be answered together. */
  identityOf: (endpoint: Endpoint) => string;
  now: () => number;
}

export class PastLoader {
  readonly #options: PastLoaderOptions;
  readonly #waiting = new Map<string, Member[]>();
  #lane: Promise<void> = Promise.resolve();

  constructor(options: PastLoaderOptions) {
    this.#options = options;
  }

  /** The samples from `from` to now, 5 or 15 minutes apart, in its turn. Never rejects. */
  load(question: PastQuestion): Promise<PastAnswer> {
    const { promise, resolve } = Promise.withResolvers<PastAnswer>();
    const id = `${this.#options.identityOf(question.endpoint)} ${question.query}`;
    const waiting = this.#waiting.get(id);
    if (waiting) waiting.push({ question, resolve });
    else {
      this.#waiting.set(id, [{ question, resolve }]);
      this.#enqueue(id);
    }
    return promise;
  }

  #enqueue(id: string): void {
    this.#lane = this.#lane.then(() => this.#pass(id));
  }

  /** One pass through the past for as many of those who wait as there is room for; newest first. */
  async #pass(id: string): Promise<void> {
    const waiting = this.#waiting.get(id) ?? [];
    const [first] = waiting;
    if (!first) return;
    const { endpoint, query } = first.question;
    const from = Math.min(...waiting.map(({ question }) => question.from));
    const end = Math.floor(this.#options.now() / COARSE_MS) * COARSE_MS;
    let answer = await this.#ask(endpoint, query, { start: Math.max(from, end - DAY_MS), end, stepMs: COARSE_MS });
    const series = answer.ok ? answer.series.length : 0;
    const stepMs = series > MANY_SERIES ? COARSE_MS : FINE_MS;

    const start = Math.floor(from / stepMs) * stepMs;
    const room = Math.max(1, Math.floor(PASS_SAMPLES / ((end - start) / stepMs + 1)));
    const members = waiting
      .splice(0, room)
      .map((member) => ({ ...member, samples: new Samples({ start, end, stepMs }) }));
    if (waiting.length > 0) this.#enqueue(id);
    else this.#waiting.delete(id);

    for (let to = end, most = series; answer.ok && to >= start;) {
      const points = Math.min(CHUNK_POINTS, Math.max(16, Math.floor(CHUNK_SAMPLES / Math.max(1, most))));
      const chunk = { start: Math.max(start, to - (points - 1) * stepMs), end: to, stepMs };
      answer = await this.#ask(endpoint, query, chunk);
      if (!answer.ok) break;
      for (const { question, samples } of members) {
        const found = selectPoints(answer, question.select);
        // A part of the stores did not answer: what is too small must not be learnt from.
        if (found.ok && found.partial === undefined) samples.put(found.points);
      }
      most = answer.series.length;
      to = chunk.start - stepMs;
      // Others have their turn in between.
      await nextTurn();
    }
    for (const { resolve, samples } of members) resolve({ samples, ...(answer.ok ? {} : { failure: answer }) });
  }

  async #ask(endpoint: Endpoint, query: string, grid: Grid): Promise<RangeAnswer> {
    try {
      return await this.#options.range(endpoint, query, grid);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: "Unavailable", message };
    }
  }
}
