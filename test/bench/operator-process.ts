import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../dev/cluster/ports.ts";
import type { Cluster } from "../../dev/cluster/cluster.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
/** The heap that `npm run operator` gives it: left alone, V8 takes its time with garbage while the machine has memory. */
const HEAP = ["--max-old-space-size=384", "--max-semi-space-size=4"];
/** Jiffies a second in /proc, the same on every Linux of today. */
const TICKS = 100;

/** One look at the process and its metrics. */
export class Sample {
  readonly at = performance.now();
  readonly cpuSeconds: number;
  readonly #metrics: string;

  constructor(cpuSeconds: number, metrics: string) {
    this.cpuSeconds = cpuSeconds;
    this.#metrics = metrics;
  }

  get evaluations(): number {
    return sum(this.#lines("invoiceops_evaluations_total"));
  }

  get eventLoopP99Ms(): number {
    return sum(this.#lines("nodejs_eventloop_lag_p99_seconds")) * 1_000;
  }

  /** Upper bounds of the buckets that hold the median and the 99th percentile of evaluations between two looks, seconds. */
  latenessSince(before: Sample): { p50: number; p99: number } {
    const earlier = new Map(before.#buckets());
    const buckets = this.#buckets().map(([le, count]): [number, number] => [le, count - (earlier.get(le) ?? 0)]);
    const total = buckets.at(-1)?.[1] ?? 0;
    const quantile = (share: number): number => buckets.find(([, count]) => count >= share * total)?.[0] ?? Infinity;
    return { p50: quantile(0.5), p99: quantile(0.99) };
  }

  #buckets(): [le: number, count: number][] {
    return this.#lines("invoiceops_evaluation_lateness_seconds_bucket").map(([labels, value]) => {
      const le = /le="([^"]+)"/.exec(labels)?.[1] ?? "";
      return [le === "+Inf" ? Infinity : Number(le), value];
    });
  }

  #lines(name: string): [labels: string, value: number][] {
    return this.#metrics.split("\n").flatMap((line): [string, number][] => {
      if (!line.startsWith(name) || !/[ {]/.test(line.charAt(name.length))) return [];
      const space = line.lastIndexOf(" ");
      return [[line.slice(0, space), Number(line.slice(space + 1))]];
    });
  }
}

/** The operator with its default settings, as a process of its own. */
export class OperatorProcess {
  readonly startedAt = performance.now();
  readonly #process: ChildProcess;
  readonly #port: number;

  static async start(cluster: Cluster, prometheusUrl: string): Promise<OperatorProcess> {
    return new OperatorProcess(cluster, prometheusUrl, await freePort());
  }

  private constructor(cluster: Cluster, prometheusUrl: string, port: number) {
    this.#port = port;
    const flags = ["--kubeconfig", cluster.adminKubeconfig, "--prometheus-url", prometheusUrl, "--port", String(port)];
    this.#process = spawn(process.execPath, [...HEAP, MAIN, ...flags, "--log-level", "warn"], { stdio: "inherit" });
  }

  async sample(): Promise<Sample> {
    const { pid } = this.#process;
    const answer = await fetch(`http://127.0.0.1:${this.#port}/metrics`);
    const metrics = await answer.text();
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The command in parentheses may hold spaces; user and system time are the 12th and 13th field after it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return new Sample((Number(fields[11]) + Number(fields[12])) / TICKS, metrics);
  }

  /** The largest resident set of the next `ms`, in MB, looked at once a second. */
  async watchMemory(ms: number): Promise<number> {
    let most = 0;
    for (const end = performance.now() + ms; performance.now() < end; await sleep(1_000)) {
      const status = await readFile(`/proc/${this.#process.pid}/status`, "utf8");
      most = Math.max(most, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
    }
    return most;
  }

  async stop(): Promise<void> {
    const exited = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await exited;
  }
}

function sum(lines: readonly [string, number][]): number {
  return lines.reduce((total, [, value]) => total + value, 0);
}
