import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { provideBinaries } from "./binaries.ts";
import { createAuthority, issue } from "./certificates.ts";
import type { Cluster } from "./cluster.ts";
import { answers } from "./component.ts";
import { moduleFolder } from "./module-folder.ts";
import { freePort } from "./ports.ts";

/**
 * Runs KEDA's operator beside the cluster, with its CRDs, until the cluster stops. It makes HPAs of ScaledObjects
 * and polls their sources. Without `adapter` those HPAs know no metric and hold their bounds only; with it KEDA's
 * metrics adapter runs as well, and is the cluster's external.metrics.k8s.io.
 */
export async function startKeda(cluster: Cluster, options: { adapter?: boolean } = {}): Promise<void> {
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
  if (options.adapter) await startAdapter(cluster, { certificates, grpc });
}

async function startAdapter(
  cluster: Cluster,
  { certificates, grpc }: { certificates: string; grpc: number },
): Promise<void> {
  const { "keda-adapter": command } = await provideBinaries(["keda-adapter"]);
  const [port, metrics] = await Promise.all([freePort(), freePort()]);
  const { adminKubeconfig, caFile } = cluster.connection;
  const kubeconfigs = ["lister", "authentication", "authorization"].map(
    (of) => `--${of}-kubeconfig=${adminKubeconfig}`,
  );
  await cluster.run({
    name: "keda-adapter",
    command,
    args: [
      ...kubeconfigs,
      "--bind-address=127.0.0.1",
      `--secure-port=${port}`,
      `--port=${metrics}`,
      `--metrics-service-address=localhost:${grpc}`,
      `--cert-dir=${certificates}`,
      `--tls-cert-file=${join(certificates, "tls.crt")}`,
      `--tls-private-key-file=${join(certificates, "tls.key")}`,
      `--client-ca-file=${caFile}`,
    ],
    env: { KUBECONFIG: adminKubeconfig, WATCH_NAMESPACE: "", POD_NAMESPACE: "kube-system" },
    ready: () => answers(`http://127.0.0.1:${metrics}/metrics`),
  });
  // The API server refuses loopback addresses as endpoints of a Service, but resolves this kind of name itself.
  const service = { namespace: "kube-system", name: "keda-metrics" };
  await cluster.apply([
    { apiVersion: "v1", kind: "Service", metadata: service, spec: { type: "ExternalName", externalName: "localhost" } },
    {
      apiVersion: "apiregistration.k8s.io/v1",
      kind: "APIService",
      metadata: { name: "v1beta1.external.metrics.k8s.io" },
      spec: {
        group: "external.metrics.k8s.io",
        version: "v1beta1",
        service: { ...service, port },
        // Its certificate is for the name by which it asks the operator.
        insecureSkipTLSVerify: true,
        groupPriorityMinimum: 100,
        versionPriority: 100,
      },
    },
  ]);
  await cluster.kubectl(["wait", "apiservice/v1beta1.external.metrics.k8s.io", "--for=condition=Available"]);
}

/** The module that the operator is built from also holds its CRDs. */
async function crdFolder(): Promise<string> {
  return join(await moduleFolder("keda"), "config", "crd", "bases");
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
