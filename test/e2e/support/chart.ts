import { join } from "node:path";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import { HelmCommand, setting } from "./helm.ts";
import { OPERATOR_IMAGE } from "./images.ts";
import { restrictedNamespace } from "./operator-pod.ts";

export const CHART = join(import.meta.dirname, "../../../charts/invoiceops");
/** Namespace of the release, as in the docs. */
export const SYSTEM = "invoiceops-system";
export const RELEASE = "invoiceops";

/** The image of this checkout, as values of the chart. */
export function imageValues(): Record<string, string> {
  const [repository = "", tag = ""] = OPERATOR_IMAGE.split(":");
  return { "image.repository": repository, "image.tag": tag };
}

/** Installs the operator of this checkout in its image with its chart, and waits until it is ready. */
export async function installChart(cluster: Cluster, values: Readonly<Record<string, string>>): Promise<void> {
  await cluster.apply(restrictedNamespace(SYSTEM));
  const helm = await HelmCommand.of("helm3", cluster, SYSTEM);
  await helm.run("install", RELEASE, CHART, ...setting({ ...imageValues(), ...values }), "--wait", "--timeout=120s");
}
