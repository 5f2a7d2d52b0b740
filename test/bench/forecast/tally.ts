import { forecastScore, type ForecastScore } from "../../../src/replay/forecast-score.ts";
import { quantile } from "../../../src/forecast/quantile.ts";
import type { Cell } from "./cells.ts";
import type { Outcome } from "./play.ts";

/** What came of many cells, put together. */

export interface Tally {
  /** Mean of a window, minutes. */
  lastMinutes: number;
  minutes: number;
  /** Share of the requests. */
  late: number;
  /** Pod-hours over those of the oracle: median and 90th percentile of the windows. */
  ratio: number;
  ratioP90: number;
  /** The same over the bare need. */
  bare: number;
  scaleEvents: number;
}

export class Outcomes {
  readonly #all: readonly Outcome[];

  constructor(all: readonly Outcome[]) {
    this.#all = all;
  }

  get count(): number {
    return this.#all.length;
  }

  where(fits: (cell: Cell) => boolean): Outcomes {
    return new Outcomes(this.#all.filter(({ cell }) => fits(cell)));
  }

  get policies(): string[] {
    return [...(this.#all[0]?.scores.keys() ?? [])];
  }

  of(policy: string): Tally {
    const scores = this.#all.map((outcome) => ({ ...outcome, score: outcome.scores.get(policy)! }));
    const over = (name: string): number[] =>
      scores.map(({ score, scores: all }) => score.podHours / all.get(name)!.podHours);
    return {
      lastMinutes: mean(scores.map(({ score }) => score.lastViolationMinutes)),
      minutes: mean(scores.map(({ score }) => score.violationMinutes)),
      late: mean(scores.map(({ score, requests }) => score.lateRequests / requests)),
      ratio: quantile(over("oracle"), 0.5),
      ratioP90: quantile(over("oracle"), 0.9),
      bare: quantile(over("bare need"), 0.5),
      scaleEvents: mean(scores.map(({ score }) => score.scaleEvents)),
    };
  }

  get largestStepDown(): number {
    return Math.max(...this.#all.map(({ scores }) => scores.get("invoiceops")!.largestStepDown));
  }

  get fights(): number {
    return this.#all.reduce((sum, { fights }) => sum + fights, 0);
  }

  get forecast(): ForecastScore {
    return forecastScore(this.#all.flatMap(({ forecast }) => forecast));
  }

  /** Of the warnings that were given those that came true, and of the shortfalls those that were told; 72 h ahead. */
  get warnings(): { given: number; precision: number; recall: number } {
    const given = this.#all.filter(({ warned }) => warned);
    const short = this.#all.filter((outcome) => outcome.short);
    const hits = given.filter((outcome) => outcome.short).length;
    return { given: given.length, precision: hits / given.length, recall: hits / short.length };
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
