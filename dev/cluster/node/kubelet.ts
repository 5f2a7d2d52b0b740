import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { answers, type Component } from "../component.ts";
import { freePort } from "../ports.ts";

export interface NodeProgram {
  command: string;
  directory: string;
  /** Path of its own identity's kubeconfig. */
  kubeconfig: string;
  nodeName: string;
}

export interface KubeletOptions extends NodeProgram {
  address: string;
  /** The container runtime's socket. */
  socket: string;
  /** Paths of PEM files: who may ask it, and what it shows to them. */
  files: { clientCa: string; certificate: string; privateKey: string };
}

/** A kubelet that takes a machine as it is: swap, either version of cgroups, no reserve for the system. */
export async function kubelet(options: KubeletOptions): Promise<Component> {
  const { directory, files } = options;
  const health = await freePort();
  const root = join(directory, "kubelet");
  await mkdir(root);
  const config = join(directory, "kubelet.json");
  const settings = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: options.address,
    containerRuntimeEndpoint: `unix://${options.socket}`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: files.clientCa },
    },
    authorization: { mode: "Webhook" },
    tlsCertFile: files.certificate,
    tlsPrivateKeyFile: files.privateKey,
    healthzBindAddress: "127.0.0.1",
    healthzPort: health,
    failCgroupV1: false,
    failSwapOn: false,
    cgroupDriver: "cgroupfs",
    cgroupsPerQOS: false,
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    // A full disk of the machine is no business of a test.
    evictionHard: { "memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%" },
    imageGCHighThresholdPercent: 100,
    podLogsDir: join(directory, "pod-logs"),
    resolvConf: "",
    nodeStatusUpdateFrequency: "5s",
    syncFrequency: "10s",
  };
  await writeFile(config, JSON.stringify(settings));
  return {
    name: "kubelet",
    command: options.command,
    args: [
      `--config=${config}`,
      `--kubeconfig=${options.kubeconfig}`,
      `--hostname-override=${options.nodeName}`,
      `--node-ip=${options.address}`,
      `--root-dir=${root}`,
      `--cert-dir=${join(directory, "kubelet-pki")}`,
    ],
    ready: () => answers(`http://127.0.0.1:${health}/healthz`),
  };
}

export async function kubeProxy(options: NodeProgram & { podSubnet: string }): Promise<Component> {
  const [health, metrics] = await Promise.all([freePort(), freePort()]);
  return {
    name: "kube-proxy",
    command: options.command,
    args: [
      `--kubeconfig=${options.kubeconfig}`,
      `--hostname-override=${options.nodeName}`,
      "--proxy-mode=iptables",
      `--cluster-cidr=${options.podSubnet}`,
      "--iptables-min-sync-period=100ms",
      // Settings of the kernel that a container may not change.
      "--conntrack-max-per-core=0",
      "--conntrack-tcp-timeout-established=0",
      "--conntrack-tcp-timeout-close-wait=0",
      `--healthz-bind-address=127.0.0.1:${health}`,
      `--metrics-bind-address=127.0.0.1:${metrics}`,
    ],
    ready: () => answers(`http://127.0.0.1:${health}/healthz`),
  };
}
