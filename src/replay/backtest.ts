import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { CalendarView } from "../operator/calendars.ts";
import { filedWindows, type FiledWindow } from "./filed-windows.ts";
import { ForecastWatch } from "./forecast-watch.ts";
import { forecastScore, type ForecastScore } from "./forecast-score.ts";
import { DEFAULT_HPA } from "./hpa.ts";
import { oracle } from "./oracle.ts";
import { cronRightDates } from "./policies/cron-right-dates.ts";
import { hpaAlone } from "./policies/hpa-alone.ts";
import { invoiceops, type Looked } from "./policies/invoiceops.ts";
import { staticMaximum } from "./policies/static-maximum.ts";
import { score, type Score } from "./score.ts";
import { simulate, TICK_MS, type Run, type Scene, type Workload, type World } from "./simulate.ts";
import { endOf, highestIn, type Trace } from "./trace.ts";

/** A load of the past played from its first sample to its last: what the operator would have done, and others. */

export interface BacktestInput {
  /** Defaults filled in; `perReplica` is known. */
  service: InvoiceService & { spec: { scaling: { perReplica: number } } };
  viewsAt: (now: number) => readonly CalendarView[];
  trace: Trace;
  nodeLeadMs: number;
}

/** One value for each sample of the trace. */
interface Columns {
  floor: Float64Array;
  reactive: Float64Array;
  desired: Float64Array;
  /** Requests/s; NaN while nothing has been learnt. */
  p50: Float64Array;
  upper: Float64Array;
  /** Fewest ready pods within the sample, with invoiceops and with the HPA alone. */
  ready: Float64Array;
  readyAlone: Float64Array;
}

export interface WindowResult extends FiledWindow {
  /** Windows that could be learnt from when it opened. */
  seen: number;
  /** Highest load, requests/s. */
  peak: number;
  scores: Readonly<Record<string, Score>>;
  /** Share of its hours that stayed under the bound of 90 %; NaN without a forecast. */
  covered: number;
  /** 72 h before the deadline: whether a shortfall was told. */
  warned: boolean;
  /** Whether the peak needed more than maxReplicas. */
  short: boolean;
}

export interface Backtest {
  trace: Trace;
  workload: Workload;
  columns: Columns;
  totals: Readonly<Record<string, Score>>;
  windows: readonly WindowResult[];
  forecast: ForecastScore;
  fights: number;
}

/** How often the operator is asked; it looks every 30 s, which shows no more and takes twice as long. */
const LOOK_MS = 60_000;
const POD_TIMES = { podMedianMs: 45_000, podP95Ms: 180_000 };
const METRIC_LAG_MS = 45_000;
const SEED = 1;

export function backtest({ service, viewsAt, trace, nodeLeadMs }: BacktestInput): Backtest {
  const { scaling } = service.spec;
  const { perReplica, utilization, minReplicas, maxReplicas, expectedPeakFactor } = scaling;
  const workload = { perReplica, utilization, minReplicas, maxReplicas, expectedPeakFactor };
  const world: World = {
    workload,
    hpa: DEFAULT_HPA,
    times: { ...POD_TIMES, nodeLeadMs },
    metricLagMs: METRIC_LAG_MS,
    outages: [],
  };
  const [from, to] = [trace.start, endOf(trace)];
  const scene: Scene = { trace, from, to, windowsAt: (now) => viewsAt(now).flatMap(({ windows }) => windows) };
  const graceMs = parseDuration(scaling.release.grace);
  const filed = filedWindows(scene.windowsAt(to), graceMs);

  const columns = emptyColumns(trace.load.length);
  const watch = new ForecastWatch(trace, filed);
  const ours = invoiceops({
    service,
    viewsAt,
    onLook: (looked) => {
      watch.take(looked);
      note(columns, trace, looked);
    },
  });
  const steps = { stepPercent: scaling.release.stepPercent, everyMs: parseDuration(scaling.release.every) };
  const play: [name: string, run: () => Run][] = [
    ...[ours, hpaAlone, cronRightDates, staticMaximum].map((policy): (typeof play)[number] => [
      policy.name,
      () => simulate(policy, scene, world, SEED, LOOK_MS),
    ]),
    ["oracle", () => oracle(scene, world, steps, { windows: scene.windowsAt(to), graceMs })],
  ];
  const about = { trace, perReplica, deadlines: filed.flatMap(({ deadlines }) => deadlines) };
  const whole = filed.filter((window) => window.opens >= from && window.holdsUntil <= to);
  const totals: Record<string, Score> = {};
  const scores = whole.map((): Record<string, Score> => ({}));
  // One run at a time: each has millions of ticks.
  for (const [name, run] of play) {
    const result = run();
    totals[name] = score(result, about);
    for (const [index, { opens, holdsUntil }] of whole.entries()) {
      scores[index]![name] = score(result, about, { from: opens, to: holdsUntil });
    }
    if (name === ours.name) fewest(columns.ready, result.ready, trace.stepMs);
    if (name === hpaAlone.name) fewest(columns.readyAlone, result.ready, trace.stepMs);
  }
  return {
    trace,
    workload,
    columns,
    totals,
    windows: whole.map((window, index) => {
      const peak = highestIn(trace, window.opens, window.holdsUntil);
      return {
        ...window,
        seen: index,
        peak,
        scores: scores[index]!,
        covered: watch.covered(window),
        warned: watch.warned(window),
        short: peak > maxReplicas * perReplica * utilization,
      };
    }),
    forecast: forecastScore(watch.hours),
    fights: watch.fights,
  };
}

function emptyColumns(length: number): Columns {
  const column = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  return {
    floor: column(),
    reactive: column(),
    desired: column(),
    p50: column(),
    upper: column(),
    ready: column(),
    readyAlone: column(),
  };
}

/** The first look within each sample. */
function note(columns: Columns, { start, stepMs }: Trace, { now, decision, prepared }: Looked): void {
  const index = Math.floor((now - start) / stepMs);
  if (!Number.isNaN(columns.floor[index])) return;
  columns.floor[index] = decision.floor.replicas;
  columns.reactive[index] = decision.reactive.replicas;
  columns.desired[index] = decision.recommended;
  if (!prepared.forecast) return;
  columns.p50[index] = prepared.forecast.expected(now);
  columns.upper[index] = prepared.forecast.upper(now);
}

function fewest(column: Float64Array, ready: Int32Array, stepMs: number): void {
  for (const [tick, pods] of ready.entries()) {
    const index = Math.floor((tick * TICK_MS) / stepMs);
    if (!(column[index]! <= pods)) column[index] = pods;
  }
}
