import { durationText } from "../durations.ts";
import { momentText } from "../moments.ts";
import type { Paint } from "../paint.ts";
import { wrapped } from "../wrapping.ts";
import type { FloorView, State, StatusView, WindowView } from "./view.ts";

/** One screen about one InvoiceService. */

interface ScreenOptions {
  now: number;
  paint: Paint;
  /** Width of the terminal; without it no line is broken. */
  columns?: number;
}

type Brush = (text: string) => string;
/** A line, or several where the text is too wide. Labels that begin with a space belong to the one above. */
type Row = readonly [label: string, text: string, brush?: Brush];

/** Columns of the labels, with the space after them. */
const LABEL = 21;
const STEPS_SHOWN = 6;
const NARROWEST = 20;

export function screen(view: StatusView, { now, paint, columns }: ScreenOptions): string {
  const zone = view.window?.timeZone ?? "UTC";
  const at: At = (time) => `${momentText(Date.parse(time), zone)} (${relative(Date.parse(time) - now)})`;
  const rows: Row[] = [
    ...windowRows(view.window, at),
    ...demandRows(view, at, paint),
    ...forecastRows(view.forecast, paint),
    ...floorRows(view.floor, at, paint),
    ...replicaRows(view, paint),
    ...planRows(view, at),
    ...view.notConfigured.map((part): Row => [capital(part), "not configured", paint.dim]),
    ...conditionRows(view, now, paint),
    ["Waits for", view.waitsFor.message, view.waitsFor.whom === "you" ? paint.bad : paint.bold],
  ];
  const width = columns === undefined ? Infinity : Math.max(NARROWEST, columns - LABEL);
  return [...headLines(view, at, paint), "", ...rows.flatMap((row) => linesOf(row, width, paint)), ""].join("\n");
}

type At = (time: string) => string;

/** `in 3 d 4 h`, `2 min ago`. */
function relative(ms: number): string {
  return ms >= 0 ? `in ${durationText(ms)}` : `${durationText(-ms)} ago`;
}

function linesOf([label, text, brush = (plain) => plain]: Row, width: number, paint: Paint): string[] {
  const [first = "", ...more] = wrapped(text, width);
  const name = label.padEnd(LABEL);
  const head = first === "" ? name.trimEnd() : name;
  return [
    `${label.startsWith(" ") ? head : paint.bold(head)}${brush(first)}`,
    ...more.map((line) => " ".repeat(LABEL) + brush(line)),
  ];
}

function headLines(
  { namespace, name, workload, mode, phase, ready, message, paused }: StatusView,
  at: At,
  paint: Paint,
): string[] {
  const brush = ready ? paint.good : phase === "Degraded" ? paint.bad : paint.warn;
  const until = paused?.until === undefined ? "" : ` until ${at(paused.until)}`;
  return [
    `${paint.bold(`${namespace}/${name}`)}  ${brush(`${ready ? "ready" : "not ready"}, ${phase ?? "not yet seen"}`)}`,
    `${workload}, mode ${mode}${paused ? paint.warn(`, paused${until}`) : ""}`,
    ...(message === "" ? [] : [message]),
  ];
}

function windowRows(window: WindowView | undefined, at: At): Row[] {
  if (!window) return [["Window", "none is known"]];
  const { calendar, grade, inForce, secondsToGo, opens, deadline, heldUntil } = window;
  const toGo = durationText(secondsToGo * 1000);
  const state = inForce ? `open, ${toGo} to the deadline` : `opens in ${toGo}`;
  return [
    ["Window", `${calendar}: ${state}`],
    ["  opens", at(opens)],
    ["  deadline", `${at(deadline)}, ${grade.toLowerCase()}`],
    ["  floor is held", `until ${at(heldUntil)}`],
  ];
}

function demandRows({ demand: { state, message, peak, peakAt } }: StatusView, at: At, paint: Paint): Row[] {
  const expected: Row[] =
    peak === undefined || peakAt === undefined ? [] : [["  expected peak", `${peak} requests/s, ${at(peakAt)}`]];
  return [["Demand", message, brushOf(state, paint)], ...expected];
}

function forecastRows(forecast: StatusView["forecast"], paint: Paint): Row[] {
  if (!forecast) return [];
  const { p50, upper, windows, perReplica, state, message } = forecast;
  const learnt = windows === undefined ? "" : `, learnt from ${windows} ${windows === 1 ? "window" : "windows"}`;
  return [
    ["Forecast", message, brushOf(state, paint)],
    ...(p50 === undefined || upper === undefined
      ? []
      : [["  of the peak", `${p50} requests/s, planned for ${upper}${learnt}`] as const]),
    ...(perReplica === undefined
      ? []
      : [["  one replica", `serves ${perReplica} requests/s, learnt from load and ready replicas`] as const]),
  ];
}

function floorRows(floor: FloorView | undefined, at: At, paint: Paint): Row[] {
  if (!floor) return [["Floor", "not decided yet"]];
  const {
    replicas,
    reason,
    since,
    owner,
    base,
    applied,
    appliedReason,
    message,
    contest,
    outOfGit: git,
    prewarm,
  } = floor;
  const own = base === undefined ? "" : `, its own minimum is ${base}`;
  return [
    ["Floor", `${replicas} replicas, for ${reason}${since === undefined ? "" : `, since ${at(since)}`}`],
    ["  owner", owner === undefined ? "nobody: there is no field to write" : `${owner}${own}`],
    ["  written", `${appliedReason}: ${message}`, brushOf(WISHED.has(appliedReason) ? "Unknown" : applied, paint)],
    ...(contest ? [["  contested", `by ${contest.manager}, since ${at(contest.since)}`, paint.bad] as const] : []),
    ...(git
      ? [["  out of Git", `safe to leave ${git.field} out: ${git.safe ? "yes" : "no"}, ${git.why}`] as const]
      : []),
    ...(prewarm ? [["  prewarm", `${prewarm.replicas} replicas until ${at(prewarm.until)}`] as const] : []),
  ];
}

/** Nothing is written because somebody wants it so. */
const WISHED = new Set(["Paused", "Observing", "TargetNone", "ScaledObjectPaused", "ScaledToZero"]);

function replicaRows({ replicas, shortfall }: StatusView, paint: Paint): Row[] {
  const { current, ready, desired, min, max, leadSeconds } = replicas;
  const wanted = desired === undefined ? "" : `, ${desired} wanted`;
  const known = current === undefined ? "not known" : `${ready ?? 0} of ${current} ready${wanted}`;
  return [
    ["Replicas", `${known}; ${min} to ${max} are allowed`],
    ...(leadSeconds === undefined ? [] : [["  lead time", durationText(leadSeconds * 1000)] as const]),
    ...(shortfall
      ? [
          [
            "  shortfall",
            `the peak needs ${shortfall.needed}, ${shortfall.limitedBy} allows ${shortfall.limit}`,
            paint.warn,
          ] as const,
        ]
      : []),
  ];
}

function planRows({ plan }: StatusView, at: At): Row[] {
  const step = ({ from, replicas, reason }: StatusView["plan"][number]): string =>
    `${at(from)}: ${replicas} for ${reason}`;
  const [first, ...more] = plan.slice(0, STEPS_SHOWN);
  if (!first) return [["Next steps", "none in sight"]];
  const left = plan.length - STEPS_SHOWN;
  return [
    ["Next steps", step(first)],
    ...more.map((next): Row => ["", step(next)]),
    ...(left > 0 ? [["", `and ${left} more`] as const] : []),
  ];
}

function conditionRows({ conditions }: StatusView, now: number, paint: Paint): Row[] {
  if (conditions.length === 0) return [["Conditions", "none yet"]];
  return [
    ["Conditions", ""],
    ...conditions.map(({ type, status, reason, message, lastTransitionTime }): Row => {
      const since = durationText(Math.max(0, now - Date.parse(lastTransitionTime)));
      const state = WISHED.has(reason) ? "Unknown" : goodIs(type, status);
      return [`  ${type}`, `${status} for ${since}, ${reason}: ${message}`, brushOf(state, paint)];
    }),
  ];
}

/** Types of which True is the bad news. */
const BAD = new Set(["Stalled", "Degraded", "CapacityShortfall", "Reconciling"]);
const OPPOSITE: Readonly<Record<State, State>> = { True: "False", False: "True", Unknown: "Unknown" };

function goodIs(type: string, status: State): State {
  return BAD.has(type) ? OPPOSITE[status] : status;
}

function brushOf(state: State, paint: Paint): Brush {
  if (state === "False") return paint.bad;
  return state === "Unknown" ? paint.warn : (text) => text;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
