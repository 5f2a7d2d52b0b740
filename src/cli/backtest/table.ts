import { momentText } from "../moments.ts";
import type { Paint } from "../paint.ts";
import type { BacktestView, ScoreView } from "./numbers.ts";
import { TOTALS_HEAD, totalsRows } from "./totals.ts";

/** What a person reads first: each window, then what it all cost. */

export function backtestText(view: BacktestView, { zone, paint }: { zone: string; paint: Paint }): string {
  const { windows, forecast, notes } = view;
  const windowRows = windows.map((window) => {
    const [ours, alone] = [window.scaledBy["invoiceops"]!, window.scaledBy["HPA alone"]!];
    return [
      window.window,
      momentText(Date.parse(window.deadline), zone),
      String(window.seenBefore),
      window.peak.toFixed(0),
      ...shortBy(window.scaledBy),
      ours.overOracle.toFixed(2),
      alone.overOracle.toFixed(2),
      [shortfallWords(window), window.hpaAloneAsGood ? "the HPA alone is as good" : ""].filter(Boolean).join("; "),
    ];
  });
  return [
    `${view.samples} samples, ${momentText(Date.parse(view.from), zone)} to ${momentText(Date.parse(view.to), zone)}`,
    `${view.perReplica} requests/s a replica, planned with ${(100 * view.utilization).toFixed(0)} % of it`,
    "",
    ...(windowRows.length === 0
      ? []
      : [...columns([WINDOW_HEAD, ...windowRows], paint), "short: minutes with more demand than ready pods serve", ""]),
    ...columns([TOTALS_HEAD, ...totalsRows(view)], paint),
    ...(forecast.coverageP90 === null
      ? []
      : [
          "",
          `${(100 * forecast.coverageP90).toFixed(1)} % of ${forecast.hours} hours in windows stayed under the bound of 90 %`,
        ]),
    ...notes.map((note) => `${paint.warn("note:")} ${note}`),
    "",
  ].join("\n");
}

const WINDOW_HEAD = [
  "window",
  "deadline",
  "seen before",
  "peak",
  "short: invoiceops",
  "HPA alone",
  "cron",
  "pod-hours/oracle: invoiceops",
  "HPA alone",
  "",
];

function shortBy(scores: Record<string, ScoreView>): string[] {
  return ["invoiceops", "HPA alone", "cron at the right dates"].map((name) => scores[name]!.minutesShort.toFixed(1));
}

function shortfallWords({ shortfall, shortfallWarned }: BacktestView["windows"][number]): string {
  if (shortfall) return shortfallWarned ? "shortfall, told 72 h before" : "shortfall that was not told";
  return shortfallWarned ? "shortfall told that did not come" : "";
}

function columns(rows: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row, index) => {
    const line = row
      .map((cell, column) => (isNumber(rows, column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd();
    return index === 0 ? paint.dim(line) : line;
  });
}

function isNumber([, first]: readonly (readonly string[])[], column: number): boolean {
  return /^[\d.]+$/.test(first?.[column] ?? "");
}
