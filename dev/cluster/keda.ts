import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { provideBinaries } from "./binaries.ts";
import { createAuthority, issue } from "./certificates.ts";
import type { Cluster } from "./cluster.ts";
import { answers } from "./component.ts";
import { readPin } from "./pins.ts";
import { freePort } from "./ports.ts";

/**
 * Runs KEDA's operator beside the cluster, with its CRDs, until the cluster stops. It makes HPAs of ScaledObjects
 * and polls their sources; its metrics adapter does not run, so those HPAs know no metric and hold their bounds only.
 */
export async function startKeda(cluster: Cluster): Promise<void> {
  const { "keda-operator": command } = await provideBinaries(["keda-operator"]);
  // Server-side: one of the CRDs is too big for the annotation of a client-side apply.
  await cluster.kubectl(["apply", "--server-side", "-f", await crdFolder()]);
  const certificates = await writeCertificates(cluster.connection.directory);
  const [health, metrics, grpc] = await Promise.all([freePort(), freePort(), freePort()]);
  await cluster.run({
    name: "keda-operator",
    command,
    args: [
      `--kubeconfig=${cluster.adminKubeconfig}`,
      "--leader-elect=false",
      "--enable-cert-rotation=false",
      `--cert-dir=${certificates}`,
      `--health-probe-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
      `--metrics-service-bind-address=127.0.0.1:${grpc}`,
    ],
    // An empty WATCH_NAMESPACE is every namespace; without the last one it reads a file that only pods have.
    env: { WATCH_NAMESPACE: "", POD_NAMESPACE: "kube-system", KEDA_CLUSTER_OBJECT_NAMESPACE: "kube-system" },
    ready: () => answers(`http://127.0.0.1:${health}/readyz`),
  });
}

/** The module that the operator is built from also holds its CRDs. */
async function crdFolder(): Promise<string> {
  const pin = readPin("keda");
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", pin.module], { cwd: pin.directory });
  return join((JSON.parse(stdout) as { Dir: string }).Dir, "config", "crd", "bases");
}

/** For the port on which its metrics adapter would ask. */
async function writeCertificates(directory: string): Promise<string> {
  const folder = join(directory, "keda");
  await mkdir(folder);
  const ca = await createAuthority("keda");
  const own = await issue(ca, { commonName: "keda-operator", hosts: ["keda-operator", "localhost"] });
  await writeFile(join(folder, "ca.crt"), ca.certificate);
  await writeFile(join(folder, "tls.crt"), own.certificate);
  await writeFile(join(folder, "tls.key"), own.privateKey, { mode: 0o600 });
  return folder;
}
