import type { Point } from "../prometheus/select.ts";

/** A day of five-minute samples as tuples takes as much memory as a month of them does here: four bytes each. */
export class Samples implements Iterable<Point> {
  /** Time of the first place, ms since the epoch. */
  readonly start: number;
  readonly stepMs: number;
  /** NaN where there is no sample. */
  readonly #values: Float32Array;

  constructor(grid: { start: number; end: number; stepMs: number }) {
    this.start = grid.start;
    this.stepMs = grid.stepMs;
    this.#values = new Float32Array(Math.max(0, Math.floor((grid.end - grid.start) / grid.stepMs) + 1)).fill(
      Number.NaN,
    );
  }

  /** Puts samples in their places; those that lie outside of the grid are dropped. */
  put(points: Iterable<Point>): this {
    for (const [at, value] of points) {
      const place = Math.round((at - this.start) / this.stepMs);
      if (place >= 0 && place < this.#values.length) this.#values[place] = value;
    }
    return this;
  }

  /** Oldest first, without the places that are empty. */
  *[Symbol.iterator](): Generator<Point> {
    for (const [place, value] of this.#values.entries()) {
      if (!Number.isNaN(value)) yield [this.start + place * this.stepMs, value];
    }
  }
}
