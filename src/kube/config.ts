import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { KubeConfig } from "@kubernetes/client-node";

import { realClock, type Clock } from "../runtime/clock.ts";
import type { TlsOptions } from "./connections.ts";

/** What a request carries to prove who we are, and what its connection is made with. */
export interface Credentials {
  headers: Record<string, string>;
  tls: TlsOptions;
}

/** Where the API server is and how to prove who we are. */
export interface ClusterConfig {
  /** `https://host:port`, with a path if it sits behind a proxy. */
  readonly server: string;
  /** The namespace of the context or, in a pod, the pod's own. */
  readonly namespace: string;
  /** With `refresh`, everything is read again: for a 401, whose cause is usually a rotated token. */
  credentials(options?: { refresh: boolean }): Promise<Credentials>;
}

const CACHE_MS = 30_000;
/** Requests that failed together ask for fresh credentials together; they get the same ones. */
const REFRESH_AT_MOST_EVERY_MS = 1000;
const IN_CLUSTER_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/**
 * Finds the cluster: the given file, `KUBECONFIG`, `~/.kube/config`, the pod's service account, in this order.
 * Throws an Error that says what to do when there is none or it cannot be used.
 *
 * Token files are read again while running, so rotation needs no restart. client-node caches the output of exec
 * plug-ins without end, so `refresh` begins with a new KubeConfig.
 */
export function loadClusterConfig(
  options: { kubeconfig?: string; context?: string; clock?: Clock } = {},
): ClusterConfig {
  const clock = options.clock ?? realClock;
  let kubeConfig = load(options.kubeconfig, options.context);
  const cluster = kubeConfig.getCurrentCluster();
  let cached: { answer: Promise<Credentials>; at: number; refreshed: boolean } | undefined;

  return {
    server: cluster?.server ?? "",
    namespace: kubeConfig.getContextObject(kubeConfig.getCurrentContext())?.namespace?.trim() || "default",
    credentials: ({ refresh } = { refresh: false }) => {
      const age = cached ? clock.monotonic() - cached.at : Infinity;
      const justRefreshed = cached?.refreshed === true && age < REFRESH_AT_MOST_EVERY_MS;
      if (cached && (refresh ? justRefreshed : age < CACHE_MS)) return cached.answer;
      const answer = Promise.resolve().then(() => {
        if (refresh) kubeConfig = load(options.kubeconfig, options.context);
        return readCredentials(kubeConfig);
      });
      const entry = { answer, at: clock.monotonic(), refreshed: refresh };
      cached = entry;
      answer.catch(() => {
        if (cached === entry) cached = undefined;
      });
      return answer;
    },
  };
}

function load(file: string | undefined, context: string | undefined): KubeConfig {
  const kubeConfig = new KubeConfig();
  if (file !== undefined) kubeConfig.loadFromFile(file);
  else {
    // Without this check client-node would quietly go on with http://localhost:8080.
    const found = process.env["KUBECONFIG"] || existsSync(join(homedir(), ".kube", "config"));
    if (!found && !existsSync(IN_CLUSTER_TOKEN))
      throw new Error(
        "no cluster is configured: set KUBECONFIG or --kubeconfig, create ~/.kube/config, or run in a pod with a service account token",
      );
    kubeConfig.loadFromDefault();
  }
  if (context !== undefined) kubeConfig.setCurrentContext(context);
  check(kubeConfig);
  return kubeConfig;
}

/** Says at the start what would otherwise fail later, or pass silently without TLS material. */
function check(kubeConfig: KubeConfig): void {
  const name = kubeConfig.getCurrentContext();
  const known = kubeConfig.getContexts().map((context) => context.name);
  if (!known.includes(name))
    throw new Error(`kubeconfig: there is no context "${name}"; it has ${known.join(", ") || "none"}`);
  const cluster = kubeConfig.getCurrentCluster();
  if (!cluster) throw new Error(`kubeconfig: the cluster of context "${name}" is not defined`);
  if (!kubeConfig.getCurrentUser()) throw new Error(`kubeconfig: the user of context "${name}" is not defined`);
  if (cluster.proxyUrl) throw new Error(`kubeconfig: proxy-url of cluster "${cluster.name}" is not supported`);
  if (cluster.server.startsWith("http:") && !cluster.skipTLSVerify)
    throw new Error(
      `kubeconfig: cluster "${cluster.name}" is reached without TLS; set insecure-skip-tls-verify: true if that is meant`,
    );
}

async function readCredentials(kubeConfig: KubeConfig): Promise<Credentials> {
  const options: Parameters<KubeConfig["applyToHTTPSOptions"]>[0] = { headers: {} };
  await kubeConfig.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {}))
    // A token file may end in a newline, which no header may.
    headers[name.toLowerCase()] = String(value).trim();
  if (options.auth) headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const given = Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
    ([, value]) => value !== undefined,
  );
  return { headers, tls: Object.fromEntries(given) as TlsOptions };
}
