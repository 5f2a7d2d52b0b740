import { inject } from "vitest";
import { ClusterAccess, type Connection } from "../../dev/cluster/access.ts";
import { startCluster, type Cluster, type ClusterOptions } from "../../dev/cluster/cluster.ts";

declare module "vitest" {
  interface ProvidedContext {
    cluster: Connection;
  }
}

let shared: ClusterAccess | undefined;

/**
 * The control plane that all test files of a run share: started once by cluster-setup.ts, with two kwok nodes and an
 * audit log. Work in a namespace of your own (`createNamespace`), and leave the API server alone.
 */
export async function useCluster(): Promise<ClusterAccess> {
  shared ??= new ClusterAccess(inject("cluster"));
  return shared;
}

/**
 * A control plane for one test alone, to be killed, compacted or restarted: etcd and the API server, more when the
 * options ask for it. Stop it, or declare it with `await using`; it is gone with the test process in any case.
 */
export function startOwnCluster(options: ClusterOptions = {}): Promise<Cluster> {
  return startCluster({ audit: true, controllerManager: false, ...options });
}
