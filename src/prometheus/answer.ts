import { labelOf, type Labels } from "./labels.ts";
import type { Failure } from "./reading.ts";

/** One series of an instant vector, its sample not yet judged: `value` is the string that Prometheus sent. */
export interface Series {
  labels: Labels;
  /** Sample timestamp, ms since the epoch. */
  at: number;
  /** Absent when the sample is a native histogram. */
  value?: string;
}

/** What an instant query gave. */
export type Answer = VectorAnswer | Failure;

/** One series of a range answer on the grid `start + i * stepMs`; NaN where there is no sample or no finite one. */
export interface RangeSeries {
  labels: Labels;
  values: Float64Array;
}

/** What a range query gave; `start` in ms since the epoch. `partial` as in Reading. */
export type RangeAnswer =
  | { ok: true; start: number; stepMs: number; series: readonly RangeSeries[]; partial?: string }
  | Failure;

interface Index {
  groups: Map<string, Series[]>;
  /** Some series carries every label of the selection. */
  carried: boolean;
}

/**
 * An instant vector. Many services select from one answer, so the series are indexed once for each set of
 * label names asked for; after that a selection is one look-up.
 */
export class VectorAnswer {
  readonly ok = true;
  readonly series: readonly Series[];
  /** When the question was asked, ms since the epoch; the time of a zero that stands for "no series". */
  readonly askedAt: number;
  /** The warnings, shortened: a part of the data is missing. `infos` do not count. */
  readonly partial: string | undefined;
  readonly #indexes = new Map<string, Index>();

  constructor(series: readonly Series[], askedAt: number, partial?: string) {
    this.series = series;
    this.askedAt = askedAt;
    this.partial = partial;
  }

  /**
   * The series whose labels include all of `select`. `carried` tells whether any series has these labels at
   * all, whatever their values: when not, the selection does not fit the query.
   */
  find(select: Labels): { matches: readonly Series[]; carried: boolean } {
    const names = Object.keys(select).toSorted();
    if (names.length === 0) return { matches: this.series, carried: true };
    const index = this.#index(names);
    return { matches: index.groups.get(groupKey(select, names)) ?? [], carried: index.carried };
  }

  #index(names: readonly string[]): Index {
    const key = JSON.stringify(names);
    const known = this.#indexes.get(key);
    if (known) return known;
    const index: Index = { groups: new Map(), carried: false };
    for (const series of this.series) {
      const group = groupKey(series.labels, names);
      const members = index.groups.get(group);
      if (members) members.push(series);
      else index.groups.set(group, [series]);
      index.carried ||= names.every((name) => Object.hasOwn(series.labels, name));
    }
    this.#indexes.set(key, index);
    return index;
  }
}

function groupKey(labels: Labels, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => labelOf(labels, name)));
}
