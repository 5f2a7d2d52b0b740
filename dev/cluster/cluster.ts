import { join } from "node:path";
import { ClusterAccess, type Connection } from "./access.ts";
import { apiServer, type ApiServer } from "./api-server.ts";
import { provideBinaries, type BinaryName } from "./binaries.ts";
import type { Identity } from "./certificates.ts";
import { startComponent, type Component } from "./component.ts";
import { controllerManager, scheduler, type ControllerManagerSettings } from "./controllers.ts";
import { createCredentials, type Credentials } from "./credentials.ts";
import { etcd } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { kwok, nodeManifests } from "./kwok.ts";
import { prepareHistory, prometheus, type PrometheusOptions } from "./prometheus.ts";
import { Supervisor } from "./supervisor/client.ts";

export interface ClusterOptions {
  /** kube-controller-manager runs unless this is false. */
  controllerManager?: ControllerManagerSettings | false;
  /** Nodes played by kwok; with them the scheduler runs, and pods become ready. They need the controller manager. */
  nodes?: NodesOptions;
  /**
   * This machine's address on the network of real pods, when a real node is to follow (node/node.ts): the scheduler
   * runs, pods reach the API server at that address, and it reaches the kubelet.
   */
  nodeAddress?: string;
  /** Write the audit log, for auditEvents. */
  audit?: boolean;
  /** More flags of kube-apiserver. */
  apiServerArgs?: readonly string[];
}

interface NodesOptions {
  count: number;
  /** Path of a file of kwok Stages that make pods ready; left out, they are ready at once. */
  podStages?: string;
}

/** The binaries that a cluster with these options runs, in the order in which they are best built. */
export function binariesFor(options: ClusterOptions): BinaryName[] {
  return [
    "etcd",
    "kube-apiserver",
    "kubectl",
    ...(options.controllerManager === false ? [] : (["kube-controller-manager"] as const)),
    ...(options.nodes || options.nodeAddress ? (["kube-scheduler"] as const) : []),
    ...(options.nodes ? (["kwok"] as const) : []),
  ];
}

/**
 * A control plane on this machine's loopback. It ends with `stop()` or with this process, also when that is killed;
 * nothing of it stays behind.
 */
export class Cluster extends ClusterAccess {
  readonly #supervisor: Supervisor;
  readonly #apiServer: ApiServer;

  constructor(connection: Connection, supervisor: Supervisor, server: ApiServer) {
    super(connection);
    this.#supervisor = supervisor;
    this.#apiServer = server;
  }

  /** Process id of the supervisor, which owns everything else of the cluster. */
  get pid(): number {
    return this.#supervisor.pid;
  }

  /** Runs one more program in the cluster's care and waits until it is ready; it ends with the cluster. */
  run(component: Component): Promise<{ pid: number }> {
    return startComponent(this.#supervisor, component);
  }

  /** Ends a program by its name, such as `kwok`; its log stays. */
  end(name: string, signal?: NodeJS.Signals): Promise<void> {
    return this.#supervisor.stop(name, signal);
  }

  /** The last lines that a program of the cluster wrote. */
  logTail(name: string, lines?: number): string {
    return this.#supervisor.logTail(name, lines);
  }

  /** Ends the API server: with SIGKILL it gets no chance to close its connections. */
  stopApiServer(signal?: NodeJS.Signals): Promise<void> {
    return this.end(this.#apiServer.name, signal);
  }

  /** Starts the API server again, at the same address and on the same data. */
  async startApiServer(): Promise<void> {
    await this.run(this.#apiServer);
  }

  async restartApiServer(signal?: NodeJS.Signals): Promise<void> {
    await this.stopApiServer(signal);
    await this.startApiServer();
  }

  /** Starts a Prometheus beside the cluster and returns its URL. */
  async startPrometheus(options: PrometheusOptions): Promise<{ url: string }> {
    const paths = await provideBinaries(["prometheus", "promtool"]);
    if (options.history) await prepareHistory(paths.promtool, this.connection.directory, options.history);
    const server = await prometheus(paths.prometheus, this.connection.directory, options);
    await this.run(server);
    return { url: server.url };
  }

  /** Ends every program of the cluster and removes its directory. */
  stop(): Promise<void> {
    return this.#supervisor.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

/** Starts a cluster, building what is missing first. When it cannot, nothing is left behind. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const paths = await provideBinaries(binariesFor(options));
  const supervisor = await Supervisor.start();
  try {
    return await startIn(supervisor, paths, options);
  } catch (error) {
    await supervisor.end();
    throw error;
  }
}

type Paths = Partial<Record<BinaryName, string>>;

async function startIn(supervisor: Supervisor, paths: Paths, options: ClusterOptions): Promise<Cluster> {
  const { directory } = supervisor;
  const store = await etcd(paths.etcd!, directory);
  const [credentials] = await Promise.all([createCredentials(directory), startComponent(supervisor, store)]);
  const server = await apiServer({
    command: paths["kube-apiserver"]!,
    directory,
    credentials,
    etcdEndpoint: store.endpoint,
    audit: options.audit ?? false,
    ...(options.nodeAddress === undefined ? {} : { nodeAddress: options.nodeAddress }),
    args: options.apiServerArgs ?? [],
  });
  const adminKubeconfig = join(directory, "admin.kubeconfig");
  await writeKubeconfig(adminKubeconfig, { server: server.server, ca: credentials.ca, user: credentials.admin });
  const cluster = new Cluster(
    {
      server: server.server,
      ca: credentials.ca,
      caFile: credentials.files.ca,
      adminKubeconfig,
      etcdEndpoint: store.endpoint,
      ...(options.audit && { auditLog: server.auditLog }),
      kubectlPath: paths.kubectl!,
      directory,
    },
    supervisor,
    server,
  );
  await cluster.startApiServer();
  await startControllers(cluster, credentials, paths, options);
  return cluster;
}

async function startControllers(
  cluster: Cluster,
  credentials: Credentials,
  paths: Paths,
  options: ClusterOptions,
): Promise<void> {
  const { directory, server } = cluster.connection;
  const as = async (name: BinaryName, user: Identity) => {
    const kubeconfig = join(directory, `${name}.kubeconfig`);
    await writeKubeconfig(kubeconfig, { server, ca: credentials.ca, user });
    return { command: paths[name]!, credentials, kubeconfig };
  };
  const components: Component[] = [];
  if (options.controllerManager !== false) {
    const own = await as("kube-controller-manager", credentials.controllerManager);
    components.push(await controllerManager(own, options.controllerManager));
  }
  if (options.nodes || options.nodeAddress) {
    components.push(await scheduler(await as("kube-scheduler", credentials.scheduler)));
  }
  if (options.nodes) {
    components.push(await kwok(await as("kwok", credentials.kwok), options.nodes.podStages));
    await cluster.apply(nodeManifests(options.nodes.count));
  }
  await Promise.all(components.map((component) => cluster.run(component)));
  if (options.nodes) await cluster.kubectl(["wait", "nodes", "--all", "--for=condition=Ready", "--timeout=30s"]);
}
