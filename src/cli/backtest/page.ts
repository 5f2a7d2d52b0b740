import type { Backtest } from "../../replay/backtest.ts";
import { momentText } from "../moments.ts";
import { chart, escaped } from "./chart.ts";
import type { BacktestView } from "./numbers.ts";
import { TOTALS_HEAD, totalsRows } from "./totals.ts";

/** One page that needs nothing else: plots, a table of the windows, and what each way to scale cost. */

const DAY_MS = 86_400_000;

const STYLE = `
body{font:14px/1.5 system-ui,sans-serif;max-width:980px;margin:2em auto;padding:0 1em;color:#1b1f24;background:#fff}
svg{width:100%;height:auto;display:block;margin:.5em 0 1.5em}
svg text{font-size:11px;fill:#57606a}
path{fill:none;stroke-width:1.2}
.load{stroke:#1b1f24}.floor{stroke:#0969da}.bound{stroke:#8250df;stroke-dasharray:4 3}.alone{stroke:#9a6700;opacity:.6}
.grid{stroke:#d8dee4}.deadline{stroke:#cf222e;stroke-dasharray:2 3}
.short{fill:#cf222e}.short-alone{fill:#d4a72c}
table{border-collapse:collapse;margin:1em 0;width:100%}
td,th{border-bottom:1px solid #d8dee4;padding:.3em .5em;text-align:right;font-variant-numeric:tabular-nums}
td:first-child,th:first-child{text-align:left}
.key span{display:inline-block;margin-right:1.2em}
.key i{display:inline-block;width:1.6em;height:.35em;margin-right:.4em;vertical-align:middle}
`;

const KEY: readonly (readonly [colour: string, words: string])[] = [
  ["#1b1f24", "load, requests/s"],
  ["#0969da", "floor, as requests/s that it serves"],
  ["#8250df", "bound that is planned with"],
  ["#9a6700", "ready pods with the HPA alone"],
  ["#cf222e", "short with invoiceops; deadline"],
  ["#d4a72c", "short with the HPA alone"],
];

export function backtestPage(result: Backtest, view: BacktestView, about: { name: string; zone: string }): string {
  const { zone } = about;
  const [from, to] = [Date.parse(view.from), Date.parse(view.to)];
  const deadlines = result.windows.flatMap((window) => window.deadlines);
  const title = `Backtest of ${about.name}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p>${view.samples} samples from ${escaped(momentText(from, zone))} to ${escaped(momentText(to, zone))}. ${view.perReplica} requests/s a replica, planned with ${Math.round(100 * view.utilization)} % of it. At each moment only what lay before it was known.</p>
${notes(view)}<p class="key">${KEY.map(([colour, words]) => `<span><i style="background:${colour}"></i>${words}</span>`).join("")}</p>
${chart(result, { from, to, deadlines, zone, title: "The whole load" })}
<h2>Costs</h2>
${table(TOTALS_HEAD, totalsRows(view))}
<h2>Windows</h2>
${windows(view, zone)}
${result.windows
  .map((window) => {
    const name = `${window.calendar} ${window.name}`;
    const stretch = { from: window.opens - DAY_MS, to: window.holdsUntil + DAY_MS, deadlines, zone, title: name };
    return `<h3>${escaped(name)}</h3>\n${chart(result, stretch)}`;
  })
  .join("\n")}
</body></html>
`;
}

function notes({ notes: all }: BacktestView): string {
  return all.length === 0 ? "" : `<ul>${all.map((note) => `<li>${escaped(note)}</li>`).join("")}</ul>\n`;
}

function windows(view: BacktestView, zone: string): string {
  const names = ["invoiceops", "HPA alone", "cron at the right dates"];
  const head = [
    "window",
    "deadline",
    "seen before",
    "peak",
    ...names.map((name) => `minutes short: ${name}`),
    ...names.map((name) => `pod-hours: ${name}`),
    "HPA alone as good",
  ];
  const rows = view.windows.map((window) => [
    window.window,
    momentText(Date.parse(window.deadline), zone),
    String(window.seenBefore),
    window.peak.toFixed(0),
    ...names.map((name) => window.scaledBy[name]!.minutesShort.toFixed(1)),
    ...names.map((name) => window.scaledBy[name]!.podHours.toFixed(0)),
    window.hpaAloneAsGood ? "yes" : "no",
  ]);
  return rows.length === 0 ? "<p>No window lies wholly in the load.</p>" : table(head, rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `<table>${lineOf(head, "th")}${rows.map((row) => lineOf(row, "td")).join("")}</table>`;
}

function lineOf(cells: readonly string[], tag: string): string {
  return `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("")}</tr>`;
}
