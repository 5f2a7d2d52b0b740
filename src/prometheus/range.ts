import type { RangeAnswer, RangeSeries } from "./answer.ts";
import type { Grid } from "./parse.ts";
import { shorten } from "./text.ts";

/** A week of five-minute steps, well below the 11,000 points a series that Prometheus gives at most. */
const CHUNK_POINTS = 2_016;

/** The grid in pieces of at most `points` steps, in order and without overlap. */
export function chunksOf({ start, end, stepMs }: Grid, points: number = CHUNK_POINTS): Grid[] {
  const chunks: Grid[] = [];
  for (let from = start; from <= end; from += points * stepMs) {
    chunks.push({ start: from, end: Math.min(end, from + (points - 1) * stepMs), stepMs });
  }
  return chunks;
}

/** A chunk in two; undefined when it is a single step. */
export function halvesOf(chunk: Grid): Grid[] | undefined {
  const points = pointsOf(chunk);
  return points > 1 ? chunksOf(chunk, Math.ceil(points / 2)) : undefined;
}

/** Puts the answers of chunks together on the whole grid; a series may be absent from some of them. */
export class RangeAssembly {
  readonly #grid: Grid;
  readonly #series = new Map<string, RangeSeries>();
  readonly #warnings = new Set<string>();

  constructor(grid: Grid) {
    this.#grid = grid;
  }

  add(part: RangeAnswer & { ok: true }): void {
    const offset = Math.round((part.start - this.#grid.start) / this.#grid.stepMs);
    for (const { labels, values } of part.series) this.#valuesOf(labels).set(values, offset);
    if (part.partial !== undefined) this.#warnings.add(part.partial);
  }

  answer(): RangeAnswer {
    const { start, stepMs } = this.#grid;
    const partial = this.#warnings.size > 0 ? { partial: shorten([...this.#warnings].join("; ")) } : {};
    return { ok: true, start, stepMs, series: [...this.#series.values()], ...partial };
  }

  #valuesOf(labels: RangeSeries["labels"]): Float64Array {
    const key = JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = this.#series.get(key);
    if (known) return known.values;
    const values = new Float64Array(pointsOf(this.#grid)).fill(Number.NaN);
    this.#series.set(key, { labels, values });
    return values;
  }
}

function pointsOf({ start, end, stepMs }: Grid): number {
  return Math.floor((end - start) / stepMs) + 1;
}
