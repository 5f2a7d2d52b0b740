import type { Span } from "../forecast/baseline.ts";
import { quantile } from "../forecast/quantile.ts";
import type { Point } from "../prometheus/select.ts";

/** What in a history is no demand as it was: pure. */

const HOUR_MS = 3_600_000;
const HOURS_IN_WEEK = 168;
/** Hours of the week that were seen less often say nothing about what is usual in them. */
const WEEKS = 3;

/** A zero that stands alone is a scrape that was late, and disappears in its hour. */
const SHORTEST_MS = 30 * 60_000;

/**
 * Spans in which demand was not seen although there are samples: half an hour of zeros and more at hours that usually
 * have load, as a service that is down has them, and `... or vector(0)` while nothing is scraped. `points` are in
 * order, `stepMs` apart where nothing is missing; `usualAt` is the usual load, by default what the points themselves
 * say about the hour of the week.
 */
export function outagesIn(
  points: Iterable<Point>,
  stepMs: number,
  usualAt: (at: number) => number = usualByHour(points, stepMs),
): Span[] {
  const spans: Span[] = [];
  for (const [at, value] of points) if (value === 0 && usualAt(at) > 0) extend(spans, at, stepMs);
  return spans.filter(({ from, to }) => to - from >= SHORTEST_MS);
}

/**
 * Spans in which more was asked for than the ready replicas can serve: who is turned away may not come back, so what
 * was measured is a lower bound of what would have come. `ready` is on the same grid as `load`.
 */
export function censoredIn(
  load: Iterable<Point>,
  ready: Iterable<Point>,
  { perReplica, stepMs }: { perReplica: number; stepMs: number },
): Span[] {
  const replicas = new Map(ready);
  const spans: Span[] = [];
  for (const [at, value] of load) {
    const count = replicas.get(at);
    if (count !== undefined && value > 0 && value >= count * perReplica) extend(spans, at, stepMs);
  }
  return spans;
}

/** Adds the step that begins at `at`, to the last span where it goes on from there. */
function extend(spans: Span[], at: number, stepMs: number): void {
  const last = spans.at(-1);
  if (last && at - last.to < stepMs / 2) last.to = at + stepMs;
  else spans.push({ from: at, to: at + stepMs });
}

/** The median of each hour of the week; 0 where it was seen in less than three weeks. */
function usualByHour(points: Iterable<Point>, stepMs: number): (at: number) => number {
  const values: number[][] = Array.from({ length: HOURS_IN_WEEK }, () => []);
  for (const [at, value] of points) values[slotOf(at)]?.push(value);
  const enough = (WEEKS * HOUR_MS) / stepMs;
  const usual = values.map((seen) => (seen.length < enough ? 0 : quantile(seen, 0.5)));
  return (at) => usual[slotOf(at)] ?? 0;
}

function slotOf(at: number): number {
  return Math.floor(at / HOUR_MS) % HOURS_IN_WEEK;
}
