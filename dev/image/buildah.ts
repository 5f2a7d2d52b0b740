import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Builds images without a daemon, with a store of its own below one folder: nothing stays when that is removed. */
export class Buildah {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Builds `dockerfile` over the files of `context`. All times in the image are the epoch's, so that equal files give an equal image. */
  async build(
    name: string,
    {
      dockerfile,
      context,
      args = {},
    }: { dockerfile: string; context: string; args?: Readonly<Record<string, string>> },
  ): Promise<void> {
    const buildArgs = Object.entries(args).map(([key, value]) => `--build-arg=${key}=${value}`);
    await this.#run(["build", "--timestamp=0", ...buildArgs, `--tag=${name}`, `--file=${dockerfile}`, context]);
  }

  /** Writes the image as a tar that `docker load` and `ctr images import` read, under its name. */
  async save(name: string, archive: string): Promise<void> {
    await this.#run(["push", "--quiet", name, `docker-archive:${archive}:${name}`]);
  }

  /** The digests of the layers (of their uncompressed tar), from the bottom up, and the image's configuration. */
  async inspect(name: string): Promise<{ layers: readonly string[]; config: ImageConfig }> {
    const { stdout } = await this.#run(["inspect", "--type=image", name]);
    const { OCIv1: image } = JSON.parse(stdout) as { OCIv1: { rootfs: { diff_ids: string[] }; config: ImageConfig } };
    return { layers: image.rootfs.diff_ids, config: image.config };
  }

  async #run(args: readonly string[]): Promise<{ stdout: string }> {
    const [root, runroot, tmp] = ["store", "run", "tmp"].map((name) => join(this.#folder, name)) as [
      string,
      string,
      string,
    ];
    await mkdir(tmp, { recursive: true });
    try {
      return await promisify(execFile)("buildah", [`--root=${root}`, `--runroot=${runroot}`, ...args], {
        env: { ...process.env, BUILDAH_ISOLATION: "chroot", STORAGE_DRIVER: "vfs", TMPDIR: tmp },
        maxBuffer: 16 * 1024 * 1024,
      });
    } catch (error) {
      const { stderr, code } = error as { stderr?: string; code?: unknown };
      if (code === "ENOENT")
        throw new Error("buildah is not on this machine: apt-get install buildah", { cause: error });
      throw new Error(`buildah ${args.join(" ")}: ${stderr?.trim() || String(error)}`, { cause: error });
    }
  }
}

export interface ImageConfig {
  User?: string;
  Entrypoint?: string[];
  WorkingDir?: string;
  Env?: string[];
  ExposedPorts?: Record<string, object>;
}
