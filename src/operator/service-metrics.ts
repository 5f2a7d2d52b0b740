import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { tzVersion } from "../calendar/zone.ts";
import type { DemandReading } from "./demand.ts";
import type { ServiceProblem } from "./problems.ts";

/** What an evaluation came to: every signal read, some of them, or none. */
export type EvaluationResult = "complete" | "partial" | "failed";

/** The figures of one service as its metrics show them. */
export interface ServiceFigures {
  namespace: string;
  name: string;
  readings: readonly DemandReading[];
  /** When a signal last gave a clean number, ms since the epoch, by signal. */
  lastGood: ReadonlyMap<string, number>;
  floor: number;
  recommended: number;
  current: number;
  ready: number;
  leadSeconds: number;
  shortfall: number;
}

/** What the status of one service says, as its metrics show it. */
export interface ServiceState {
  ready: boolean;
  paused: boolean;
  problems: readonly ServiceProblem[];
  /** The filing window in force or coming, ms since the epoch. */
  window?: { opens: number; deadline: number };
}

const RESULTS: readonly EvaluationResult[] = ["complete", "partial", "failed"];
const LATENESS_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/**
 * The invoiceops_* metrics. The figures are read when they are scraped, so an evaluation costs nothing here
 * and a service that is gone leaves no series behind.
 */
export class ServiceMetrics {
  readonly #figures = new Map<string, ServiceFigures>();
  readonly #states = new Map<string, ServiceState & { namespace: string; name: string }>();
  readonly #evaluations: Counter<"result">;
  readonly #lateness: Histogram;

  constructor(registry: Registry, now: () => number) {
    const registers = [registry];
    const labelNames = ["namespace", "name"] as const;
    /** A gauge for each service, or for each of its signals, that asks for its values when it is scraped. */
    const read = <L extends string>(
      name: string,
      help: string,
      labels: readonly L[],
      series: (figures: ServiceFigures) => readonly { labels: Record<L, string>; value: number | undefined }[],
    ): void => {
      const collect = (): void => {
        gauge.reset();
        for (const figures of this.#figures.values()) {
          for (const { labels: of, value } of series(figures)) if (value !== undefined) gauge.set(of, value);
        }
      };
      const gauge: Gauge<L> = new Gauge({ name, help, labelNames: labels, registers, collect });
    };
    const perService = (name: string, help: string, value: (figures: ServiceFigures) => number): void =>
      read(name, help, labelNames, (figures) => [{ labels: labelsOf(figures), value: value(figures) }]);
    const perSignal = (
      name: string,
      help: string,
      value: (figures: ServiceFigures, signal: DemandReading) => number | undefined,
    ): void =>
      read(name, help, [...labelNames, "signal"] as const, (figures) =>
        figures.readings.map((signal) => ({
          labels: { ...labelsOf(figures), signal: signal.name },
          value: value(figures, signal),
        })),
      );

    perSignal(
      "invoiceops_demand",
      "Demand as last read, in the unit of the signal's query (requests/s for demand).",
      (_, { reading }) => (reading.ok ? reading.value : undefined),
    );
    perSignal(
      "invoiceops_last_good_sample_age_seconds",
      "Time since the signal last gave a clean number.",
      ({ lastGood }, { name: signal }) => {
        const at = lastGood.get(signal);
        return at === undefined ? undefined : Math.max(0, (now() - at) / 1000);
      },
    );
    perService("invoiceops_floor_replicas", "Fewest replicas that the plan wants now.", ({ floor }) => floor);
    perService(
      "invoiceops_recommended_replicas",
      "Replicas that plan and demand together ask for.",
      ({ recommended }) => recommended,
    );
    perService("invoiceops_current_replicas", "Replicas that the workload has.", ({ current }) => current);
    perService("invoiceops_ready_replicas", "Replicas that are ready.", ({ ready }) => ready);
    perService(
      "invoiceops_lead_seconds",
      "How long before it is needed capacity is asked for.",
      ({ leadSeconds }) => leadSeconds,
    );
    perService(
      "invoiceops_shortfall_replicas",
      "Replicas that the coming peak needs beyond the tightest limit.",
      ({ shortfall }) => shortfall,
    );
    /** A gauge of what the status says; a service for which `values` is empty has no series. */
    const told = <L extends string>(
      name: string,
      help: string,
      more: readonly L[],
      values: (state: ServiceState) => readonly { labels: Record<L, string>; value: number }[],
    ): void => {
      const collect = (): void => {
        gauge.reset();
        for (const state of this.#states.values()) {
          for (const { labels, value } of values(state)) gauge.set({ ...labelsOf(state), ...labels }, value);
        }
      };
      const gauge: Gauge<L | "namespace" | "name"> = new Gauge({
        name,
        help,
        labelNames: [...labelNames, ...more],
        registers,
        collect,
      });
    };
    told("invoiceops_ready", "1 while the condition Ready is True, else 0.", [], ({ ready }) => [
      { labels: {}, value: Number(ready) },
    ]);
    told(
      "invoiceops_problem",
      "1 for each condition of a service that says something is wrong; no series where nothing is.",
      ["condition", "reason"],
      ({ problems }) => problems.map(({ condition, reason }) => ({ labels: { condition, reason }, value: 1 })),
    );
    told("invoiceops_paused", "1 for each service that is paused; no series for the others.", [], ({ paused }) =>
      paused ? [{ labels: {}, value: 1 }] : [],
    );
    told(
      "invoiceops_window_opens_timestamp_seconds",
      "When the filing window in force or coming opens, seconds since the epoch.",
      [],
      ({ window }) => (window ? [{ labels: {}, value: window.opens / 1000 }] : []),
    );
    told(
      "invoiceops_window_deadline_timestamp_seconds",
      "When the filing window in force or coming ends, seconds since the epoch.",
      [],
      ({ window }) => (window ? [{ labels: {}, value: window.deadline / 1000 }] : []),
    );
    const tzdata = new Gauge({
      name: "invoiceops_tzdata_info",
      help: "Version of the time-zone rules in use.",
      labelNames: ["version"],
      registers,
    });
    tzdata.set({ version: tzVersion() }, 1);
    this.#evaluations = new Counter({
      name: "invoiceops_evaluations_total",
      help: "Evaluations by what could be read.",
      labelNames: ["result"],
      registers,
    });
    for (const result of RESULTS) this.#evaluations.inc({ result }, 0);
    this.#lateness = new Histogram({
      name: "invoiceops_evaluation_lateness_seconds",
      help: "How long after it was due an evaluation began.",
      buckets: LATENESS_SECONDS,
      registers,
    });
  }

  evaluated(result: EvaluationResult, latenessMs: number): void {
    this.#evaluations.inc({ result });
    this.#lateness.observe(latenessMs / 1000);
  }

  show(key: string, figures: ServiceFigures): void {
    this.#figures.set(key, figures);
  }

  /** What the status of a service says from now on. */
  tell(key: string, { namespace = "", name }: { namespace?: string; name: string }, state: ServiceState): void {
    this.#states.set(key, { ...state, namespace, name });
  }

  forget(key: string): void {
    this.#figures.delete(key);
    this.#states.delete(key);
  }
}

function labelsOf({ namespace, name }: { namespace: string; name: string }): { namespace: string; name: string } {
  return { namespace, name };
}
