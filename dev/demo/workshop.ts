import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { provideBinaries, type BinaryName } from "../cluster/binaries.ts";
import { startComponent, type Component } from "../cluster/component.ts";
import { prepareHistory, prometheus } from "../cluster/prometheus.ts";
import { Supervisor } from "../cluster/supervisor/client.ts";

/**
 * What the demo runs on this machine beside the cluster: Prometheus and the operator. Everything in it, its directory
 * too, ends with it and with this process.
 */
export class Workshop implements AsyncDisposable {
  readonly #supervisor: Supervisor;

  private constructor(supervisor: Supervisor) {
    this.#supervisor = supervisor;
  }

  /** Builds what is missing of its own programs, and of `more` that will be needed. */
  static async open(more: readonly BinaryName[]): Promise<Workshop> {
    await provideBinaries([...more, "prometheus", "promtool"]);
    return new Workshop(await Supervisor.start());
  }

  get directory(): string {
    return this.#supervisor.directory;
  }

  async run(component: Component): Promise<void> {
    await startComponent(this.#supervisor, component);
  }

  /** Throws when a program has ended by itself, with the end of its log. */
  check(name: string): void {
    const exit = this.#supervisor.exitOf(name);
    if (!exit) return;
    const how = exit.signal ?? `code ${String(exit.code)}`;
    throw new Error(`${name} ended with ${how}; the end of its log:\n${this.#supervisor.logTail(name)}`);
  }

  /** A Prometheus that scrapes `target` (`host:port`) every 5 s and has the history (OpenMetrics text). Returns its URL. */
  async startPrometheus(target: string, history: string): Promise<string> {
    const paths = await provideBinaries(["prometheus", "promtool"]);
    const samples = join(this.directory, "history.om");
    await writeFile(samples, history);
    await prepareHistory(paths.promtool, this.directory, samples);
    const server = await prometheus(paths.prometheus, this.directory, { config: configuration(target) });
    await this.run(server);
    return server.url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor.end();
  }
}

function configuration(target: string): string {
  return JSON.stringify({
    global: { scrape_interval: "5s" },
    scrape_configs: [{ job_name: "gateway", static_configs: [{ targets: [target] }] }],
  });
}
