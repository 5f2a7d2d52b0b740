import { once } from "node:events";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import type { IncomingMessage } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPrometheusStub, type PrometheusStub } from "../../test/support/prometheus-stub.ts";
import { createAuthority, issue, type Identity } from "../cluster/certificates.ts";
import { ExternalMetrics } from "./external-metrics.ts";

const SERVICE = { namespace: "monitoring", name: "external-metrics" };
const METRIC = "/apis/external.metrics.k8s.io/v1beta1/namespaces/billing/http_requests_per_second";

/** TLS 1.3 tells a client of a refused certificate after the handshake: as an alert, or by cutting the connection. */
const REFUSED = /certificate|ECONNRESET|EPIPE|socket hang up/;

let prometheus: PrometheusStub;
let metrics: ExternalMetrics;
let apiServer: Identity;

beforeAll(async () => {
  prometheus = await createPrometheusStub();
  const frontProxy = await createAuthority("front-proxy-ca");
  apiServer = await issue(frontProxy, { commonName: "front-proxy" });
  metrics = await ExternalMetrics.start({
    prometheusUrl: prometheus.url,
    queries: { http_requests_per_second: "sum by (namespace, service) (rate(http_requests_total[1m]))" },
    service: SERVICE,
    clientCa: frontProxy.certificate,
  });
});

afterAll(async () => {
  await metrics[Symbol.asyncDispose]();
  await prometheus.close();
});

beforeEach(() => {
  prometheus.answer([
    { labels: { namespace: "billing", service: "vat-api" }, value: 2_500.25 },
    { labels: { namespace: "billing", service: "archive" }, value: 7 },
  ]);
});

/** As the API server asks: by the name and authority in the APIService, with its own client certificate. */
async function ask(path: string, client: Partial<Identity> = apiServer): Promise<{ status: number; body: unknown }> {
  const [, apiService] = metrics.manifests() as unknown as { spec: { caBundle: string; service: { port: number } } }[];
  const { caBundle, service } = apiService!.spec;
  const asking = request({
    host: "127.0.0.1",
    port: service.port,
    path,
    servername: `${SERVICE.name}.${SERVICE.namespace}.svc`,
    ca: Buffer.from(caBundle, "base64"),
    cert: client.certificate,
    key: client.privateKey,
    agent: false,
  }).end();
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: JSON.parse(await text(answer)) as unknown };
}

describe("an autoscaler's question", () => {
  it("is answered with the series of its namespace and labels", async () => {
    expect(await ask(`${METRIC}?labelSelector=service%3Dvat-api`)).toMatchObject({
      status: 200,
      body: {
        kind: "ExternalMetricValueList",
        items: [{ metricName: "http_requests_per_second", metricLabels: { service: "vat-api" }, value: "2500250m" }],
      },
    });
  });

  it.each([
    ["of a metric that is not served", METRIC.replace("per_second", "per_hour"), 404, "there is no such metric"],
    [
      "of another namespace",
      `${METRIC.replace("billing", "other")}?labelSelector=service%3Dvat-api`,
      503,
      "none of 2 series matches",
    ],
    ["that fits several series", METRIC, 503, "2 series"],
    ["of another kind", "/openapi/v2", 404, "there is no such metric"],
  ])("%s is refused", async (_, path, status, message) => {
    expect(await ask(path)).toMatchObject({
      status,
      body: { kind: "Status", message: expect.stringContaining(message) },
    });
  });

  it("is no zero when Prometheus does not answer", async () => {
    prometheus.answer({ status: 500, body: "broken" });
    expect(await ask(`${METRIC}?labelSelector=service%3Dvat-api`)).toMatchObject({ status: 503 });
  });
});

it("discovery finds the group and its version", async () => {
  expect(await ask("/apis/external.metrics.k8s.io/v1beta1")).toMatchObject({
    status: 200,
    body: { kind: "APIResourceList" },
  });
});

it("nobody but the API server is answered", async () => {
  const stranger = await issue(await createAuthority("front-proxy-ca"), { commonName: "front-proxy" });
  await expect(ask(METRIC, {})).rejects.toThrow(REFUSED);
  await expect(ask(METRIC, stranger)).rejects.toThrow(REFUSED);
});
