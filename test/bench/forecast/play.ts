import { filedWindows } from "../../../src/replay/filed-windows.ts";
import type { ForecastHour } from "../../../src/replay/forecast-score.ts";
import { ForecastWatch } from "../../../src/replay/forecast-watch.ts";
import { oracle } from "../../../src/replay/oracle.ts";
import { Planner, type Prepared } from "../../../src/replay/planner.ts";
import { craneMaximum } from "../../../src/replay/policies/crane-maximum.ts";
import { cronFixedDay } from "../../../src/replay/policies/cron-fixed-day.ts";
import { cronRightDates } from "../../../src/replay/policies/cron-right-dates.ts";
import { holtWinters } from "../../../src/replay/policies/holt-winters.ts";
import { hpaAlone } from "../../../src/replay/policies/hpa-alone.ts";
import { invoiceops } from "../../../src/replay/policies/invoiceops.ts";
import { seasonal } from "../../../src/replay/policies/seasonal.ts";
import { staticMaximum } from "../../../src/replay/policies/static-maximum.ts";
import { weekAgo } from "../../../src/replay/policies/week-ago.ts";
import { score, type Score } from "../../../src/replay/score.ts";
import { simulate } from "../../../src/replay/simulate.ts";
import { highestIn } from "../../../src/replay/trace.ts";
import type { Cell } from "./cells.ts";
import { DUE_DAY } from "./filing.ts";
import { stageOf, type Stage } from "./stage.ts";

/** The default of spec.scaling.release. */
const GRACE_MS = 24 * 3_600_000;
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
  const filed = filedWindows(scene.windowsAt(scene.to), GRACE_MS);
  const ofCell = filed.find(({ deadline }) => deadline === window.until)!;
  const watch = new ForecastWatch(scene.trace, [ofCell]);
  const ours = invoiceops({ ...stage, prepare: preparedFor(cell, stage), onLook: (looked) => watch.take(looked) });
  const runs = [ours, ...others].map((policy) => simulate(policy, scene, world, cell.seed, LOOK_MS));
  const { stepPercent } = stage.service.spec.scaling.release;
  const steps = { stepPercent, everyMs: 600_000 };
  runs.push(oracle(scene, world, steps, { windows: scene.windowsAt(scene.to), graceMs: GRACE_MS }));
  runs.push(oracle(scene, world, steps));
  const peak = highestIn(scene.trace, window.opens, window.until);
  const { perReplica, utilization, maxReplicas } = world.workload;
  return {
    cell,
    scores: new Map(runs.map((run) => [run.policy, score(run, about)])),
    requests: sum(scene.trace.load.subarray(...indices(stage))) * (scene.trace.stepMs / 1_000),
    forecast: watch.hours,
    warned: watch.warned(ofCell),
    short: peak > maxReplicas * perReplica * utilization,
    fights: watch.fights,
  };
}

/** What was prepared for the last cell, where this one differs by the node lead alone. */
let shared: { key: string; prepare: Planner["prepare"] } | undefined;

/** Learning takes most of the time and does not depend on nodes. */
function preparedFor(cell: Cell, { service }: Stage): Planner["prepare"] {
  const key = JSON.stringify({ ...cell, nodeLeadMinutes: undefined });
  if (shared?.key === key) return shared.prepare;
  const planner = new Planner(service);
  const known = new Map<number, Prepared>();
  const prepare: Planner["prepare"] = (past, views) => {
    const prepared = known.get(past.now) ?? planner.prepare(past, views);
    known.set(past.now, prepared);
    return prepared;
  };
  shared = { key, prepare };
  return prepare;
}

function indices({ scene: { trace, from, to } }: Stage): [number, number] {
  return [Math.round((from - trace.start) / trace.stepMs), Math.round((to - trace.start) / trace.stepMs)];
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
