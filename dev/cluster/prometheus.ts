import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { answers, type Component } from "./component.ts";
import { freePort } from "./ports.ts";

export interface PrometheusOptions {
  /** The configuration file's text (YAML). */
  config: string;
  /** Path of a file in the OpenMetrics format whose samples are there from the start. */
  history?: string;
  /** More flags; they come last. */
  args?: readonly string[];
}

/** Turns a file of old samples into blocks in the data folder; before Prometheus starts on it. */
export async function prepareHistory(promtool: string, directory: string, openMetrics: string): Promise<void> {
  // promtool reads the whole file once for each block, and by default a block is two hours.
  const blocks = "--max-block-duration=168h";
  const args = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", blocks, openMetrics, dataFolder(directory)];
  await promisify(execFile)(promtool, args, { maxBuffer: 16 * 1024 * 1024 });
}

export async function prometheus(
  command: string,
  directory: string,
  options: PrometheusOptions,
): Promise<Component & { url: string }> {
  const config = join(directory, "prometheus.yaml");
  await writeFile(config, options.config);
  const address = `127.0.0.1:${await freePort()}`;
  const url = `http://${address}`;
  return {
    name: "prometheus",
    command,
    url,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${dataFolder(directory)}`,
      "--storage.tsdb.retention.time=1y",
      `--web.listen-address=${address}`,
      "--web.enable-lifecycle",
      ...(options.args ?? []),
    ],
    ready: () => answers(`${url}/-/ready`),
  };
}

function dataFolder(directory: string): string {
  return join(directory, "prometheus");
}
