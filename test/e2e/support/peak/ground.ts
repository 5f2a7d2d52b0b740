import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provideBinaries } from "../../../../dev/cluster/binaries.ts";
import type { RealNode } from "../../../../dev/cluster/node/node.ts";
import { freePort } from "../../../../dev/cluster/ports.ts";
import { ExternalMetrics } from "../../../../dev/demo/external-metrics.ts";
import { historyText } from "../../../../dev/demo/history.ts";
import type { ReplicaCount } from "../../../../dev/demo/plain-hpa.ts";
import { applyAll } from "../../../../dev/demo/resources.ts";
import { summarize, type Summary } from "../../../../dev/demo/summary.ts";
import { createClient, type Client } from "../../../../src/kube/client.ts";
import { configMaps } from "../../../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../../../src/kube/transport.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { SYSTEM } from "../chart.ts";
import { Load, type Answered } from "./load.ts";
import { METRIC, NAME, NAMESPACE, PER_REPLICA, QUERY, SERIES, UTILIZATION } from "./manifests.ts";
import { recordReplicas } from "./replicas.ts";
import { served, type Served } from "./served.ts";
import { keepTargets, scrapeConfiguration, type ScrapeJob } from "./targets.ts";
import { USUAL, type Timeline } from "./timeline.ts";

const MANIFESTS = join(import.meta.dirname, "../../../../examples/invoice-server/manifests.yaml");
const ADAPTER = { namespace: "monitoring", name: "external-metrics" };
const JOBS: readonly ScrapeJob[] = [
  { name: NAME, namespace: NAMESPACE, labelSelector: `app.kubernetes.io/name=${NAME}`, labels: SERIES },
  {
    name: "invoiceops",
    namespace: SYSTEM,
    labelSelector: "app.kubernetes.io/name=invoiceops",
    labels: { namespace: SYSTEM },
  },
];
/** Until the history no longer counts as load of today. */
const SILENCE_MS = 120_000;

/** A moment, and a value as Prometheus writes it. */
type Sample = [at: number, value: string];
interface Vector {
  resultType: "vector";
  result: { value: Sample }[];
}
interface Scalar {
  resultType: "scalar";
  result: Sample;
}

export interface Outcome {
  served: Served;
  /** Replicas measured against the load that was offered. */
  summary: Summary;
  replicas: readonly ReplicaCount[];
  answers: readonly Answered[];
}

/**
 * The sample service on a node, before anything scales it: a Prometheus that scrapes it, with four weeks of history,
 * and the adapter by which autoscalers read the load from there.
 */
export class PeakGround implements AsyncDisposable {
  readonly node: RealNode;
  readonly client: Client & { readonly transport: Transport };
  /** As pods reach it. */
  readonly prometheusUrl: string;
  readonly #adapter: ExternalMetrics | undefined;
  readonly #folder: string;
  readonly #ended = new AbortController();

  private constructor(
    node: RealNode,
    client: Client & { readonly transport: Transport },
    parts: { prometheusUrl: string; adapter: ExternalMetrics | undefined; folder: string },
  ) {
    this.node = node;
    this.client = client;
    this.prometheusUrl = parts.prometheusUrl;
    this.#adapter = parts.adapter;
    this.#folder = parts.folder;
    void keepTargets(client, this.#folder, JOBS, this.#ended.signal);
  }

  /** Without `adapter` autoscalers read nothing, until something else serves them. */
  static async prepare(node: RealNode, { adapter: withAdapter = true } = {}): Promise<PeakGround> {
    const { cluster } = node;
    const client = createClient(createTransport({ config: cluster.adminConfig(), clock: realClock }), {
      fieldManager: "e2e",
    });
    const folder = await mkdtemp(join(tmpdir(), "peak-"));
    const names = [NAMESPACE, ADAPTER.namespace];
    await cluster.apply(names.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
    await cluster.kubectl(["apply", `--namespace=${NAMESPACE}`, "-f", MANIFESTS]);
    const prometheusUrl = await startPrometheus(node, folder);
    const adapter = withAdapter ? await serveMetrics(client, prometheusUrl) : undefined;
    return new PeakGround(node, client, { prometheusUrl, adapter, folder });
  }

  /** The values of an instant query, one a series. Rejects with what Prometheus says of a query that it refuses. */
  async ask(query: string): Promise<number[]> {
    const response = await fetch(`${this.prometheusUrl}/api/v1/query`, {
      method: "POST",
      body: new URLSearchParams({ query }),
    });
    const answer = (await response.json()) as { data?: Vector | Scalar; error?: string };
    if (!answer.data) throw new Error(`${query}: ${answer.error}`);
    const { data } = answer;
    return data.resultType === "scalar" ? [Number(data.result[1])] : data.result.map(({ value }) => Number(value[1]));
  }

  /** Waits until so many replicas of the sample are ready. */
  async settled(replicas: number): Promise<void> {
    const { cluster } = this.node;
    const condition = `--for=jsonpath={.status.readyReplicas}=${replicas}`;
    await cluster.kubectl(["wait", `deployment/${NAME}`, `--namespace=${NAMESPACE}`, condition, "--timeout=120s"]);
  }

  /** The load of the timeline, which must not have begun, and what came of it. `meanwhile` runs beside it. */
  async play(timeline: Timeline, meanwhile: (signal: AbortSignal) => Promise<void> = async () => {}): Promise<Outcome> {
    if (realClock.now() > timeline.start)
      throw new Error("the machine is too slow: the load should have begun already");
    const { vegeta } = await provideBinaries(["vegeta"]);
    const { stdout: address } = await this.node.cluster.kubectl([
      "get",
      `service/${NAME}`,
      `--namespace=${NAMESPACE}`,
      "--output=jsonpath={.spec.clusterIP}",
    ]);
    const load = new Load(vegeta, `http://${address}:8080/invoices`, this.#folder);
    const over = new AbortController();
    const recording = recordReplicas(this.client, { namespace: NAMESPACE, name: NAME }, over.signal);
    try {
      const [answers] = await Promise.all([load.run(timeline, over.signal), meanwhile(over.signal)]);
      over.abort();
      const replicas = await recording;
      const summary = summarize({
        from: timeline.start,
        to: timeline.end,
        offered: load.offered,
        operator: replicas,
        plain: [],
        perReplica: PER_REPLICA,
        utilization: UTILIZATION,
      });
      return { served: served(answers), summary, replicas, answers };
    } finally {
      over.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#adapter?.[Symbol.asyncDispose]();
    await this.client.transport.close();
  }
}

async function serveMetrics(client: Client, prometheusUrl: string): Promise<ExternalMetrics> {
  const authentication = await client.get(configMaps, {
    namespace: "kube-system",
    name: "extension-apiserver-authentication",
  });
  const adapter = await ExternalMetrics.start({
    prometheusUrl,
    queries: { [METRIC]: QUERY },
    service: ADAPTER,
    clientCa: authentication.data?.["requestheader-client-ca-file"] ?? "",
  });
  await applyAll(client, adapter.manifests());
  return adapter;
}

async function startPrometheus(node: RealNode, folder: string): Promise<string> {
  const history = join(folder, "history.om");
  const end = Math.floor((realClock.now() - SILENCE_MS) / 1_000) * 1_000;
  await writeFile(
    history,
    historyText(() => USUAL, SERIES, end),
  );
  const address = `${node.address}:${await freePort()}`;
  await node.cluster.startPrometheus({
    config: scrapeConfiguration(folder, JOBS),
    history,
    // Beside the one on loopback: where pods reach it.
    args: [`--web.listen-address=${address}`],
  });
  return `http://${address}`;
}
