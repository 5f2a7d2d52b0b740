import { createHash } from "node:crypto";
import type { Clock } from "../runtime/clock.ts";
import type { Answer, RangeAnswer } from "./answer.ts";
import type { PrometheusClient } from "./client.ts";
import type { Grid } from "./parse.ts";
import type { Endpoint } from "./reading.ts";
import { SingleFlight } from "./single-flight.ts";

/**
 * Asks equal questions (URL, authentication, query) once for all who ask them; each caller then selects its own
 * series from the answer.
 *
 * With `maxAgeMs` equal to the evaluation interval, services whose evaluations are spread over the interval cause
 * about one query in each interval, whatever their number. The price is freshness: when it is used, an answer was
 * asked for at most one interval ago, half an interval on average.
 */
export class SharedQueries {
  readonly #client: PrometheusClient;
  readonly #instants: SingleFlight<Answer>;
  readonly #ranges: SingleFlight<RangeAnswer>;
  readonly #identities = new WeakMap<Endpoint, string>();

  constructor(options: { client: PrometheusClient; clock: Clock }) {
    this.#client = options.client;
    this.#instants = new SingleFlight(options.clock);
    this.#ranges = new SingleFlight(options.clock);
  }

  /** Questions remembered: those in flight, and those whose answers may be given again. */
  get size(): number {
    return this.#instants.size + this.#ranges.size;
  }

  /** An instant query at the server's present, asked for at most `maxAgeMs` ago. */
  ask(endpoint: Endpoint, query: string, { maxAgeMs }: { maxAgeMs: number }): Promise<Answer> {
    const key = `${this.identityOf(endpoint)} ${query}`;
    // Ranges are asked for every few hours, and their answers are a hundred megabytes where services are many.
    this.#ranges.sweep();
    return this.#instants.get(key, maxAgeMs, () => this.#client.instant(endpoint, query));
  }

  /** A range query. Only equal grids are shared, so callers align `start` and `end`, to the hour for example. */
  askRange(
    endpoint: Endpoint,
    query: string,
    { maxAgeMs, ...grid }: Grid & { maxAgeMs: number },
  ): Promise<RangeAnswer> {
    const key = `${this.identityOf(endpoint)} ${grid.start} ${grid.end} ${grid.stepMs} ${query}`;
    return this.#ranges.get(key, maxAgeMs, () => this.#client.range(endpoint, query, grid));
  }

  /** What makes two servers one for a question: a digest, so that keys are short and hold no credential. */
  identityOf(endpoint: Endpoint): string {
    const known = this.#identities.get(endpoint);
    if (known !== undefined) return known;
    const headers = Object.entries(endpoint.headers ?? {})
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    const content = JSON.stringify([endpoint.url, headers, endpoint.ca ?? ""]);
    const identity = createHash("sha256").update(content).digest("base64");
    this.#identities.set(endpoint, identity);
    return identity;
  }
}
