import { join } from "node:path";
import { answers, type Component } from "./component.ts";
import { freePort } from "./ports.ts";

const STAGES = join(import.meta.dirname, "stages");

/**
 * kwok plays the kubelet of every node. `podStages` is the path of a file of kwok Stages that take pods from Pending
 * to ready; without it they are ready at once.
 */
export async function kwok(
  options: { command: string; kubeconfig: string },
  podStages: string = join(STAGES, "pods-ready-at-once.yaml"),
): Promise<Component> {
  const address = `127.0.0.1:${await freePort()}`;
  return {
    name: "kwok",
    command: options.command,
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      "--manage-all-nodes",
      "--node-ip=127.0.0.1",
      "--cidr=10.244.0.0/16",
      "--node-lease-duration-seconds=40",
      `--server-address=${address}`,
      `--config=${join(STAGES, "nodes.yaml")}`,
      `--config=${podStages}`,
    ],
    ready: () => answers(`http://${address}/healthz`),
  };
}

/** Big nodes, so that what a test schedules always finds room unless it asks for more than there is. */
export function nodeManifests(count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node-${index}`,
      labels: { "kubernetes.io/hostname": `node-${index}`, "kubernetes.io/os": "linux", type: "kwok" },
    },
    status: { allocatable: resources, capacity: resources },
  }));
}

const resources = { cpu: "64", memory: "256Gi", pods: "1000" };
