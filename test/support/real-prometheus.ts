import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { provideBinaries } from "../../dev/cluster/binaries.ts";
import { startComponent } from "../../dev/cluster/component.ts";
import { prepareHistory, prometheus } from "../../dev/cluster/prometheus.ts";
import { Supervisor } from "../../dev/cluster/supervisor/client.ts";
import type { PrometheusStub } from "./prometheus-stub.ts";

/** A Prometheus of its own that scrapes nothing and holds what it is given, in the place of a stub. */
export interface RealPrometheus extends PrometheusStub {
  /** Ends it as a crash does; it does not come back. */
  kill(): Promise<void>;
}

/** `history` are samples in the OpenMetrics format; they are in its blocks before it starts. */
export async function startPrometheus(history?: string): Promise<RealPrometheus> {
  const paths = await provideBinaries(["prometheus", "promtool"]);
  const supervisor = await Supervisor.start();
  if (history !== undefined) {
    const file = join(supervisor.directory, "history.om");
    await writeFile(file, history);
    await prepareHistory(paths.promtool, supervisor.directory, file);
  }
  const server = await prometheus(paths.prometheus, supervisor.directory, { config: "scrape_configs: []\n" });
  await startComponent(supervisor, server);
  return {
    url: server.url,
    answer: () => {
      throw new Error("a real Prometheus answers what it knows");
    },
    requests: () => 0,
    hanging: 0,
    kill: () => supervisor.stop("prometheus", "SIGKILL"),
    close: () => supervisor.end(),
  };
}

/** A gauge in the OpenMetrics format, a sample each five minutes from `start` to `end`; undefined leaves one out. */
export function gauge(
  name: string,
  { start, end }: { start: number; end: number },
  valueAt: (at: number) => number | undefined,
): string {
  const lines = [`# TYPE ${name} gauge`];
  for (let at = start; at <= end; at += 300_000) {
    const value = valueAt(at);
    if (value !== undefined) lines.push(`${name} ${value} ${at / 1000}`);
  }
  return `${lines.join("\n")}\n# EOF\n`;
}
