import type { TestProject } from "vitest/node";
import { startCluster } from "../../dev/cluster/cluster.ts";

/** Starts the cluster that integration tests share, and ends it after the last of them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster({
    audit: true,
    nodes: { count: 2 },
    controllerManager: { hpaSyncPeriod: "1s", hpaDownscaleStabilization: "1s" },
  });
  project.provide("cluster", cluster.connection);
  return () => cluster.stop();
}
