import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { provideBinaries, type BinaryName } from "../binaries.ts";
import { issue, type Identity, type Subject } from "../certificates.ts";
import { startCluster, type Cluster, type ClusterOptions } from "../cluster.ts";
import { writeKubeconfig } from "../kubeconfig.ts";
import { Containerd } from "./containerd.ts";
import { kubelet, kubeProxy } from "./kubelet.ts";
import { isInside } from "./namespaces.ts";
import { PodNetwork } from "./network.ts";

export const NODE_BINARIES: readonly BinaryName[] = ["kubelet", "kube-proxy"];

const NAME = "node-1";

/**
 * One real node: containers by containerd, pods by the kubelet, Services by kube-proxy, under a control plane of its
 * own. Needs root, and namespaces of its own (namespaces.ts).
 */
export class RealNode implements AsyncDisposable {
  readonly cluster: Cluster;
  /** At which it reaches pods and they it. */
  readonly address: string;
  readonly #network: PodNetwork;
  readonly #containerd: Containerd;
  readonly #directory: string;

  constructor(cluster: Cluster, network: PodNetwork, containerd: Containerd, directory: string) {
    this.cluster = cluster;
    this.address = network.address;
    this.#network = network;
    this.#containerd = containerd;
    this.#directory = directory;
  }

  /** Makes the images of an archive (docker's format) known to the node. Pods name them with `imagePullPolicy: IfNotPresent`. */
  importImages(archive: string): Promise<void> {
    return this.#containerd.importImages(archive);
  }

  /** Sends a signal to the first process of a container, as something outside of it would. `id` is that of the pod's status. */
  signal(id: string, signal: NodeJS.Signals): Promise<void> {
    return this.#containerd.kill(id.replace("containerd://", ""), signal);
  }

  /** From now on pods do not reach the API server: their connections to it are reset. The node itself does. */
  async hideApiServer(): Promise<void> {
    await this.#network.refuse(this.#apiServerPort, true);
  }

  async showApiServer(): Promise<void> {
    await this.#network.refuse(this.#apiServerPort, false);
  }

  get #apiServerPort(): number {
    return Number(new URL(this.cluster.server).port);
  }

  /** Pods first, then what runs them, then the control plane; nothing stays. */
  async stop(): Promise<void> {
    await this.cluster.end("kubelet");
    await this.#containerd.killAll();
    await this.cluster.end("kube-proxy");
    await this.cluster.end("containerd");
    await unmountBelow(this.#directory);
    await unmountBelow("/run/netns");
    await rm(this.#directory, { recursive: true, force: true });
    await this.#network.remove();
    await this.cluster.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/**
 * Starts it, building what is missing first. `archives` are images that it knows from the start; one of them has the
 * pause image (pause.ts).
 */
export async function startRealNode(
  archives: readonly string[],
  options: Omit<ClusterOptions, "nodes" | "nodeAddress"> = {},
): Promise<RealNode> {
  if (!isInside()) throw new Error("a real node starts only in namespaces of its own: INVOICEOPS_E2E=1 npm test");
  const paths = await provideBinaries(["kubelet", "kube-proxy"]);
  const network = await PodNetwork.create();
  const cluster = await startCluster({ ...options, nodeAddress: network.address });
  // In memory, as all of /run here: the file systems of containers cannot lie on every kind of disk.
  const directory = await mkdtemp("/run/invoiceops-node-");
  const containerd = new Containerd(directory);
  const node = new RealNode(cluster, network, containerd, directory);
  try {
    await cluster.run(await containerd.component(network));
    for (const archive of archives) await node.importImages(archive);
    await startKubelet(node, paths, { directory, socket: containerd.socket, subnet: network.subnet });
    await cluster.kubectl(["wait", "node", NAME, "--for=condition=Ready", "--timeout=60s"]);
    return node;
  } catch (error) {
    await node.stop();
    throw error;
  }
}

async function startKubelet(
  { cluster, address }: RealNode,
  paths: Record<"kubelet" | "kube-proxy", string>,
  { directory, socket, subnet }: { directory: string; socket: string; subnet: string },
): Promise<void> {
  const { server, ca, caFile } = cluster.connection;
  const authority: Identity = {
    certificate: ca,
    privateKey: await readFile(join(dirname(caFile), "caKey.pem"), "utf8"),
  };
  const as = async (subject: Subject): Promise<string> => {
    const kubeconfig = join(directory, `${subject.commonName.replaceAll(":", "-")}.kubeconfig`);
    await writeKubeconfig(kubeconfig, { server, ca, user: await issue(authority, subject) });
    return kubeconfig;
  };
  const serving = await issue(authority, { commonName: `system:node:${NAME}`, hosts: [address, NAME] });
  const files = {
    clientCa: caFile,
    certificate: join(directory, "kubelet.pem"),
    privateKey: join(directory, "kubelet-key.pem"),
  };
  await writeFile(files.certificate, serving.certificate);
  await writeFile(files.privateKey, serving.privateKey, { mode: 0o600 });
  const common = { directory, nodeName: NAME };
  const nodeKubeconfig = await as({ commonName: `system:node:${NAME}`, organization: "system:nodes" });
  const proxyKubeconfig = await as({ commonName: "system:kube-proxy" });
  const kubeletOptions = { ...common, command: paths.kubelet, kubeconfig: nodeKubeconfig, address, socket, files };
  const proxyOptions = { ...common, command: paths["kube-proxy"], kubeconfig: proxyKubeconfig, podSubnet: subnet };
  await Promise.all([cluster.run(await kubelet(kubeletOptions)), cluster.run(await kubeProxy(proxyOptions))]);
}

/** What the kubelet and containerd leave: tokens of pods, file systems and namespaces of containers. */
async function unmountBelow(folder: string): Promise<void> {
  const table = await readFile("/proc/self/mountinfo", "utf8");
  const places = table.split("\n").flatMap((line) => line.split(" ")[4] ?? []);
  // The last that was mounted lies on top.
  for (const place of places.filter((path) => path.startsWith(`${folder}/`)).toReversed()) {
    await promisify(execFile)("umount", ["--lazy", place]);
  }
}
