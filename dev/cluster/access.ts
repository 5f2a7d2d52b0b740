import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { loadClusterConfig, type ClusterConfig } from "../../src/kube/config.ts";
import { readAuditLog, type AuditEvent, type AuditFilter } from "./audit-log.ts";
import { compact } from "./etcd.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { kubectl } from "./kubectl.ts";

/** Where a running cluster is, as plain data that may travel to another process. */
export interface Connection {
  /** URL of the API server. */
  server: string;
  /** PEM of the authority that signed the servers' certificates, and the file with it. */
  ca: string;
  caFile: string;
  /** Path of a kubeconfig of group system:masters. */
  adminKubeconfig: string;
  /** etcd's client URL. */
  etcdEndpoint: string;
  /** Path of the audit log, when one is written. */
  auditLog?: string;
  kubectlPath: string;
  /** The run directory, gone with the cluster. */
  directory: string;
}

/** What one can do with a cluster without being the one who started it. */
export class ClusterAccess {
  readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  get server(): string {
    return this.connection.server;
  }

  get adminKubeconfig(): string {
    return this.connection.adminKubeconfig;
  }

  get caFile(): string {
    return this.connection.caFile;
  }

  get etcdEndpoint(): string {
    return this.connection.etcdEndpoint;
  }

  /** What the operator's own client connects with, as admin. */
  adminConfig(): ClusterConfig {
    return loadClusterConfig({ kubeconfig: this.adminKubeconfig });
  }

  /** Runs the kubectl of the cluster's own version, as admin unless `kubeconfig` says otherwise. */
  kubectl(
    args: readonly string[],
    options: { input?: string; kubeconfig?: string } = {},
  ): Promise<{ stdout: string; stderr: string }> {
    const { kubectlPath, adminKubeconfig, directory } = this.connection;
    const kubeconfig = options.kubeconfig ?? adminKubeconfig;
    return kubectl({ command: kubectlPath, kubeconfig, home: directory }, args, options);
  }

  /** `kubectl apply` of YAML text, of one object or of several. */
  async apply(manifests: string | object | readonly object[]): Promise<void> {
    const input = typeof manifests === "string" ? manifests : JSON.stringify(asList(manifests));
    await this.kubectl(["apply", "-f", "-"], { input });
  }

  /** The object as it is in the cluster. */
  async get<T>(resource: string, name: string, namespace?: string): Promise<T> {
    const where = namespace ? [`--namespace=${namespace}`] : [];
    const { stdout } = await this.kubectl(["get", resource, name, ...where, "--output=json"]);
    return JSON.parse(stdout) as T;
  }

  /** A namespace of its own, so that tests on one cluster never meet. Returns its name. */
  async createNamespace(prefix = "test"): Promise<string> {
    const name = `${prefix}-${randomBytes(4).toString("hex")}`;
    await this.kubectl(["create", "namespace", name]);
    return name;
  }

  /** A fresh token of a ServiceAccount (TokenRequest); the API server refuses less than ten minutes. */
  async serviceAccountToken(namespace: string, name: string, duration = "24h"): Promise<string> {
    const args = ["create", "token", name, `--namespace=${namespace}`, `--duration=${duration}`];
    return (await this.kubectl(args)).stdout.trim();
  }

  /** Path of a kubeconfig that speaks as the ServiceAccount, which must exist. */
  async serviceAccountKubeconfig(namespace: string, name: string): Promise<string> {
    const { server, ca, directory } = this.connection;
    const path = join(directory, `${namespace}-${name}-${randomBytes(4).toString("hex")}.kubeconfig`);
    const token = await this.serviceAccountToken(namespace, name);
    await writeKubeconfig(path, { server, ca, user: { token }, namespace });
    return path;
  }

  /**
   * The requests so far that match, oldest first, each once; see AuditEvent. The log may lag the response by a
   * moment, and long watches are in it from their first byte.
   */
  async auditEvents(filter: AuditFilter = {}): Promise<AuditEvent[]> {
    if (!this.connection.auditLog) throw new Error("this cluster was started without an audit log");
    return readAuditLog(this.connection.auditLog, filter);
  }

  /**
   * Compacts all of etcd's history and returns the revision; for clusters of one's own, since it hits every client.
   * The API server goes on answering what its watch cache holds: restart it, or start it with `--watch-cache=false`.
   */
  compact(): Promise<number> {
    return compact(this.connection.etcdEndpoint);
  }
}

function asList(manifests: object | readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items: Array.isArray(manifests) ? manifests : [manifests] };
}
