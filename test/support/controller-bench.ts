import { pino } from "pino";
import { Controller, type ControllerOptions, type Reconciler } from "../../src/runtime/controller.ts";
import { Metrics } from "../../src/runtime/metrics.ts";
import { FakeClock } from "./fake-clock.ts";

interface LogLine {
  level: number;
  msg: string;
  [field: string]: unknown;
}

/** A controller that runs under a fake clock, with what it logged and counted. */
export class ControllerBench {
  readonly clock: FakeClock;
  readonly metrics = new Metrics();
  readonly lines: LogLine[] = [];
  readonly controller: Controller;
  readonly stop = new AbortController();
  readonly cut = new AbortController();

  constructor(reconcile: Reconciler, options: Partial<ControllerOptions> = {}) {
    this.clock = new FakeClock();
    const write = (line: string): void => void this.lines.push(JSON.parse(line) as LogLine);
    const log = pino({ base: null }, { write });
    const { clock, metrics } = this;
    this.controller = new Controller({ name: "invoice-service", reconcile, clock, log, metrics, ...options });
  }

  run(): Promise<void> {
    return this.controller.run(this.stop.signal, this.cut.signal);
  }

  /** Non-zero values of the controller's metrics, by name without prefix, the result in brackets. */
  async counts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const metric of await this.metrics.registry.getMetricsAsJSON()) {
      if (!metric.name.startsWith("controller_runtime_") || metric.name.endsWith("seconds")) continue;
      const name = metric.name.replace("controller_runtime_", "");
      for (const { value, labels } of metric.values) {
        if (value > 0) counts[labels["result"] ? `${name}[${labels["result"]}]` : name] = value;
      }
    }
    delete counts["max_concurrent_reconciles"];
    return counts;
  }
}
