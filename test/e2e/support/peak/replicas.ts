import type { ReplicaCount } from "../../../../dev/demo/plain-hpa.ts";
import type { Client } from "../../../../src/kube/client.ts";
import { deployments, type Ref } from "../../../../src/kube/resource.ts";
import { realClock } from "../../../../src/runtime/clock.ts";

/** Looks at a Deployment twice a second until the signal; what an API server that is away does not tell is left out. */
export async function recordReplicas(client: Client, ref: Ref, signal: AbortSignal): Promise<ReplicaCount[]> {
  const counts: ReplicaCount[] = [];
  while (!signal.aborted) {
    const deployment = await client.get(deployments, ref).catch(() => undefined);
    if (deployment) {
      const { replicas = 0 } = deployment.spec ?? {};
      counts.push({ at: realClock.now(), replicas, ready: deployment.status?.readyReplicas ?? 0 });
    }
    await realClock.sleep(500, signal).catch(() => undefined);
  }
  return counts;
}
