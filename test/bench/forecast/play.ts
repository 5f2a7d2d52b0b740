import { quantile } from "../../../src/forecast/quantile.ts";
import { QUANTILES, type ForecastHour } from "../../../src/replay/forecast-score.ts";
import { oracle } from "../../../src/replay/oracle.ts";
import { craneMaximum } from "../../../src/replay/policies/crane-maximum.ts";
import { cronFixedDay } from "../../../src/replay/policies/cron-fixed-day.ts";
import { cronRightDates } from "../../../src/replay/policies/cron-right-dates.ts";
import { holtWinters } from "../../../src/replay/policies/holt-winters.ts";
import { hpaAlone } from "../../../src/replay/policies/hpa-alone.ts";
import { invoiceops, type Looked } from "../../../src/replay/policies/invoiceops.ts";
import { seasonal } from "../../../src/replay/policies/seasonal.ts";
import { staticMaximum } from "../../../src/replay/policies/static-maximum.ts";
import { weekAgo } from "../../../src/replay/policies/week-ago.ts";
import { score, type Score } from "../../../src/replay/score.ts";
import { simulate } from "../../../src/replay/simulate.ts";
import { highestIn, loadAt } from "../../../src/replay/trace.ts";
import type { Cell } from "./cells.ts";
import { DUE_DAY } from "./filing.ts";
import { stageOf, type Stage } from "./stage.ts";

const HOUR_MS = 3_600_000;
const WARNED_BEFORE_MS = 72 * HOUR_MS;
/** The operator looks twice a minute; once is enough to see what it does, and takes half the time. */
const LOOK_MS = 60_000;

export interface Outcome {
  cell: Cell;
  scores: ReadonlyMap<string, Score>;
  /** Requests that came in. */
  requests: number;
  /** Hours of the window. */
  forecast: readonly ForecastHour[];
  /** 72 h before the deadline: whether a shortfall was told, and whether there was one. */
  warned: boolean;
  short: boolean;
  fights: number;
}

const others = [
  staticMaximum,
  hpaAlone,
  cronFixedDay(DUE_DAY),
  cronRightDates,
  weekAgo,
  holtWinters,
  seasonal,
  craneMaximum,
];

export function play(cell: Cell): Outcome {
  const stage = stageOf(cell);
  const { scene, world, window, deadlines } = stage;
  const about = { trace: scene.trace, perReplica: world.workload.perReplica, deadlines };
  const watch = new Watch(stage);
  const ours = invoiceops({ ...stage, onLook: (looked) => watch.take(looked) });
  const runs = [ours, ...others].map((policy) => simulate(policy, scene, world, cell.seed, LOOK_MS));
  const { stepPercent } = stage.service.spec.scaling.release;
  const steps = { stepPercent, everyMs: 600_000 };
  runs.push(oracle(scene, world, steps, { windows: scene.windowsAt(scene.to), graceMs: 24 * HOUR_MS }));
  runs.push(oracle(scene, world, steps));
  const peak = highestIn(scene.trace, window.opens, window.until);
  const { perReplica, utilization, maxReplicas } = world.workload;
  return {
    cell,
    scores: new Map(runs.map((run) => [run.policy, score(run, about)])),
    requests: sum(scene.trace.load.subarray(...indices(stage))) * (scene.trace.stepMs / 1_000),
    forecast: watch.hours,
    warned: watch.warned,
    short: peak > maxReplicas * perReplica * utilization,
    fights: watch.fights,
  };
}

/** Writes down what invoiceops said before it knew. */
class Watch {
  readonly hours: ForecastHour[] = [];
  warned = false;
  fights = 0;
  readonly #stage: Stage;
  #hour = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  take({ now, decision, prepared, fought }: Looked): void {
    if (fought) this.fights += 1;
    const { window, scene } = this.#stage;
    const at = window.until - WARNED_BEFORE_MS;
    if (now >= at && now < at + LOOK_MS) this.warned = decision.shortfall !== undefined;
    const hour = Math.floor(now / HOUR_MS);
    if (hour === this.#hour || now < window.opens || now >= window.until || !prepared.bound) return;
    this.#hour = hour;
    const from = hour * HOUR_MS;
    const loads = Array.from({ length: 60 }, (_, minute) => loadAt(scene.trace, from + minute * 60_000));
    const told = QUANTILES.map((q) => prepared.bound!(q).peakIn(from, from + HOUR_MS - 1));
    this.hours.push({ actual: quantile(loads, 0.95), told });
  }
}

function indices({ scene: { trace, from, to } }: Stage): [number, number] {
  return [Math.round((from - trace.start) / trace.stepMs), Math.round((to - trace.start) / trace.stepMs)];
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
