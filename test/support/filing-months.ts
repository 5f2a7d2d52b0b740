import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deadlineFactor } from "../../src/forecast/deadline-law.ts";
import type { FilingWindow } from "../../src/forecast/filing-window.ts";

/** Hourly loads of a service with monthly filing windows: real invoices per hour (test/data) under synthetic peaks. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FILE = join(import.meta.dirname, "../data/invoices-per-hour.csv");
/** Load that is there day and night. */
const EVEN = 2;

export interface FilingMonths {
  samples: readonly (readonly [at: number, value: number])[];
  windows: readonly FilingWindow[];
  start: number;
  end: number;
}

export interface Shape {
  seed: number;
  peakFactor: number;
  exponent: number;
  /** Standard deviations of the logarithm: of a window's height, and of an hour. */
  windowDeviation: number;
  hourDeviation: number;
  /** A month. */
  growth: number;
}

/** Windows from the 1st to the 15th of each month or the next Monday; the first months have none, to learn from. */
export function filingMonths(shape: Shape): FilingMonths {
  const random = numbers(shape.seed);
  const base = invoicesPerHour();
  const start = base.start;
  const end = start + base.loads.length * HOUR_MS;
  const windows = monthsFrom(start + 40 * DAY_MS, end);
  const heights = windows.map(() => Math.exp(shape.windowDeviation * normal(random)));
  const samples = base.loads.map((load, index) => {
    const at = start + index * HOUR_MS;
    const current = windows.findIndex(({ opens, deadline }) => at >= opens && at < deadline);
    const window = windows[current];
    const peakFactor = 1 + (shape.peakFactor - 1) * (heights[current] ?? 1);
    const factor = window ? deadlineFactor({ ...window, at: at + HOUR_MS, peakFactor, exponent: shape.exponent }) : 1;
    const grown = (1 + shape.growth) ** ((at - start) / (30 * DAY_MS));
    return [at, (load + EVEN) * factor * grown * Math.exp(shape.hourDeviation * normal(random))] as const;
  });
  return { samples, windows, start, end };
}

function monthsFrom(from: number, to: number): FilingWindow[] {
  const windows: FilingWindow[] = [];
  for (let month = 0; ; month += 1) {
    const opens = Date.UTC(new Date(from).getUTCFullYear(), new Date(from).getUTCMonth() + 1 + month, 1);
    const due = opens + 14 * DAY_MS;
    const weekday = new Date(due).getUTCDay();
    const deadline = due + ({ 6: 3, 0: 2 }[weekday] ?? 1) * DAY_MS;
    if (deadline > to) return windows;
    windows.push({
      calendar: "months",
      name: new Date(opens).toISOString().slice(0, 7),
      type: "monthly",
      opens,
      deadline,
    });
  }
}

let known: { start: number; loads: number[] } | undefined;

function invoicesPerHour(): { start: number; loads: number[] } {
  if (known) return known;
  const rows = readFileSync(FILE, "utf8").trim().split("\n").slice(1);
  const counts = rows.map((row) => {
    const [hour = "", invoices = ""] = row.split(",");
    return [Date.parse(`${hour}Z`) / HOUR_MS, Number(invoices)] as const;
  });
  const first = Math.floor((counts[0]?.[0] ?? 0) / 24) * 24;
  const loads = Array.from({ length: (counts.at(-1)?.[0] ?? first) - first + 1 }, () => 0);
  for (const [hour, invoices] of counts) loads[hour - first] = invoices;
  known = { start: first * HOUR_MS, loads };
  return known;
}

/** Numbers of [0, 1), the same for the same seed: a linear congruence modulo 2^32, whose high bits are used. */
function numbers(seed: number): () => number {
  let state = Math.imul(seed + 1, 2_654_435_761) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
