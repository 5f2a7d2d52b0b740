import type { Answer, RangeAnswer, Series } from "./answer.ts";
import { describeDifference, describeLabels, type Labels, matching } from "./labels.ts";
import { histogramFailure } from "./parse.ts";
import type { Failure, MetricReason, Reading } from "./reading.ts";
import { parseDecimal, shorten } from "./text.ts";

/**
 * Takes the one series whose labels include all of `select` (all labels equal; without `select` the answer must
 * be one series) and reads its sample strictly. Everything else is a named reason.
 *
 * `emptyMeansZero` makes "no series" a 0, on a complete answer only, and only while the answer is empty or its
 * series carry the selected labels: a query that lost its labels is no evidence of silence.
 * `notBefore` (ms since the epoch): older samples are Stale. Note that Prometheus stamps an instant sample with
 * the time of evaluation; it shows the age of scraped data only for queries that keep it.
 */
export function selectSample(
  answer: Answer,
  select: Labels = {},
  options: { emptyMeansZero?: boolean; notBefore?: number } = {},
): Reading {
  if (!answer.ok) return answer;
  const { matches, carried } = answer.find(select);
  const [series] = matches;
  if (matches.length > 1) return severalSeries(matches, select);
  if (series) return readSample(series, answer.partial, options.notBefore);
  if (answer.partial !== undefined) return failure("PartialData", `no series, and not all data: ${answer.partial}`);
  if (options.emptyMeansZero && (carried || answer.series.length === 0)) {
    return { ok: true, value: 0, at: answer.askedAt };
  }
  return noSeries(answer.series.length, select);
}

/** A sample of the past: time in ms since the epoch, and value. */
export type Point = readonly [at: number, value: number];

/** Takes the one series of a range answer, as selectSample does; its gaps and non-finite samples are left out. */
export function selectPoints(
  answer: RangeAnswer,
  select: Labels = {},
): { ok: true; points: readonly Point[]; partial?: string } | Failure {
  if (!answer.ok) return answer;
  const matches = matching(answer.series, select);
  const [series] = matches;
  if (matches.length > 1) return severalSeries(matches, select);
  if (!series) return noSeries(answer.series.length, select);
  const points: Point[] = [];
  for (const [slot, value] of series.values.entries()) {
    if (!Number.isNaN(value)) points.push([answer.start + slot * answer.stepMs, value]);
  }
  return { ok: true, points, ...(answer.partial !== undefined && { partial: answer.partial }) };
}

function readSample(series: Series, partial: string | undefined, notBefore: number | undefined): Reading {
  if (series.value === undefined) return histogramFailure(series.labels);
  const value = parseDecimal(series.value);
  if (value === undefined) {
    return failure("InvalidSample", `the sample ${JSON.stringify(series.value)} is not a finite number`);
  }
  if (notBefore !== undefined && series.at < notBefore) {
    const late = Math.ceil((notBefore - series.at) / 1000);
    return failure("Stale", `the sample of ${new Date(series.at).toISOString()} is ${late} s too old`);
  }
  return { ok: true, value, at: series.at, ...(partial !== undefined && { partial }) };
}

function severalSeries(matches: readonly { labels: Labels }[], select: Labels): Failure {
  const which = Object.keys(select).length > 0 ? `match ${describeLabels(select)}` : "where one is expected";
  return failure("AmbiguousSeries", `${matches.length} series ${which}: ${describeDifference(matches)}`);
}

function noSeries(total: number, select: Labels): Failure {
  if (total === 0) return failure("NoData", "the query gives no series");
  return failure("NoData", `none of ${total} series matches ${describeLabels(select)}`);
}

function failure(reason: MetricReason, message: string): Failure {
  return { ok: false, reason, message: shorten(message) };
}
