import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import { OPERATOR_IMAGE } from "./images.ts";

const CHART = join(import.meta.dirname, "../../../charts/invoiceops");
/** Namespace of the release, as in the docs. */
export const SYSTEM = "invoiceops-system";
const RELEASE = "invoiceops";

/** Runs helm 3 on the cluster, as its admin, in the release's namespace. Rejects with what it wrote to standard error. */
async function helm(cluster: Cluster, args: readonly string[]): Promise<string> {
  const { helm3 } = await provideBinaries(["helm3"]);
  const { directory, adminKubeconfig } = cluster.connection;
  try {
    const { stdout } = await promisify(execFile)(helm3, [...args, `--namespace=${SYSTEM}`], {
      env: { PATH: process.env["PATH"], HOME: directory, KUBECONFIG: adminKubeconfig },
      maxBuffer: 64e6,
    });
    return stdout;
  } catch (error) {
    const { stderr, stdout } = error as { stderr?: string; stdout?: string };
    throw new Error(`helm ${args.join(" ")}: ${stderr?.trim() || String(error)}\n${stdout ?? ""}`, { cause: error });
  }
}

/** Installs the operator of this checkout in its image with its chart, and waits until it is ready. */
export async function installChart(cluster: Cluster, values: Readonly<Record<string, string>>): Promise<void> {
  const namespace = { name: SYSTEM, labels: { "pod-security.kubernetes.io/enforce": "restricted" } };
  await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: namespace });
  const [repository, tag] = OPERATOR_IMAGE.split(":");
  const all = { "image.repository": repository, "image.tag": tag, ...values };
  const settings = Object.entries(all).map(([key, value]) => `--set-string=${key}=${value}`);
  await helm(cluster, ["install", RELEASE, CHART, ...settings, "--wait", "--timeout=120s"]);
}
