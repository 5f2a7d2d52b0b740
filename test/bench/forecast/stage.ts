import type { InvoiceService } from "../../../src/api/v1alpha1/invoice-service.ts";
import type { CalendarView } from "../../../src/operator/calendars.ts";
import { DEFAULT_HPA } from "../../../src/replay/hpa.ts";
import { seeded } from "../../../src/replay/random.ts";
import type { Scene, World } from "../../../src/replay/simulate.ts";
import { highestIn, type Trace } from "../../../src/replay/trace.ts";
import { replayedService } from "../../support/replayed.ts";
import { baseLoad } from "./base-load.ts";
import type { Cell } from "./cells.ts";
import { CALENDAR, extended, filedWindows, viewsOf, type FiledWindow } from "./filing.ts";
import { overlaid } from "./overlay.ts";

/** A cell made into a load, a calendar, a service and a world. */

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** What came before the first window that may be known; stragglers of the one before are not usual. */
const AFTER_WINDOW_MS = 2 * DAY_MS;
/** Of the two years those windows that have 13 before them, and load to their end. */
const FIRST = 13;
const CHOICE = 10;
const PER_REPLICA = 20;
const MIN_REPLICAS = 4;
const PLENTY = 100_000;

export interface Stage {
  scene: Scene;
  world: World;
  service: InvoiceService;
  viewsAt: (now: number) => readonly CalendarView[];
  window: FiledWindow;
  deadlines: readonly number[];
}

const base = baseLoad();
/** The last load that was made: cells of one seed and factor follow one another. */
let made: { key: string; trace: Trace } | undefined;

export function stageOf(cell: Cell): Stage {
  const random = seeded(cell.seed * 1_000 + 7);
  const { windows, index } = windowsFor(cell, random);
  const window = windows[index]!;
  const load = loadOf(cell, windows, index);
  const trace = since(load, windows[index - cell.seen - 1]!.until + AFTER_WINDOW_MS);
  const viewsAt = viewsOf(windows);
  const scene: Scene = {
    trace,
    from: window.opens - DAY_MS,
    to: window.until + 3 * DAY_MS,
    windowsAt: (now) => viewsAt(now)[0]!.windows,
  };
  const peak = highestIn(trace, window.opens, window.until);
  const maxReplicas =
    cell.trouble === "ceiling" ? Math.ceil((peak / (PER_REPLICA * 0.7)) * (0.4 + 1.2 * random())) : PLENTY;
  const world: World = {
    workload: {
      perReplica: PER_REPLICA,
      utilization: 0.7,
      minReplicas: MIN_REPLICAS,
      maxReplicas: Math.max(MIN_REPLICAS, maxReplicas),
      expectedPeakFactor: cell.peakFactor,
    },
    hpa: DEFAULT_HPA,
    times: { podMedianMs: 45_000, podP95Ms: 180_000, nodeLeadMs: cell.nodeLeadMinutes * MINUTE_MS },
    metricLagMs: 45_000,
    outages: cell.trouble === "outage" ? [outageIn(window, random)] : [],
  };
  const deadlines = [window.until, ...(window.extension ? [window.extension.from] : [])];
  return { scene, world, service: replayedService(world, CALENDAR), viewsAt, window, deadlines };
}

function windowsFor({ seed, trouble }: Cell, random: () => number): { windows: FiledWindow[]; index: number } {
  const windows = filedWindows(base.start + 20 * DAY_MS, base.start + 730 * DAY_MS, seed);
  const candidates = Array.from({ length: CHOICE }, (_, one) => FIRST + one).filter(
    (one) => trouble !== "shifted" || windows[one]!.until >= windows[one]!.opens + 16 * DAY_MS,
  );
  const index = candidates[Math.floor(random() * candidates.length)]!;
  const window = windows[index]!;
  if (trouble === "extended") windows[index] = extended(window);
  if (trouble === "no peak") windows[index - 1] = { ...windows[index - 1]!, noPeak: true };
  return { windows, index };
}

function loadOf(cell: Cell, windows: readonly FiledWindow[], index: number): Trace {
  const { seed, peakFactor, trouble } = cell;
  const key = JSON.stringify([seed, peakFactor, trouble === "smooth", windows[index], windows[index - 1]]);
  if (made?.key !== key) {
    const rampMinutes = trouble === "smooth" ? 60 : 10;
    made = { key, trace: overlaid(base, windows, { seed, peakFactor, rampMinutes }) };
  }
  return made.trace;
}

function since({ start, stepMs, load }: Trace, at: number): Trace {
  const skipped = Math.max(0, Math.round((at - start) / stepMs));
  return { start: start + skipped * stepMs, stepMs, load: load.subarray(skipped) };
}

/** Six hours from a morning of the last three days on. */
function outageIn({ until }: FiledWindow, random: () => number): { from: number; to: number } {
  const from = until - (1 + Math.floor(3 * random())) * DAY_MS + 8 * HOUR_MS;
  return { from, to: from + 6 * HOUR_MS };
}
