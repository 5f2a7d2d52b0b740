import { durationText } from "../durations.ts";
import { momentText } from "../moments.ts";
import type { Paint } from "../paint.ts";

/** The plan of one service, for the table and for programs: `-o json` has a list of these. Times are RFC 3339, UTC. */
export interface PlanView {
  name: string;
  zone: string;
  /** This and the next four are absent when the object cannot be used at all. */
  workload?: string;
  minReplicas?: number;
  maxReplicas?: number;
  leadSeconds?: number;
  /** The lead is measured by the operator, and this one is a guess. */
  leadMeasured?: boolean;
  windows: { calendar: string; period?: string; opens: string; deadline: string; heldUntil?: string; grade: string }[];
  /** From `askedFor` on so many replicas are asked for; they are needed from `neededFrom` on. */
  steps: { askedFor: string; neededFrom: string; replicas: number; reason: string }[];
  /** What the forecast of windows rests on; absent where none is needed, or there is none. */
  basis?: string;
  /** What could not be planned, or does not fit. */
  notes: string[];
}

export function planText(view: PlanView, zone: string, paint: Paint): string {
  const at = (time: string): string => momentText(Date.parse(time), zone);
  const { name, workload, windows, steps, basis, notes, maxReplicas = Infinity } = view;
  const rows = steps.map(({ askedFor, neededFrom, replicas, reason }) => [
    at(askedFor),
    at(neededFrom),
    replicas > maxReplicas ? `${maxReplicas} of ${replicas}` : String(replicas),
    reason,
  ]);
  return [
    `${paint.bold(name)}${workload === undefined ? "" : `: ${workload}, ${boundsWords(view)}`}`,
    ...windows.map(
      ({ calendar, period = "", opens, deadline, heldUntil, grade }) =>
        `  window ${`${calendar} ${period}`.trim()}: ${at(opens)} to ${at(deadline)}, ${grade.toLowerCase()}${heldUntil === undefined ? "" : ` (it may end as late as ${at(heldUntil)})`}`,
    ),
    ...(basis === undefined ? [] : [`  forecast: ${basis}`]),
    ...(rows.length === 0 ? [] : table([["asked for", "needed from", "replicas", "why"], ...rows], paint)),
    ...notes.map((note) => `  ${paint.warn("note:")} ${note}`),
    "",
  ].join("\n");
}

function boundsWords({ minReplicas, maxReplicas, leadSeconds = 0, leadMeasured = false }: PlanView): string {
  const lead = `lead time ${durationText(leadSeconds * 1000)}${leadMeasured ? " (a guess: the operator measures it)" : ""}`;
  return `${minReplicas} to ${maxReplicas} replicas, ${lead}`;
}

function table([head = [], ...rows]: readonly (readonly string[])[], paint: Paint): string[] {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `  ${row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  ")
      .trimEnd()}`;
  return [paint.dim(line(head)), ...rows.map(line)];
}
