import { join } from "node:path";
import { provideBinaries } from "../../dev/cluster/binaries.ts";
import { binariesFor } from "../../dev/cluster/cluster.ts";
import { runInside } from "../../dev/cluster/node/namespaces.ts";
import { NODE_BINARIES } from "../../dev/cluster/node/node.ts";
import { preflight } from "../../dev/cluster/node/preflight.ts";

/** Goes into a node's namespaces and measures there (node-process.ts). Returns the exit code. */
export async function benchOnNode(wanted: readonly string[]): Promise<number> {
  const { missing } = preflight();
  if (missing.length > 0) {
    console.error(`this needs a real node, for which this machine lacks: ${missing.join(", ")}`);
    return 1;
  }
  const tools = ["prometheus", "promtool", "vegeta", "helm3", "keda-operator", "keda-adapter"] as const;
  await provideBinaries([...binariesFor({ nodeAddress: "any" }), ...NODE_BINARIES, ...tools]);
  return runInside(process.execPath, [join(import.meta.dirname, "node-process.ts"), ...wanted]);
}
