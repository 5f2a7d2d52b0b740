import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Component } from "../component.ts";
import type { PodNetwork } from "./network.ts";

/** Where Debian has the CNI plugins. */
export const CNI_FOLDER = "/usr/lib/cni";
/** What holds the namespaces of each pod; imported before the first of them. */
export const PAUSE_IMAGE = "localhost/pause:local";

/** Containers by containerd 1.6, with everything of it below `directory`. */
export class Containerd {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  get socket(): string {
    return join(this.#directory, "containerd.sock");
  }

  async component(network: PodNetwork): Promise<Component> {
    const cni = join(this.#directory, "cni");
    await mkdir(cni, { recursive: true });
    await writeFile(join(cni, "10-pods.conflist"), JSON.stringify(network.cni(join(this.#directory, "addresses"))));
    const config = join(this.#directory, "containerd.toml");
    await writeFile(config, this.#config(cni));
    return {
      name: "containerd",
      command: "/usr/bin/containerd",
      args: [`--config=${config}`],
      ready: () =>
        this.#ctr(["version"]).then(
          () => true,
          () => false,
        ),
    };
  }

  /** Brings the images of an archive (docker's format) to where the kubelet looks. */
  async importImages(archive: string): Promise<void> {
    await this.#ctr(["images", "import", archive]);
  }

  async kill(container: string, signal: NodeJS.Signals): Promise<void> {
    await this.#ctr(["tasks", "kill", `--signal=${signal}`, container]);
  }

  /** Kills what runs in containers. Their shims outlive containerd, so this comes before its end. */
  async killAll(): Promise<void> {
    const list = await this.#ctr(["tasks", "list", "--quiet"]);
    for (const task of list.split("\n").filter((line) => line !== "")) {
      // Those that end meanwhile cannot be killed any more.
      await this.#ctr(["tasks", "delete", "--force", task]).catch(() => undefined);
    }
  }

  async #ctr(args: readonly string[]): Promise<string> {
    const own = [`--address=${this.socket}`, "--namespace=k8s.io"];
    const { stdout } = await promisify(execFile)("ctr", [...own, ...args], { timeout: 120_000 });
    return stdout;
  }

  #config(cniFolder: string): string {
    const cri = 'plugins."io.containerd.grpc.v1.cri"';
    return `
version = 2
root = "${join(this.#directory, "containerd")}"
state = "${join(this.#directory, "containers")}"

[grpc]
  address = "${this.socket}"

[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  # Lowering the score is not allowed in every container that a developer works in, and no pod starts then.
  restrict_oom_score_adj = true

[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[${cri}.cni]
  bin_dir = "${CNI_FOLDER}"
  conf_dir = "${cniFolder}"
`;
  }
}
