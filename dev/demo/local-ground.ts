import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createClient, type Client } from "../../src/kube/client.ts";
import { loadClusterConfig, type ClusterConfig } from "../../src/kube/config.ts";
import { configMaps } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { binariesFor, startCluster, type Cluster } from "../cluster/cluster.ts";
import type { Component } from "../cluster/component.ts";
import { ExternalMetrics } from "./external-metrics.ts";
import type { Ground } from "./ground.ts";
import { readCrds, type Example } from "./manifests.ts";
import { clusterWideRights, operatorProcess, writeOperatorKubeconfig } from "./operator.ts";
import { applyAll, installCrds, namespace, type Manifest } from "./resources.ts";
import { podStages, startDurations, type StartDistribution } from "./start-distribution.ts";
import type { Workshop } from "./workshop.ts";

const NODES = 3;
/** What such a cluster runs. */
export const LOCAL_BINARIES = binariesFor({ nodes: { count: NODES } });
const SYSTEM = "invoiceops-system";
const ADAPTER = { namespace: "monitoring", name: "external-metrics" };

/** A cluster of the demo's own on this machine: real control plane, nodes and pods played by kwok. */
export class LocalGround implements Ground {
  readonly client: Client & { readonly transport: Transport };
  readonly namespace: string;
  readonly startDurations: readonly number[];
  readonly #cluster: Cluster;
  readonly #config: ClusterConfig;
  readonly #query: string;
  #adapter: ExternalMetrics | undefined;

  private constructor(cluster: Cluster, durations: readonly number[], example: Example) {
    this.#cluster = cluster;
    this.startDurations = durations;
    this.namespace = example.service.metadata.namespace!;
    this.#query = example.service.spec.demand.query;
    this.#config = loadClusterConfig({ kubeconfig: cluster.adminKubeconfig });
    const transport = createTransport({ config: this.#config, clock: realClock });
    this.client = createClient(transport, { fieldManager: "demo" });
  }

  static async start(workshop: Workshop, example: Example, podStarts: StartDistribution): Promise<LocalGround> {
    const durations = startDurations(podStarts);
    const stages = join(workshop.directory, "pod-stages.yaml");
    await writeFile(stages, podStages(durations));
    const cluster = await startCluster({ nodes: { count: NODES, podStages: stages } });
    return new LocalGround(cluster, durations, example);
  }

  get access(): string {
    const { adminKubeconfig, kubectlPath } = this.#cluster.connection;
    return `\
export KUBECONFIG=${adminKubeconfig} PATH=${dirname(kubectlPath)}:$PATH
kubectl -n ${this.namespace} get invsvc,hpa,deploy
kubectl -n ${this.namespace} describe invsvc`;
  }

  async install(prometheusUrl: string): Promise<Component> {
    const { client } = this;
    await installCrds(client, readCrds());
    await applyAll(client, [SYSTEM, ADAPTER.namespace, this.namespace].map(namespace));
    await applyAll(client, clusterWideRights(SYSTEM));
    await this.#serveMetrics(prometheusUrl);
    const kubeconfig = join(this.#cluster.connection.directory, "operator.kubeconfig");
    await writeOperatorKubeconfig(kubeconfig, client.transport, this.#config, SYSTEM);
    return operatorProcess(kubeconfig);
  }

  fit({ calendar, deployment, autoscaler, service }: Example): Manifest[] {
    return [calendar, deployment, autoscaler, service];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.transport.close();
    await this.#adapter?.[Symbol.asyncDispose]();
    await this.#cluster.stop();
  }

  /** The metric that the example's autoscaler reads, as an adapter in a cluster would serve it. */
  async #serveMetrics(prometheusUrl: string): Promise<void> {
    const ref = { namespace: "kube-system", name: "extension-apiserver-authentication" };
    const authentication = await this.client.get(configMaps, ref);
    this.#adapter = await ExternalMetrics.start({
      prometheusUrl,
      queries: { http_requests_per_second: this.#query },
      service: ADAPTER,
      clientCa: authentication.data?.["requestheader-client-ca-file"] ?? "",
    });
    await applyAll(this.client, this.#adapter.manifests());
  }
}
