import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";

export const HELMS = ["helm3", "helm4"] as const;
export type HelmName = (typeof HELMS)[number];

/** Runs one Helm on the cluster, as its admin, in one namespace. */
export class HelmCommand {
  readonly #cluster: Cluster;
  readonly #command: string;
  readonly #namespace: string;

  private constructor(cluster: Cluster, command: string, namespace: string) {
    this.#cluster = cluster;
    this.#command = command;
    this.#namespace = namespace;
  }

  static async of(name: HelmName, cluster: Cluster, namespace: string): Promise<HelmCommand> {
    const paths = await provideBinaries([name]);
    return new HelmCommand(cluster, paths[name], namespace);
  }

  /** Standard output. Rejects with what Helm wrote to standard error. */
  async run(...args: readonly string[]): Promise<string> {
    const { directory, adminKubeconfig } = this.#cluster.connection;
    try {
      const { stdout } = await promisify(execFile)(this.#command, [...args, `--namespace=${this.#namespace}`], {
        env: { PATH: process.env["PATH"], HOME: directory, KUBECONFIG: adminKubeconfig },
        maxBuffer: 64e6,
      });
      return stdout;
    } catch (error) {
      const { stderr, stdout } = error as { stderr?: string; stdout?: string };
      throw new Error(`helm ${args.join(" ")}: ${stderr?.trim() || String(error)}\n${stdout ?? ""}`, { cause: error });
    }
  }

  /** Such as v4.3.1. */
  async version(): Promise<string> {
    return (await this.run("version", "--template={{.Version}}")).trim();
  }
}

/** Values as arguments; numbers and booleans stay what they are. */
export function setting(values: Readonly<Record<string, string | number | boolean>>): string[] {
  return Object.entries(values).map(([key, value]) =>
    typeof value === "string" ? `--set-string=${key}=${value}` : `--set=${key}=${value}`,
  );
}
