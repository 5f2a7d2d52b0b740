import type { BacktestView } from "./numbers.ts";

export const TOTALS_HEAD = [
  "scaled by",
  "min short",
  "in the last 72 h",
  "requests late",
  "pod-hours",
  "/ oracle",
  "scale events",
];

/** What each way to scale cost in all, a row of cells each under `TOTALS_HEAD`. */
export function totalsRows({ totals }: BacktestView): string[][] {
  return Object.entries(totals).map(([name, score]) => [
    name,
    score.minutesShort.toFixed(1),
    score.minutesShortLast72h.toFixed(1),
    String(score.requestsLate),
    score.podHours.toFixed(0),
    score.overOracle.toFixed(2),
    String(score.scaleEvents),
  ]);
}
