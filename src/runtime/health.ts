import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";

/** Tells why a probe fails; undefined when all is well. Called for each probe, so it must be quick. */
export type Check = () => string | undefined;

export interface ProbeServerOptions {
  /** 0 for any free one. */
  port: number;
  /** Default: all addresses. */
  host?: string;
  metrics: Metrics;
  log: Logger;
}

type Probe = "healthz" | "readyz";

/**
 * `/healthz`, `/readyz` and `/metrics` over plain HTTP, for the kubelet and Prometheus.
 *
 * Liveness asks whether a restart would help: a blocked event loop cannot answer at all, and checks are added for
 * what else only a new process mends. That the API server is away is none of it: restarting would lose the caches
 * and help nobody. Readiness asks whether what this process says can be believed.
 */
export class ProbeServer {
  readonly #options: ProbeServerOptions;
  readonly #checks: Record<Probe, Map<string, Check>> = { healthz: new Map(), readyz: new Map() };
  readonly #passed: Record<Probe, boolean> = { healthz: true, readyz: true };
  readonly #server: Server;

  constructor(options: ProbeServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  addLiveness(name: string, check: Check): void {
    this.#checks.healthz.set(name, check);
  }

  addReadiness(name: string, check: Check): void {
    this.#checks.readyz.set(name, check);
  }

  /** Resolves with the port. Rejects when it cannot be had. */
  async listen(): Promise<number> {
    const { port, host, log } = this.#options;
    this.#server.listen({ port, ...(host !== undefined && { host }) });
    await once(this.#server, "listening");
    const bound = this.#server.address() as AddressInfo;
    log.info({ address: bound.address, port: bound.port }, "serving probes and metrics");
    return bound.port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url?.split("?", 1)[0];
    if (request.method !== "GET" && request.method !== "HEAD") return send(response, 405, "only GET\n");
    if (path === "/healthz" || path === "/readyz")
      return this.#probe(path === "/healthz" ? "healthz" : "readyz", response);
    if (path === "/metrics") return this.#metrics(response);
    send(response, 404, "there are /healthz, /readyz and /metrics\n");
  }

  #probe(probe: Probe, response: ServerResponse): void {
    const results = [...this.#checks[probe]].map(([name, check]) => ({ name, problem: judge(check) }));
    const lines = results.map(({ name, problem }) =>
      problem === undefined ? `[+] ${name}` : `[-] ${name}: ${problem}`,
    );
    const passed = results.every(({ problem }) => problem === undefined);
    if (passed !== this.#passed[probe])
      this.#options.log.info({ probe, checks: lines }, passed ? "probe passes" : "probe fails");
    this.#passed[probe] = passed;
    send(response, passed ? 200 : 503, `${[...lines, passed ? "ok" : "failed"].join("\n")}\n`);
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { registry } = this.#options.metrics;
    try {
      send(response, 200, await registry.metrics(), registry.contentType);
    } catch (error) {
      this.#options.log.error({ error: String(error) }, "the metrics could not be written");
      send(response, 500, "the metrics could not be written\n");
    }
  }
}

/** A check that throws fails: what it should have looked at cannot be believed. */
function judge(check: Check): string | undefined {
  try {
    return check();
  } catch (error) {
    return String(error);
  }
}

function send(response: ServerResponse, status: number, body: string, type = "text/plain; charset=utf-8"): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(body);
}
