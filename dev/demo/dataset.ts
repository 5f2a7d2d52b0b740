import { readFileSync } from "node:fs";
import { join } from "node:path";

/** How many real invoices were issued in each hour: examples/data, see the README there. */

const FILE = join(import.meta.dirname, "../../examples/data/invoices-per-hour.csv");
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The hours in which most of a day's invoices are issued. */
const BUSY = { from: 10, to: 16 };

/** Invoices by the start of their hour. The file's local times are read as if they were UTC, ms since the epoch. */
export type InvoiceCounts = ReadonlyMap<number, number>;

export function readInvoiceCounts(csv: string = readFileSync(FILE, "utf8")): InvoiceCounts {
  const [header, ...lines] = csv.trim().split(/\r?\n/);
  if (header !== "hour,invoices") throw new Error(`invoices-per-hour.csv begins with an unexpected line: ${header}`);
  return new Map(
    lines.map((line) => {
      const [hour = "", invoices] = line.split(",");
      return [Date.parse(`${hour}:00Z`), Number(invoices)];
    }),
  );
}

/**
 * Invoices an hour at a moment, as a smooth curve: the mean of three hours at the middle of each, a straight line
 * between. One small firm's counts jump by chance alone; a platform that serves thousands of firms sees their shape.
 */
export function levelAt(counts: InvoiceCounts, at: number): number {
  const hour = Math.floor((at - HOUR_MS / 2) / HOUR_MS) * HOUR_MS;
  const share = (at - HOUR_MS / 2 - hour) / HOUR_MS;
  return (1 - share) * meanAround(counts, hour) + share * meanAround(counts, hour + HOUR_MS);
}

function meanAround(counts: InvoiceCounts, hour: number): number {
  return [-1, 0, 1].reduce((sum, away) => sum + (counts.get(hour + away * HOUR_MS) ?? 0), 0) / 3;
}

/**
 * How lively business was on each weekday from `from` to `to` that had any, against the median of these days: 1.2 is
 * a fifth more invoices. A moving mean of five days, for the reason that levelAt gives.
 */
export function dailyLevels(counts: InvoiceCounts, from: number, to: number): number[] {
  const days: number[] = [];
  for (let day = from; day < to; day += DAY_MS) {
    const weekday = new Date(day).getUTCDay();
    let invoices = 0;
    for (let hour = BUSY.from; hour < BUSY.to; hour += 1) invoices += counts.get(day + hour * HOUR_MS) ?? 0;
    if (weekday !== 0 && weekday !== 6 && invoices > 0) days.push(invoices);
  }
  const smooth = days.map((_, index) => {
    const week = days.slice(Math.max(0, index - 2), index + 3);
    return week.reduce((sum, invoices) => sum + invoices, 0) / week.length;
  });
  const median = smooth.toSorted((a, b) => a - b)[Math.floor(smooth.length / 2)] ?? 1;
  return smooth.map((level) => level / median);
}
