import { type Answer, type RangeAnswer, type RangeSeries, type Series, VectorAnswer } from "./answer.ts";
import { describeLabels, type Labels } from "./labels.ts";
import type { Failure } from "./reading.ts";
import { parseDecimal, shorten } from "./text.ts";

/** The JSON object of an answer whose status is "success". */
export type ApiBody = Record<string, unknown>;

/** Times of a range question: ms since the epoch, both ends included. */
export interface Grid {
  start: number;
  end: number;
  stepMs: number;
}

/** Reads the answer of /api/v1/query. Sample values stay strings: they are judged when one is selected. */
export function parseVector(body: ApiBody, askedAt: number): Answer {
  const entries = resultOf(body, "vector");
  if (!Array.isArray(entries)) return entries;
  const series: Series[] = [];
  for (const entry of entries) {
    const parsed = parseSeries(entry);
    if (!parsed) return malformed("a series has no labels or no sample");
    series.push(parsed);
  }
  return new VectorAnswer(series, askedAt, partialText(body));
}

/**
 * Reads the answer of /api/v1/query_range onto the grid of the question. Samples that are no finite number stay
 * NaN: a gap and not a zero.
 */
export function parseMatrix(body: ApiBody, grid: Grid): RangeAnswer {
  const entries = resultOf(body, "matrix");
  if (!Array.isArray(entries)) return entries;
  const series: RangeSeries[] = [];
  for (const entry of entries) {
    if (!isRecord(entry) || !isLabels(entry["metric"])) return malformed("a series has no labels");
    if (entry["histograms"] !== undefined) return histogramFailure(entry["metric"]);
    const values = valuesOn(grid, entry["values"]);
    if (!values) return malformed("a series has no list of samples");
    series.push({ labels: entry["metric"], values });
  }
  const partial = partialText(body);
  return { ok: true, start: grid.start, stepMs: grid.stepMs, series, ...(partial !== undefined && { partial }) };
}

/** The failure of a series that is a native histogram. */
export function histogramFailure(labels: Labels): Failure {
  const message = `the series ${describeLabels(labels)} is a native histogram; take one number from it with histogram_count, histogram_sum or histogram_quantile`;
  return { ok: false, reason: "HistogramSample", message: shorten(message) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseSeries(entry: unknown): Series | undefined {
  if (!isRecord(entry) || !isLabels(entry["metric"])) return undefined;
  const sample = entry["value"] ?? entry["histogram"];
  if (!Array.isArray(sample) || sample.length !== 2 || typeof sample[0] !== "number") return undefined;
  const at = Math.round(sample[0] * 1000);
  if (entry["value"] === undefined) return { labels: entry["metric"], at };
  return typeof sample[1] === "string" ? { labels: entry["metric"], at, value: sample[1] } : undefined;
}

function valuesOn({ start, end, stepMs }: Grid, samples: unknown): Float64Array | undefined {
  if (!Array.isArray(samples)) return undefined;
  const values = new Float64Array(Math.floor((end - start) / stepMs) + 1).fill(Number.NaN);
  for (const sample of samples) {
    if (!Array.isArray(sample)) return undefined;
    const slot = Math.round((Number(sample[0]) * 1000 - start) / stepMs);
    if (slot >= 0 && slot < values.length) values[slot] = parseDecimal(sample[1]) ?? Number.NaN;
  }
  return values;
}

function resultOf(body: ApiBody, wanted: "vector" | "matrix"): unknown[] | Failure {
  const data = isRecord(body["data"]) ? body["data"] : {};
  const { resultType: found, result } = data;
  if (found === wanted) return Array.isArray(result) ? result : malformed(`the ${wanted} is not a list`);
  if (typeof found !== "string") return malformed("it has no result type");
  const hint = found === "scalar" ? "; wrap the query in vector()" : "";
  const message = shorten(`the query gives a ${found} where a ${wanted} is expected${hint}`);
  return { ok: false, reason: "UnexpectedResult", message };
}

/**
 * Warnings say that the data is incomplete; remarks on the query come as `infos`, from older servers among the
 * warnings with the prefix "PromQL info:". VictoriaMetrics has a flag instead.
 */
function partialText(body: ApiBody): string | undefined {
  if (body["isPartial"] === true) return "the server marks the answer as partial";
  const warnings = Array.isArray(body["warnings"]) ? body["warnings"].map(String) : [];
  const real = warnings.filter((warning) => !warning.startsWith("PromQL info:"));
  return real.length > 0 ? shorten(real.join("; ")) : undefined;
}

function malformed(what: string): Failure {
  return { ok: false, reason: "UnexpectedResult", message: `not an answer of the Prometheus API: ${what}` };
}

function isLabels(value: unknown): value is Labels {
  return isRecord(value) && Object.values(value).every((label) => typeof label === "string");
}
