import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/runtime/clock.ts";
import type { Series } from "./history.ts";
import type { Rate } from "./replay.ts";

const TICK_MS = 1_000;

/** Requests that were offered in the second or so that ends at `at` (ms since the epoch). */
export interface Offered {
  at: number;
  requests: number;
  seconds: number;
}

/**
 * The gateway in front of the service: counts the requests that are offered, served or not, and tells Prometheus. How
 * many come in a second varies by chance (Poisson) around the given rate.
 */
export class LoadSource implements AsyncDisposable {
  readonly #rate: Rate;
  readonly #series: Series;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #server: Server;
  readonly #offered: Offered[] = [];
  #total = 0;
  #last: number;
  #cancel: () => void = () => undefined;

  private constructor(options: { rate: Rate; series: Series; clock: Clock; random?: () => number }) {
    this.#rate = options.rate;
    this.#series = options.series;
    this.#clock = options.clock;
    this.#random = options.random ?? Math.random;
    this.#last = options.clock.now();
    this.#server = createServer((_request, response) => {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(this.metrics());
    });
  }

  static async start(options: {
    rate: Rate;
    series: Series;
    clock: Clock;
    random?: () => number;
  }): Promise<LoadSource> {
    const source = new LoadSource(options);
    source.#server.listen(0, "127.0.0.1");
    await once(source.#server, "listening");
    source.#tick();
    return source;
  }

  /** `host:port`, to be scraped. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What was offered so far, second by second. */
  get offered(): readonly Offered[] {
    return this.#offered;
  }

  /** Requests/s in the last `ms`. */
  recent(ms: number): number {
    const since = this.#clock.now() - ms;
    const span = this.#offered.slice(this.#offered.findLastIndex(({ at }) => at <= since) + 1);
    const seconds = span.reduce((sum, part) => sum + part.seconds, 0);
    return seconds === 0 ? 0 : span.reduce((sum, { requests }) => sum + requests, 0) / seconds;
  }

  /** What Prometheus is told: the counter, and the rate that is behind it now. */
  metrics(): string {
    const labels = `{namespace="${this.#series.namespace}",service="${this.#series.service}"}`;
    return `\
# HELP http_requests_total Requests that were offered.
# TYPE http_requests_total counter
http_requests_total${labels} ${this.#total}
# HELP http_requests_offered Requests/s that are offered now.
# TYPE http_requests_offered gauge
http_requests_offered${labels} ${this.#rate(this.#clock.now())}
`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cancel();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #tick(): void {
    const now = this.#clock.now();
    const seconds = (now - this.#last) / 1_000;
    if (seconds > 0) {
      const requests = this.#poisson(seconds * this.#rate((now + this.#last) / 2));
      this.#total += requests;
      this.#offered.push({ at: now, requests, seconds });
    }
    this.#last = now;
    this.#cancel = this.#clock.after(TICK_MS, () => this.#tick());
  }

  /** For the large means here a normal distribution of the same variance, by Box and Muller, is as good. */
  #poisson(mean: number): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
}
