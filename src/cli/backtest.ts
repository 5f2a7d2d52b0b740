import { readFile } from "node:fs/promises";
import { backtest as play } from "../replay/backtest.ts";
import { announcedViews, type NamedCalendar } from "../replay/announced.ts";
import { endOf, type Trace } from "../replay/trace.ts";
import { calendarsOf, subjectOf, type Subject } from "./backtest/inputs.ts";
import { viewOf } from "./backtest/numbers.ts";
import { backtestPage } from "./backtest/page.ts";
import { csvRows } from "./backtest/rows.ts";
import { backtestText } from "./backtest/table.ts";
import { traceFromCsv } from "./backtest/trace-csv.ts";
import { traceFromPrometheus } from "./backtest/trace-prometheus.ts";
import { rangeFlags } from "./moment-flag.ts";
import { durationFlag } from "./run.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

const FORMATS = ["table", "json", "csv", "html"] as const;
const DAY_MS = 86_400_000;
/** Windows are known as far as the operator knows them. */
const BACK_MS = 400 * DAY_MS;
const AHEAD_MS = 60 * DAY_MS;
const LONGEST_DAYS = 800;
const NODE_LEAD = "3m";

export const backtest: Verb = {
  name: "backtest",
  operands: "",
  summary:
    "Replay a load of the past: what invoiceops would have done, how short it would have been, and what it costs; needs no cluster",
  description:
    "The load is played against a workload with a HorizontalPodAutoscaler, once with invoiceops, once without, once with a person who raises the minimum by the clock at the right dates, and once with whoever knows the future. invoiceops learns, plans and decides with the operator's own functions, at each moment from what lay before it. Pods start in 45 s (95th percentile 180 s) where a node has room, else after --node-lead; metrics are 45 s late. The count of pods is that of the HPA's own arithmetic.",
  flags: {
    service: { type: "string", value: "FILE", help: "The InvoiceService" },
    calendar: { type: "string", value: "FILE|REGIME", help: "Its FilingCalendars, or a regime" },
    trace: {
      type: "string",
      value: "CSV",
      help: "The load: time,load (ISO time, requests/s), or - for standard input",
    },
    prometheus: {
      type: "string",
      value: "URL",
      help: "Read the load there, by the service's query, instead of --trace",
    },
    from: { type: "string", value: "TIME", help: "With --prometheus: 2026-01-01, a local time, or one with an offset" },
    to: { type: "string", value: "TIME", help: `The same; at most ${LONGEST_DAYS} days later` },
    capacity: { type: "string", value: "N", help: "Requests/s of one replica (default: spec.scaling.perReplica)" },
    "node-lead": { type: "string", value: "DURATION", help: `How long a new node takes (default ${NODE_LEAD})` },
    output: {
      type: "string",
      short: "o",
      value: FORMATS.join("|"),
      help: "A table (default), all numbers, a row a sample, or a page with plots",
    },
  },
  examples: [
    "backtest --service billing.yaml --calendar calendar.yaml --trace load.csv",
    "backtest --service billing.yaml --calendar CN --trace load.csv -o html > backtest.html",
    "backtest --service billing.yaml --calendar calendar.yaml --prometheus http://localhost:9090 --from 2026-01-01 --to 2026-11-01 --capacity 40",
  ],
  rights: [],
  exits: {
    [EXIT.ok]: "replayed",
    [EXIT.not]: "replayed, but something is missing or does not fit; the notes say what",
    [EXIT.error]: "not replayed: the command line, a file, or the answer of Prometheus",
  },
  async run(context) {
    const format = formatOf(context);
    if (context.operands.length > 0) throw new UsageError(`${context.operands[0]} stands alone: name it by a flag`);
    const nodeLeadMs = durationFlag("node-lead", context.text("node-lead") ?? NODE_LEAD);
    const subject = await subjectOf(context);
    const { calendars, refused } = await calendarsOf(context);
    const zone = zoneOf(calendars, context.clock.now());
    const trace = await traceOf(context, subject, zone);
    const range = { from: trace.start - BACK_MS, to: endOf(trace) + AHEAD_MS };
    const viewsAt = announcedViews(calendars, range);
    const result = play({ service: subject.service, viewsAt, trace, nodeLeadMs });
    const notes = [...subject.notes, ...refused, ...calendarNotes(calendars, viewsAt(endOf(trace)), result.windows)];
    const view = viewOf(result, notes);
    if (format === "csv") {
      for (const row of csvRows(result)) context.out(row);
      for (const note of notes) context.warn(`${note}\n`);
    } else if (format === "json") context.out(`${JSON.stringify(view, undefined, 2)}\n`);
    else if (format === "html") context.out(backtestPage(result, view, { name: subject.name, zone }));
    else context.out(backtestText(view, { zone, paint: context.paint }));
    return notes.length > 0 ? EXIT.not : EXIT.ok;
  },
};

function zoneOf(calendars: readonly NamedCalendar[], now: number): string {
  const views = announcedViews(calendars, { from: now, to: now })(now);
  return views.find((view) => view.zone !== undefined)?.zone ?? "UTC";
}

function formatOf({ text }: CliContext): (typeof FORMATS)[number] {
  const given = text("output") ?? "table";
  const format = FORMATS.find((one) => one === given);
  if (format === undefined) throw new UsageError(`-o is "${given}": give ${FORMATS.join(", ")}`);
  return format;
}

async function traceOf(context: CliContext, { service }: Subject, zone: string): Promise<Trace> {
  const [file, url] = [context.text("trace"), context.text("prometheus")];
  if ((file === undefined) === (url === undefined)) {
    throw new UsageError("give the load by one of --trace CSV and --prometheus URL");
  }
  if (url !== undefined) {
    return traceFromPrometheus(context, service, { url, ...rangeFlags(context, { zone, longestDays: LONGEST_DAYS }) });
  }
  if (file === "-") return traceFromCsv(await context.input(), "standard input");
  return traceFromCsv(await textOf(file!), file!);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`--trace: ${file} cannot be read: ${(error as Error).message}`);
  }
}

function calendarNotes(
  calendars: readonly NamedCalendar[],
  views: ReturnType<ReturnType<typeof announcedViews>>,
  windows: readonly unknown[],
): string[] {
  const problems = views.flatMap(({ name, problems: found }) =>
    found.map(({ field, message }) => `FilingCalendar ${name}: ${field}: ${message}`),
  );
  if (windows.length > 0) return problems;
  const names = calendars.map(({ name }) => name).join(", ");
  return [...problems, `no window of ${names} lies wholly in the load: give a longer one`];
}
