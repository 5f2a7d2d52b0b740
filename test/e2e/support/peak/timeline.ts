import { deadlineFactor } from "../../../../src/forecast/deadline-law.ts";

/** A filing window in minutes: when it is, and how many requests come in. All times in ms since the epoch. */
export interface Timeline {
  /** From when there is load. */
  start: number;
  opens: number;
  deadline: number;
  /** The last request. */
  end: number;
}

/** Requests/s on a usual day: so few that the machine's other work does not decide what comes of the peak. */
export const USUAL = 24;
/** The peak that the InvoiceService is told to expect, in times of the usual; what comes is a little less. */
export const EXPECTED_FACTOR = 4;
const FACTOR = 3.5;

const CALM_MS = 30_000;
const WINDOW_MS = 120_000;
const LATE_MS = 30_000;
const AFTER_MS = 10_000;

export function timelineFrom(start: number): Timeline {
  const opens = start + CALM_MS;
  const deadline = opens + WINDOW_MS;
  return { start, opens, deadline, end: deadline + LATE_MS + AFTER_MS };
}

/** Requests/s: usual, the rush to the deadline, those who are late for half a minute, usual again. */
export function rateAt({ opens, deadline }: Timeline, at: number): number {
  const usualAgain = at > deadline + LATE_MS;
  return usualAgain ? USUAL : USUAL * deadlineFactor({ at, opens, deadline, peakFactor: FACTOR });
}
