import { join } from "node:path";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { eventually } from "./eventually.ts";

export const CRDS = join(import.meta.dirname, "../../crds");

/** Our kinds in the shared cluster. Several test files do this at the same time, which a server-side apply survives. */
export async function installCrds(cluster: ClusterAccess): Promise<void> {
  await cluster.kubectl(["apply", "--server-side", "--force-conflicts", "--field-manager=tests", "-f", CRDS]);
  // Established, and known to discovery and to explain, which follow a moment later.
  await eventually(async () => {
    for (const kind of ["invsvc", "fcal"]) await cluster.kubectl(["explain", `${kind}.status`]);
  }, 30_000);
}

/** A copy of an object with values set by their paths (`spec.scaling.lead`); undefined takes the field away. */
export function withValues(object: object, values: Readonly<Record<string, unknown>>): object {
  const copy = structuredClone(object);
  for (const [path, value] of Object.entries(values)) {
    const names = path.split(".");
    const last = names.pop() ?? "";
    let parent = copy as Record<string, unknown>;
    for (const name of names) parent = (parent[name] ??= {}) as Record<string, unknown>;
    if (value === undefined) delete parent[last];
    else parent[last] = value;
  }
  return copy;
}
