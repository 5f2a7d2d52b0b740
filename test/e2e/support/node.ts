import { inject } from "vitest";
import type { ClusterOptions } from "../../../dev/cluster/cluster.ts";
import { startRealNode, type RealNode } from "../../../dev/cluster/node/node.ts";
import "./images-setup.ts";

/** A real node that knows the images of this checkout. Stop it, or declare it with `await using`. */
export function startNode(options: Omit<ClusterOptions, "nodes" | "nodeAddress"> = {}): Promise<RealNode> {
  return startRealNode(Object.values(inject("images")), options);
}
