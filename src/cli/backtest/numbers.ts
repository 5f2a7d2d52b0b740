import type { Backtest, WindowResult } from "../../replay/backtest.ts";
import type { Score } from "../../replay/score.ts";

/** A backtest in numbers that are printed the same everywhere: what tables and programs get. */

export interface BacktestView {
  from: string;
  to: string;
  samples: number;
  stepSeconds: number;
  /** Samples without a load. */
  gaps: number;
  /** Requests/s of one replica, and the share of it that plans aim at. */
  perReplica: number;
  utilization: number;
  windows: WindowView[];
  /** By what scales: over the whole load. */
  totals: Record<string, ScoreView>;
  forecast: { hours: number; pinballP90: number | null; coverageP90: number | null };
  fights: number;
  notes: string[];
}

export interface ScoreView {
  minutesShort: number;
  minutesShortLast72h: number;
  requestsLate: number;
  podHours: number;
  /** Pod-hours over those of the oracle. */
  overOracle: number;
  scaleEvents: number;
  largestStepDownPercent: number;
}

interface WindowView {
  window: string;
  opens: string;
  deadline: string;
  seenBefore: number;
  peak: number;
  coverageP90: number | null;
  shortfallWarned: boolean;
  shortfall: boolean;
  scaledBy: Record<string, ScoreView>;
  /** The HPA alone was short no longer than invoiceops. */
  hpaAloneAsGood: boolean;
}

const P90 = 2;

export function viewOf(result: Backtest, notes: readonly string[]): BacktestView {
  const { trace, workload, forecast } = result;
  return {
    from: timeText(trace.start),
    to: timeText(trace.start + trace.stepMs * trace.load.length),
    samples: trace.load.length,
    stepSeconds: trace.stepMs / 1_000,
    gaps: trace.load.reduce((gaps, load) => gaps + Number(Number.isNaN(load)), 0),
    perReplica: workload.perReplica,
    utilization: workload.utilization,
    windows: result.windows.map(windowView),
    totals: scoreViews(result.totals),
    forecast: {
      hours: forecast.hours,
      pinballP90: orNull(forecast.pinball[P90]!, 4),
      coverageP90: orNull(forecast.coverage[P90]!, 4),
    },
    fights: result.fights,
    notes: [...notes],
  };
}

function windowView(window: WindowResult): WindowView {
  const { scores } = window;
  const [ours, alone] = [scores["invoiceops"]!, scores["HPA alone"]!];
  return {
    window: `${window.calendar} ${window.name}`,
    opens: timeText(window.opens),
    deadline: timeText(window.deadline),
    seenBefore: window.seen,
    peak: rounded(window.peak, 1),
    coverageP90: orNull(window.covered, 4),
    shortfallWarned: window.warned,
    shortfall: window.short,
    scaledBy: scoreViews(scores),
    hpaAloneAsGood: alone.violationMinutes <= ours.violationMinutes,
  };
}

function scoreViews(scores: Readonly<Record<string, Score>>): Record<string, ScoreView> {
  const oracle = scores["oracle"]!.podHours;
  return Object.fromEntries(
    Object.entries(scores).map(([name, score]) => [
      name,
      {
        minutesShort: rounded(score.violationMinutes, 2),
        minutesShortLast72h: rounded(score.lastViolationMinutes, 2),
        requestsLate: Math.round(score.lateRequests),
        podHours: rounded(score.podHours, 1),
        overOracle: rounded(score.podHours / oracle, 3),
        scaleEvents: score.scaleEvents,
        largestStepDownPercent: rounded(100 * score.largestStepDown, 1),
      },
    ]),
  );
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function orNull(value: number, digits: number): number | null {
  return Number.isNaN(value) ? null : rounded(value, digits);
}

function timeText(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}
