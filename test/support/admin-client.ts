import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { createClient, type Client } from "../../src/kube/client.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";

/** A client that may do everything. Whoever makes it closes its transport. */
export function adminClient(
  cluster: Pick<ClusterAccess, "adminConfig">,
  { fieldManager = "test" }: { fieldManager?: string } = {},
): Client & { transport: Transport } {
  // Tests ask as much as they like.
  const transport = createTransport({ config: cluster.adminConfig(), clock: realClock, qps: 1000, burst: 1000 });
  return createClient(transport, { fieldManager });
}
