import { QUANTILES } from "../../../src/replay/forecast-score.ts";
import { FACTORS, SEEN, type Cell } from "./cells.ts";
import { gatesOf, type Gate } from "./gates.ts";
import type { Outcomes } from "./tally.ts";

/** The tables of docs/performance.md. */

const COMPARED = ["invoiceops", "cron at the right dates", "HPA alone"];

export function report(all: Outcomes): { text: string; gates: Gate[] } {
  const usual = all.where(({ trouble }) => trouble === undefined);
  const gates = gatesOf(all);
  const text = [
    `### 3, 6 and 12 past windows (${usual.where(({ seen }) => seen >= 3).count} windows)`,
    policies(usual.where(({ seen }) => seen >= 3)),
    `### 0, 1 and 2 past windows (${usual.where(({ seen }) => seen < 3).count} windows)`,
    policies(usual.where(({ seen }) => seen < 3)),
    "### Slices",
    slices(all),
    "### The forecast",
    forecasts(usual),
    "### To reach",
    table(
      ["what", "found", "limit", "holds"],
      gates.map(({ name, found, limit, holds }) => [name, found, limit, holds ? "yes" : "**no**"]),
    ),
  ].join("\n\n");
  return { text, gates };
}

function policies(outcomes: Outcomes): string {
  const head = [
    "scaled by",
    "min short, last 72 h",
    "min short",
    "late",
    "pod-hours / oracle",
    "p90",
    "/ bare need",
    "scale events",
  ];
  const rows = outcomes.policies.map((policy) => {
    const { lastMinutes, minutes, late, ratio, ratioP90, bare, scaleEvents } = outcomes.of(policy);
    return [
      policy,
      lastMinutes.toFixed(1),
      minutes.toFixed(1),
      `${(100 * late).toFixed(3)} %`,
      ratio.toFixed(2),
      ratioP90.toFixed(2),
      bare.toFixed(2),
      scaleEvents.toFixed(0),
    ];
  });
  return table(head, rows);
}

/** Of each slice the minutes short in the last 72 h and the pod-hours over the oracle's. */
function slices(all: Outcomes): string {
  const list: [name: string, fits: (cell: Cell) => boolean][] = [
    ...SEEN.map((seen): (typeof list)[number] => [`${seen} past windows`, untroubled((cell) => cell.seen === seen)]),
    ...FACTORS.map((factor): (typeof list)[number] => [`${factor}x`, untroubled((cell) => cell.peakFactor === factor)]),
    ...[0, 3, 10].map((lead): (typeof list)[number] => [
      `nodes take ${lead} min`,
      untroubled((cell) => cell.nodeLeadMinutes === lead),
    ]),
    ["deadline moved by a weekend or holidays", ({ trouble }) => trouble === "shifted"],
    ["extended by 3 days, told on the last day", ({ trouble }) => trouble === "extended"],
    ["no metrics for 6 h in the last 3 days", ({ trouble }) => trouble === "outage"],
    ["maxReplicas 0.4 to 1.6 of the need", ({ trouble }) => trouble === "ceiling"],
    ["the last window had no peak", ({ trouble }) => trouble === "no peak"],
    ["hours go over into one another, nodes ready", ({ trouble }) => trouble === "smooth"],
  ];
  const rows = list.map(([name, fits]) => {
    const outcomes = all.where(fits);
    const figures = COMPARED.map((policy) => outcomes.of(policy));
    return [
      name,
      String(outcomes.count),
      ...figures.map(({ lastMinutes }) => lastMinutes.toFixed(1)),
      ...figures.map(({ ratio }) => ratio.toFixed(2)),
    ];
  });
  const { given, precision, recall } = all.where(({ trouble }) => trouble === "ceiling").warnings;
  return [
    table(
      ["slice", "windows", ...COMPARED.map((name) => `min: ${name}`), ...COMPARED.map((name) => `x: ${name}`)],
      rows,
    ),
    `Warnings of a shortfall 72 h ahead where maxReplicas is 0.4 to 1.6 of the need: ${given} given, precision ${share(precision)}, recall ${share(recall)}.`,
  ].join("\n\n");
}

function untroubled(fits: (cell: Cell) => boolean): (cell: Cell) => boolean {
  return (cell) => cell.trouble === undefined && fits(cell);
}

function share(value: number): string {
  return Number.isNaN(value) ? "-" : `${(100 * value).toFixed(0)} %`;
}

function forecasts(usual: Outcomes): string {
  const rows = SEEN.map((seen) => {
    const { hours, pinball, coverage } = usual.where((cell) => cell.seen === seen).forecast;
    return [
      String(seen),
      String(hours),
      ...pinball.map((loss) => loss.toFixed(3)),
      ...coverage.map((covered) => `${(100 * covered).toFixed(1)} %`),
    ];
  });
  return table(["past windows", "hours", ...quantilesOf("pinball"), ...quantilesOf("covers")], rows);
}

function quantilesOf(what: string): string[] {
  return QUANTILES.map((q) => `${what} ${q}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
