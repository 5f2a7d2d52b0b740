import { dailyLevels, levelAt, type InvoiceCounts } from "./dataset.ts";

/**
 * How the real invoice counts become the load of today: the history that Prometheus is given, and the requests that
 * are offered while the demo runs.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;

/**
 * The real hour that stands for the hour of the deadline, whenever that is: the demo works at night as well. It is
 * one of a run of Thursdays that were much alike around noon, so the usual demand is a clear number.
 */
const ANCHOR = Date.parse("2011-07-21T12:00Z");
const ANCHOR_DAY = Math.floor(ANCHOR / DAY_MS) * DAY_MS;
/** The window opens on the anchor's day; days around it are replayed, and after the last the first comes again. */
const REPLAYED = { from: ANCHOR_DAY - 3 * WEEK_MS, to: ANCHOR_DAY + 6 * WEEK_MS };
/** A window is cut into so many units, as in the deadline law; each replays one real working day. */
const UNITS = 15;
const EXPONENT = 1.3;
const LATE_UNITS = 2;

/** Milliseconds since the epoch. */
export interface FilingWindow {
  opens: number;
  deadline: number;
}

/** Requests/s at a moment, ms since the epoch. */
export type Rate = (at: number) => number;

/**
 * The usual demand of the past weeks: the real counts, hour by hour, moved so that the anchor falls on the hour of the
 * deadline, and scaled so that `usual` requests/s are the median of that hour of the week.
 */
export function pastRate(counts: InvoiceCounts, window: FilingWindow, usual: number): Rate {
  const moved = ANCHOR - Math.floor(window.deadline / HOUR_MS) * HOUR_MS;
  const alike = [1, 2, 3, 4].map((week) => levelAt(counts, ANCHOR + HOUR_MS / 2 - week * WEEK_MS));
  const scale = usual / median(alike);
  return (at) => scale * levelAt(counts, at + moved);
}

/**
 * The load that is offered: `usual` requests/s, livelier or calmer as the real working days were that are replayed at
 * one a unit, times the rush to the deadline. After the deadline it fades over a few units: some file late.
 *
 * The rush is the law of Alfi, Parisi and Pietronero (Nature Physics 3, 746, 2007) with the exponent that fits the
 * 40 % of India's GST returns of August 2017 that came on the last day.
 */
export function offeredRate(
  counts: InvoiceCounts,
  window: FilingWindow,
  load: { usual: number; peakFactor: number },
): Rate {
  const unit = (window.deadline - window.opens) / UNITS;
  const days = dailyLevels(counts, REPLAYED.from, REPLAYED.to);
  const first = dailyLevels(counts, REPLAYED.from, ANCHOR_DAY).length;
  return (at) => load.usual * between(days, first + (at - window.opens) / unit) * rush(at, window, load.peakFactor);
}

function rush(at: number, { opens, deadline }: FilingWindow, peakFactor: number): number {
  if (at < opens) return 1;
  const unitsLeft = (UNITS * (deadline - at)) / (deadline - opens);
  const share = unitsLeft >= 0 ? (unitsLeft + 1) ** -EXPONENT : Math.exp(unitsLeft / LATE_UNITS);
  return 1 + (peakFactor - 1) * share;
}

/** The value at a place between two of a list that begins anew after its end. */
function between(values: readonly number[], place: number): number {
  const index = Math.floor(place);
  const at = (i: number): number => values[((i % values.length) + values.length) % values.length] ?? 1;
  return at(index) + (place - index) * (at(index + 1) - at(index));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 1) + (sorted[Math.ceil(middle)] ?? 1)) / 2;
}
