import { execFile } from "node:child_process";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { provideBinaries } from "../binaries.ts";
import type { Cluster } from "../cluster.ts";
import { accepts, answers } from "../component.ts";
import { readPin } from "../pins.ts";
import { freePort } from "../ports.ts";
import { ARGOCD_NAMESPACE, CONTROLLER_ACCOUNT, argoCdManifests } from "./manifests.ts";
import { findRedis } from "./requirements.ts";

export interface ArgoCdOptions {
  /** What is added to the settings that its own install brings, as an administrator merges it into argocd-cm. */
  settings: Readonly<Record<string, string>>;
  /** How often Git and the cluster are compared where nothing has been heard of a change; Argo CD's default is 120. */
  resyncSeconds: number;
}

/** Argo CD as it is installed, but as plain processes: redis, repo-server, application-controller and API server. */
export class ArgoCd {
  /** Such as `v3.2.6`. */
  readonly version: string;
  readonly #command: string;
  readonly #apiPort: number;
  readonly #home: string;

  constructor(options: { version: string; command: string; apiPort: number; home: string }) {
    this.version = options.version;
    this.#command = options.command;
    this.#apiPort = options.apiPort;
    this.#home = options.home;
  }

  /** Runs an action on a resource of an Application, as the button of the user interface does. */
  async runAction(
    application: string,
    resource: { group: string; version: string; kind: string; namespace: string; name: string },
    action: string,
    params: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const { name: resourceName, ...rest } = resource;
    const resourceActionParameters = Object.entries(params).map(([name, value]) => ({ name, value }));
    const body = { name: application, resourceName, ...rest, action, resourceActionParameters };
    const url = `http://127.0.0.1:${this.#apiPort}/api/v1/applications/${application}/resource/actions/v2`;
    const headers = { "content-type": "application/json" };
    const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`action ${action}: ${response.status} ${await response.text()}`);
  }

  /** Runs the command line `argocd` against the API server, as the one user that there is without log-ins. */
  async cli(...args: string[]): Promise<string> {
    const all = [...args, "--server", `127.0.0.1:${this.#apiPort}`, "--plaintext", "--grpc-web"];
    const { stdout } = await promisify(execFile)(this.#command, all, { env: environment(this.#home) });
    return stdout;
  }
}

/**
 * Runs Argo CD beside the cluster until that stops. It works on this very cluster, known to it by its usual name
 * https://kubernetes.default.svc, as a ServiceAccount that may do everything, as its own install has it.
 */
export async function startArgoCd(cluster: Cluster, options: ArgoCdOptions): Promise<ArgoCd> {
  const [{ argocd: command, helm3 }, redis] = await Promise.all([provideBinaries(["argocd", "helm3"]), findRedis()]);
  const home = join(cluster.connection.directory, "argocd");
  for (const folder of ["bin", "tls", "ssh", "redis"]) await mkdir(join(home, folder), { recursive: true });
  await symlink(helm3, join(home, "bin", "helm"));
  const install = await ownManifests();
  for (const crd of CRDS) await cluster.kubectl(["apply", "--server-side", "-f", join(install, "crds", crd)]);
  const { data } = parse(await readFile(join(install, "base/config/argocd-cm.yaml"), "utf8")) as {
    data: Record<string, string>;
  };
  await cluster.apply(argoCdManifests({ ...data, ...options.settings }));
  await cluster.kubectl(["wait", "crds", "--all", "--for=condition=Established", "--timeout=60s"]);
  const kubeconfig = await cluster.serviceAccountKubeconfig(ARGOCD_NAMESPACE, CONTROLLER_ACCOUNT);

  const ports = await Promise.all(Array.from({ length: 7 }, () => freePort()));
  const [redisPort, repoPort, repoMetrics, controllerMetrics, apiPort, apiMetrics] = ports as [
    number,
    ...[number, number, number, number, number, number],
  ];
  const shared = [`--redis=127.0.0.1:${redisPort}`, "--logformat=text"];
  const repoServer = [`--repo-server=127.0.0.1:${repoPort}`, "--repo-server-plaintext"];
  const program = (name: string, args: readonly string[], ready: () => Promise<boolean>) => ({
    name,
    command,
    args: [...args, ...shared],
    env: {
      ...environment(home),
      ARGOCD_BINARY_NAME: name,
      // The cluster by its usual name is the one of the kubeconfig.
      ARGOCD_FAKE_IN_CLUSTER: "true",
      KUBECONFIG: kubeconfig,
      // How long an answer of Git is remembered follows from it in the repo-server.
      ARGOCD_RECONCILIATION_TIMEOUT: `${options.resyncSeconds}s`,
    },
    ready,
  });

  await Promise.all([
    cluster.run({
      name: "redis",
      command: redis,
      args: ["--bind", "127.0.0.1", "--port", `${redisPort}`, "--save", "", "--dir", join(home, "redis")],
      ready: () => accepts(redisPort),
    }),
    cluster.run(
      program(
        "argocd-repo-server",
        [
          "--disable-tls",
          "--address=127.0.0.1",
          `--port=${repoPort}`,
          "--metrics-address=127.0.0.1",
          `--metrics-port=${repoMetrics}`,
        ],
        // The address of its probes is that of its metrics.
        async () => (await accepts(repoPort)) && (await answers(`http://127.0.0.1:${repoMetrics}/healthz`)),
      ),
    ),
  ]);
  await Promise.all([
    cluster.run(
      program(
        "argocd-application-controller",
        [
          ...repoServer,
          `--namespace=${ARGOCD_NAMESPACE}`,
          `--app-resync=${options.resyncSeconds}`,
          "--app-resync-jitter=0",
          `--metrics-port=${controllerMetrics}`,
          // Each resource's health stands in the Application, for tests to read.
          "--persist-resource-health",
        ],
        () => answers(`http://127.0.0.1:${controllerMetrics}/healthz`),
      ),
    ),
    cluster.run(
      program(
        "argocd-server",
        [
          ...repoServer,
          `--namespace=${ARGOCD_NAMESPACE}`,
          "--address=127.0.0.1",
          `--port=${apiPort}`,
          "--metrics-address=127.0.0.1",
          `--metrics-port=${apiMetrics}`,
          "--insecure",
          "--disable-auth",
        ],
        () => answers(`http://127.0.0.1:${apiPort}/healthz`),
      ),
    ),
  ]);
  return new ArgoCd({ version: readPin("argocd").version, command, apiPort, home });
}

/** What all of its programs are given; nothing is written outside of `home`. */
function environment(home: string): Record<string, string> {
  return {
    PATH: `${join(home, "bin")}:${process.env["PATH"] ?? ""}`,
    HOME: home,
    ARGOCD_TLS_DATA_PATH: join(home, "tls"),
    ARGOCD_SSH_DATA_PATH: join(home, "ssh"),
    // Commits here are not signed.
    ARGOCD_GPG_ENABLED: "false",
  };
}

const CRDS = ["application-crd.yaml", "applicationset-crd.yaml", "appproject-crd.yaml"];

/** The module that the binary is built from also holds what its install applies. */
async function ownManifests(): Promise<string> {
  const pin = readPin("argocd");
  const { stdout } = await promisify(execFile)("go", ["mod", "download", "-json", pin.module], { cwd: pin.directory });
  return join((JSON.parse(stdout) as { Dir: string }).Dir, "manifests");
}
