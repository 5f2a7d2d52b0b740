import { expect, test } from "vitest";
import { startKeda } from "../../dev/cluster/keda.ts";
import { startOwnCluster } from "../support/cluster.ts";

test("KEDA's operator makes an HPA for a ScaledObject and follows its minReplicaCount", async () => {
  await using cluster = await startOwnCluster();
  await startKeda(cluster);
  const namespace = await cluster.createNamespace();
  const scaledObject = (minReplicaCount: number): object => ({
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: "web", namespace },
    spec: {
      scaleTargetRef: { name: "web" },
      minReplicaCount,
      maxReplicaCount: 9,
      triggers: [
        { type: "cron", metadata: { timezone: "Etc/UTC", start: "0 0 1 1 *", end: "0 1 1 1 *", desiredReplicas: "4" } },
      ],
    },
  });
  await cluster.apply([deployment(namespace), scaledObject(2)]);
  const bounds = async (): Promise<unknown> => {
    const { stdout } = await cluster.kubectl(["get", "hpa", `--namespace=${namespace}`, "--output=json"]);
    const { items } = JSON.parse(stdout) as { items: { spec: { minReplicas: number; maxReplicas: number } }[] };
    return items.map(({ spec }) => [spec.minReplicas, spec.maxReplicas]);
  };
  await expect.poll(bounds, { timeout: 60_000 }).toEqual([[2, 9]]);
  await cluster.apply(scaledObject(5));
  await expect.poll(bounds, { timeout: 60_000 }).toEqual([[5, 9]]);
});

function deployment(namespace: string): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "web" }] },
      },
    },
  };
}
