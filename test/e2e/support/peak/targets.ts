import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Client } from "../../../../src/kube/client.ts";
import { pods } from "../../../../src/kube/resource.ts";
import { realClock } from "../../../../src/runtime/clock.ts";

/** Pods that Prometheus scrapes, on port 8080. */
export interface ScrapeJob {
  name: string;
  namespace: string;
  /** Of the pods. */
  labelSelector: string;
  /** What Prometheus adds to each of their series. */
  labels: Readonly<Record<string, string>>;
}

/**
 * Tells Prometheus once a second, by a file for each job, which pods there are: the Prometheus that the tests build
 * has no discovery of its own for Kubernetes. Runs until the signal. An API server that is away changes nothing.
 */
export async function keepTargets(
  client: Client,
  folder: string,
  jobs: readonly ScrapeJob[],
  signal: AbortSignal,
): Promise<void> {
  const written = new Map<string, string>();
  while (!signal.aborted) {
    for (const job of jobs) {
      const text = await targetsOf(client, job).catch(() => undefined);
      if (text === undefined || text === written.get(job.name)) continue;
      const file = fileOf(folder, job);
      // Whole or not at all.
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
      written.set(job.name, text);
    }
    await realClock.sleep(1_000, signal).catch(() => undefined);
  }
}

async function targetsOf(client: Client, { namespace, labelSelector, labels }: ScrapeJob): Promise<string> {
  const { items } = await client.list(pods, { namespace, labelSelector });
  const running = items.filter(({ status }) => status?.podIP !== undefined && status.phase === "Running");
  return JSON.stringify([{ targets: running.map(({ status }) => `${status?.podIP}:8080`).toSorted(), labels }]);
}

/** The configuration of a Prometheus that reads the files. What series say about themselves counts, as by the chart's monitors. */
export function scrapeConfiguration(folder: string, jobs: readonly ScrapeJob[]): string {
  return JSON.stringify({
    global: { scrape_interval: "2s", evaluation_interval: "5s" },
    scrape_configs: jobs.map((job) => ({
      job_name: job.name,
      honor_labels: true,
      file_sd_configs: [{ files: [fileOf(folder, job)], refresh_interval: "1s" }],
    })),
  });
}

function fileOf(folder: string, { name }: ScrapeJob): string {
  return join(folder, `targets-${name}.json`);
}
