import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { InvoiceServiceManifest } from "../../src/api/v1alpha1/invoice-service.ts";
import { createClient, type Client } from "../../src/kube/client.ts";
import { loadClusterConfig } from "../../src/kube/config.ts";
import { Informer } from "../../src/kube/informer.ts";
import { deployments, type KubeObject } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import type { Cluster } from "../../dev/cluster/cluster.ts";

/** A fleet as in the peer's run: paused Deployments of one replica, one query and one schedule each. */

const NAMESPACE = "bench";
/** All services share it, each takes its own series. */
export const QUERY = "sum by (service) (rate(http_requests_total[2m]))";
const AT_ONCE = 50;

function connect(cluster: Cluster): { client: Client; transport: Transport } {
  const config = loadClusterConfig({ kubeconfig: cluster.adminKubeconfig });
  const transport = createTransport({ config, clock: realClock, qps: 1_000, burst: 1_000, userAgent: "bench" });
  return { client: createClient(transport, { fieldManager: "bench" }), transport };
}

export async function createFleet(cluster: Cluster, services: number): Promise<void> {
  const crds = join(import.meta.dirname, "../../crds");
  for (const file of await readdir(crds)) await cluster.kubectl(["apply", "-f", join(crds, file)]);
  await cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  await cluster.kubectl(["create", "namespace", NAMESPACE]);
  const { client, transport } = connect(cluster);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < services; index = next++) {
      await client.create(deployments, deployment(`svc-${index}`));
      await client.create<KubeObject>(invoiceServices, service(`svc-${index}`));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  await transport.close();
}

/** Counts, by a watch of its own, the services whose status is of their present generation. */
export async function whenAllReconciled(
  cluster: Cluster,
  services: number,
): Promise<{ seconds(since: number): Promise<number> }> {
  const { client, transport } = connect(cluster);
  const informer = new Informer({ client, transport, resource: invoiceServices, clock: realClock, log: silentLogger });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await informer.synced;
  const done = new Set<string>();
  const all = Promise.withResolvers<number>();
  informer.onChange(({ object: { metadata, status } }) => {
    if ((status?.observedGeneration ?? -1) < (metadata.generation ?? 1)) return;
    done.add(metadata.name);
    if (done.size === services) all.resolve(performance.now());
  });
  return {
    seconds: async (since) => {
      const at = await all.promise;
      stop.abort();
      await running;
      await transport.close();
      return (at - since) / 1_000;
    },
  };
}

function deployment(name: string): Parameters<Client["create"]>[1] & { spec: never } {
  const labels = { app: name };
  const spec = {
    replicas: 1,
    paused: true,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "app:1" }] } },
  };
  return { metadata: { name, namespace: NAMESPACE }, spec } as never;
}

function service(name: string): InvoiceServiceManifest {
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "InvoiceService",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      workload: { apiVersion: "apps/v1", kind: "Deployment", name },
      demand: { query: QUERY, select: { service: name } },
      scaling: {
        minReplicas: 1,
        maxReplicas: 10,
        perReplica: 100,
        target: "Scale",
        schedules: [
          { name: "office-hours", timeZone: "Asia/Shanghai", start: "0 9 * * 1-5", end: "0 17 * * 1-5", replicas: 1 },
        ],
      },
    },
  };
}
