import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { DEPLOY } from "./deploy.ts";

export interface Health {
  status: string;
  message: string;
}

/** What an action makes of an object. */
export interface Changed {
  metadata: { annotations?: Record<string, string> };
}

/** Our scripts in Argo CD's own Lua machine, by its administrator's commands, with the libraries that it gives them. */
export class Scripts {
  readonly #argocd: string;
  readonly #folder: string;
  #files = 0;

  /** `argocd` is the binary's path; objects are handed to it as files in `folder`. */
  constructor(argocd: string, folder: string) {
    this.#argocd = argocd;
    this.#folder = folder;
  }

  async health(object: object): Promise<Health> {
    const output = await this.#run("health", object);
    const [, status, message] = /^STATUS: (.*)\nMESSAGE: ([^]*?)\n$/.exec(output) ?? [];
    if (status === undefined || message === undefined) throw new Error(`no health in: ${output}`);
    return { status, message };
  }

  /** The names of the actions that are offered, and of those that are greyed out. */
  async offered(object: object): Promise<{ enabled: string[]; disabled: string[] }> {
    const [, ...rows] = (await this.#run("list-actions", object)).trim().split("\n");
    const named = (state: string): string[] =>
      rows.map((row) => row.split(/\s+/)).flatMap(([name = "", disabled]) => (disabled === state ? [name] : []));
    return { enabled: named("false"), disabled: named("true") };
  }

  /** The object after an action; rejects with the script's own words when that refuses. */
  async act(object: object, action: string, params: Readonly<Record<string, string>> = {}): Promise<Changed> {
    const flags = Object.entries(params).flatMap(([name, value]) => ["--param", `${name}=${value}`]);
    const output = await this.#run("run-action", object, action, ...flags);
    return parse(output.slice(output.indexOf("\n\n"))) as Changed;
  }

  async #run(command: string, object: object, ...args: string[]): Promise<string> {
    this.#files += 1;
    const file = join(this.#folder, `${this.#files}.yaml`);
    await writeFile(file, JSON.stringify(object));
    const settings = join(DEPLOY, "argocd-cm.yaml");
    const all = ["admin", "settings", "resource-overrides", command, file, ...args, `--argocd-cm-path=${settings}`];
    // Of what an action changed it shows a difference; we want the whole object that it was made to.
    const env = { PATH: process.env["PATH"], HOME: this.#folder, KUBECTL_EXTERNAL_DIFF: `sh -c 'cat "$2"' sh` };
    const { stdout } = await promisify(execFile)(this.#argocd, all, { env });
    return stdout;
  }
}
