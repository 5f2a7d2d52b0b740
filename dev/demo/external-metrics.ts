import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { PrometheusClient } from "../../src/prometheus/client.ts";
import { selectSample } from "../../src/prometheus/select.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { createAuthority, issue } from "../cluster/certificates.ts";
import type { Manifest } from "./resources.ts";

/**
 * An adapter as clusters have one: serves external.metrics.k8s.io to the HorizontalPodAutoscaler, with numbers that it
 * asks Prometheus for.
 */

const GROUP_VERSION = "external.metrics.k8s.io/v1beta1";
const METRIC_PATH = new RegExp(`^/apis/${GROUP_VERSION}/namespaces/([^/]+)/([^/]+)$`);

export interface ExternalMetricsOptions {
  prometheusUrl: string;
  /** PromQL by the name that autoscalers give the metric; its series carry a label `namespace`. */
  queries: Readonly<Record<string, string>>;
  /** Where the Service that leads here will be. */
  service: { namespace: string; name: string };
  /** PEM of the authority behind the API server's own certificate for aggregated servers: nobody else is answered. */
  clientCa: string;
}

export class ExternalMetrics implements AsyncDisposable {
  readonly #options: ExternalMetricsOptions;
  readonly #server: Server;
  readonly #authority: string;
  readonly #prometheus = new PrometheusClient({ clock: realClock });

  private constructor(options: ExternalMetricsOptions, server: Server, authority: string) {
    this.#options = options;
    this.#server = server;
    this.#authority = authority;
    server.on("request", (request: IncomingMessage, response) => {
      void this.#answer(new URL(request.url ?? "/", "https://here")).then(({ status, body }) => {
        response.writeHead(status, { "content-type": "application/json" });
        response.end(JSON.stringify(body));
      });
    });
  }

  static async start(options: ExternalMetricsOptions): Promise<ExternalMetrics> {
    const { namespace, name } = options.service;
    const authority = await createAuthority(`${name}-ca`);
    const identity = await issue(authority, { commonName: name, hosts: [`${name}.${namespace}.svc`] });
    const server = createServer({
      cert: identity.certificate,
      key: identity.privateKey,
      ca: options.clientCa,
      requestCert: true,
      rejectUnauthorized: true,
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new ExternalMetrics(options, server, authority.certificate);
  }

  /**
   * The Service and the APIService by which the API server passes requests on to here. It refuses loopback addresses
   * as endpoints of a Service, but resolves the name of an ExternalName Service itself.
   */
  manifests(): Manifest[] {
    const { namespace, name } = this.#options.service;
    const { port } = this.#server.address() as AddressInfo;
    const [group, version] = GROUP_VERSION.split("/");
    return [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { namespace, name },
        spec: { type: "ExternalName", externalName: "localhost" },
      },
      {
        apiVersion: "apiregistration.k8s.io/v1",
        kind: "APIService",
        metadata: { name: `${version}.${group}` },
        spec: {
          group,
          version,
          service: { namespace, name, port },
          caBundle: Buffer.from(this.#authority).toString("base64"),
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
    await this.#prometheus.close();
  }

  async #answer(url: URL): Promise<{ status: number; body: object }> {
    if (url.pathname === `/apis/${GROUP_VERSION}`) {
      return {
        status: 200,
        body: { kind: "APIResourceList", apiVersion: "v1", groupVersion: GROUP_VERSION, resources: [] },
      };
    }
    const [, namespace, metric] = METRIC_PATH.exec(url.pathname) ?? [];
    const query = metric === undefined ? undefined : this.#options.queries[metric];
    if (namespace === undefined || metric === undefined || query === undefined)
      return failed(404, "there is no such metric");
    const labels = { ...labelsOf(url.searchParams.get("labelSelector") ?? ""), namespace };
    const answer = await this.#prometheus.instant({ url: this.#options.prometheusUrl }, query);
    const reading = selectSample(answer, labels);
    if (!reading.ok) return failed(503, reading.message);
    const item = {
      metricName: metric,
      metricLabels: labels,
      timestamp: new Date(reading.at).toISOString().replace(/\.\d+Z$/, "Z"),
      value: `${Math.round(reading.value * 1_000)}m`,
    };
    return {
      status: 200,
      body: { kind: "ExternalMetricValueList", apiVersion: GROUP_VERSION, metadata: {}, items: [item] },
    };
  }
}

function failed(code: number, message: string): { status: number; body: object } {
  return { status: code, body: { kind: "Status", apiVersion: "v1", status: "Failure", message, code } };
}

/** The labels of a selector of equalities, `a=b,c=d`: the only kind that autoscalers of this demo send. */
function labelsOf(selector: string): Record<string, string> {
  const pairs = selector.split(",").filter((pair) => pair !== "");
  return Object.fromEntries(pairs.map((pair) => pair.split(/==?/, 2) as [string, string]));
}
