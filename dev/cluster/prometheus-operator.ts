import { join } from "node:path";
import type { ClusterAccess } from "./access.ts";
import { moduleFolder } from "./module-folder.ts";

const KINDS = ["servicemonitors", "podmonitors", "prometheusrules"];

/** The Prometheus Operator's own kinds, without the operator. They stay in the cluster. */
export async function installPrometheusOperatorKinds(cluster: ClusterAccess): Promise<void> {
  const folder = join(await moduleFolder("prometheus-operator"), "example", "prometheus-operator-crd");
  const files = KINDS.flatMap((kind) => ["-f", join(folder, `monitoring.coreos.com_${kind}.yaml`)]);
  await cluster.kubectl(["apply", "--server-side", ...files]);
  const crds = KINDS.map((kind) => `crd/${kind}.monitoring.coreos.com`);
  await cluster.kubectl(["wait", "--for=condition=Established", ...crds]);
}
