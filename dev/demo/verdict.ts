import type { ReleaseStep } from "./recording.ts";
import type { Course, Summary } from "./summary.ts";
import { minutes, whole } from "./view.ts";

/** The summary in words. */

export function verdict(summary: Summary, usual: { load: number; perReplica: number; utilization: number }): string {
  const { peak, needed, operator, plain, met } = summary;
  const each = usual.perReplica * usual.utilization;
  const rows = [
    ["", "ready for the peak", "ready at the peak", "short of capacity", "requests beyond it", "cost"],
    ["invoiceops", ...courseWords(operator, summary)],
    ["plain HPA, same load", ...courseWords(plain, summary)],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join("   ")
      .trimEnd(),
  );
  return `\
The peak was ${whole(peak.load)} requests/s (mean of five seconds; the usual is ${whole(usual.load)}).
It needs ${needed} replicas at ${each} requests/s each, ${usual.utilization * 100} % of what one serves.

${table.map((line) => `  ${line}`).join("\n")}

The first line is measured, the second is the autoscaler's arithmetic on the load that was measured, with pods that
start as slowly. A window of weeks passes in minutes here while pods take as long as they do in life, so a plain HPA
has less time to follow than it would have in life.

${met ? "PEAK MET: enough replicas were ready before it." : "PEAK MISSED: not enough replicas were ready before it."}`;
}

function courseWords(course: Course, { peak }: Summary): string[] {
  return [
    course.readySince === undefined ? "no" : `yes, ${minutes(peak.at - course.readySince)} before it`,
    String(course.readyAtPeak),
    `${Math.round(course.secondsShort)} s`,
    whole(course.requestsBeyond),
    `${Math.round(course.replicaMinutes)} replica-minutes`,
  ];
}

/** How the capacity was given back. */
export function releaseWords(
  steps: readonly ReleaseStep[],
  deadline: number,
  replicas: { most: number; now: number },
): string {
  if (steps.length === 0) return "Nothing was given back.";
  const floors = [steps[0]!.from, ...steps.map(({ to }) => to)].join(" → ");
  const last = minutes(steps.at(-1)!.at - deadline);
  return `Given back after the deadline: floor ${floors} within ${last}; replicas ${replicas.most} → ${replicas.now}.`;
}
