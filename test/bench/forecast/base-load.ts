import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Real invoices per hour (test/data/README.md), as the load of a service outside of any filing window. */

const FILE = join(import.meta.dirname, "../../data/invoices-per-hour.csv");
const HOUR_MS = 3_600_000;
/** Requests/s for each invoice of the hour: this many shops like that one share the service. */
const REQUESTS = 5;
/** Share of the load that machines send evenly, day and night. */
const EVEN = 0.15;

export interface BaseLoad {
  /** ms since the epoch. */
  start: number;
  /** Requests/s in each hour. */
  hours: Float64Array;
}

/** Times are read as UTC: the zone of a shop does not matter here. */
export function baseLoad(): BaseLoad {
  const rows = readFileSync(FILE, "utf8").trim().split("\n").slice(1);
  const counts = rows.map((row) => {
    const [hour, invoices] = row.split(",") as [string, string];
    return [Date.parse(`${hour}Z`) / HOUR_MS, Number(invoices)] as const;
  });
  const first = Math.floor(counts[0]![0] / 24) * 24;
  const hours = new Float64Array(counts.at(-1)![0] - first + 1);
  for (const [hour, invoices] of counts) hours[hour - first] = invoices;
  const mean = hours.reduce((sum, value) => sum + value, 0) / hours.length;
  return {
    start: first * HOUR_MS,
    hours: hours.map((invoices) => REQUESTS * ((1 - EVEN) * invoices + EVEN * mean)),
  };
}
