import type { Trace } from "../../replay/trace.ts";
import { UsageError } from "../verb.ts";

/** A load from a CSV file, `time,load`. */

const HEAD = "time,load";
const FINEST_MS = 15_000;
const COARSEST_MS = 3_600_000;
/** Two years of a sample a minute, and more. */
const MOST_SAMPLES = 2_000_000;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Reads `time,load`: ISO times (UTC where they carry no offset), requests/s. An empty load, or NaN, is a gap, and so is
 * a time that is left out. Rows may stand in any order. Throws a UsageError that names file and line.
 */
export function traceFromCsv(text: string, file: string): Trace {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const head = (lines[0] ?? "").replaceAll(/["\s]/g, "").toLowerCase();
  if (head !== HEAD) throw new UsageError(`${file}:1: "${shown(lines[0])}" is not the header: write ${HEAD}`);
  const samples = lines.flatMap((line, index) =>
    index === 0 || line.trim() === "" ? [] : [sampleOf(line, `${file}:${index + 1}`)],
  );
  return traceOf(samples, file);
}

/** Samples on the grid of their smallest distance. */
export function traceOf(samples: readonly Sample[], file: string): Trace {
  const sorted = samples.toSorted((a, b) => a.at - b.at);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (!first || !last || first === last) throw new UsageError(`${file}: two samples of load are needed at least`);
  let stepMs = Infinity;
  for (const [index, { at, where }] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before?.at === at) throw new UsageError(`${where}: time ${timeText(at)} stands twice: remove one of the rows`);
    if (before) stepMs = Math.min(stepMs, at - before.at);
  }
  if (stepMs < FINEST_MS || stepMs > COARSEST_MS) {
    throw new UsageError(
      `${file}: samples are ${stepMs / 1000} s apart: give one every 15 s at most, and every hour at least`,
    );
  }
  const length = Math.round((last.at - first.at) / stepMs) + 1;
  if (length > MOST_SAMPLES) {
    throw new UsageError(
      `${file}: ${length} samples from first to last are more than ${MOST_SAMPLES}: give a shorter stretch, or one sample a minute`,
    );
  }
  const load = new Float64Array(length).fill(Number.NaN);
  // A row beside the grid counts for the sample it is nearest to.
  for (const { at, value } of sorted) load[Math.round((at - first.at) / stepMs)] = value;
  return { start: first.at, stepMs, load };
}

export interface Sample {
  at: number;
  value: number;
  /** Where it stands, for messages. */
  where: string;
}

function sampleOf(line: string, where: string): Sample {
  const [time = "", load = "", ...more] = line.split(",").map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  if (more.length > 0)
    throw new UsageError(
      `${where}: "${shown(line)}" has more than a time and a load: write 2026-11-01T08:00:00Z,812.5`,
    );
  const local = /(Z|[+-]\d{2}:\d{2})$/.test(time) ? time : `${time}Z`;
  const at = TIME.test(time) ? Date.parse(local) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UsageError(`${where}: time is "${shown(time)}": write an ISO time, as 2026-11-01T08:00:00Z`);
  }
  const gap = load === "" || load.toLowerCase() === "nan";
  const value = gap ? Number.NaN : Number(load);
  if (!gap && !(value >= 0 && value < Infinity)) {
    throw new UsageError(`${where}: load is "${shown(load)}": give requests/s, 0 or more, or nothing for a gap`);
  }
  return { at, value, where };
}

function shown(text = ""): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
