import type { Window } from "../calendar/window.ts";
import type { Span } from "../forecast/baseline.ts";
import { learnBaseline } from "../forecast/learn-baseline.ts";
import type { Past } from "./past.ts";
import type { Ground } from "./policy.ts";

/** What somebody who plans by hand knows: the last window's highest demand, or a guess. */

const DAY_MS = 86_400_000;
const STRAGGLERS_MS = DAY_MS;
const LEARN_STEP_MS = 900_000;

/** Windows of which the whole load is known. */
function seenWindows({ past, windowsAt }: Ground): Window[] {
  return windowsAt(past.now).filter(
    ({ opens, deadline }) => opens >= past.start && deadline + STRAGGLERS_MS <= past.now,
  );
}

/** The highest demand of the last window that was seen; with none, the expected factor times the usual busiest hour. */
export function lastPeak(ground: Ground): number {
  const last = seenWindows(ground).at(-1);
  if (!last) return ground.workload.expectedPeakFactor * busiestUsualHour(ground);
  return ground.past.highest(last.opens, last.deadline + STRAGGLERS_MS);
}

/** The highest demand of all windows that were seen; with none as above. */
export function highestPeak(ground: Ground): number {
  const peaks = seenWindows(ground).map(({ opens, deadline }) => ground.past.highest(opens, deadline + STRAGGLERS_MS));
  return peaks.length > 0 ? Math.max(...peaks) : lastPeak(ground);
}

/** Works again each time one more window is over: what somebody does who looks at the last one. */
export function eachWindow<T>(ground: Ground, work: () => T): () => T {
  let kept: { until: number; value: T } | undefined;
  return () => {
    const { now } = ground.past;
    if (!kept || now >= kept.until) {
      const over = ground.windowsAt(now).map(({ deadline }) => deadline + STRAGGLERS_MS);
      const nextOver = over.filter((at) => at > now);
      // Until something has been seen at all, each day is worth a look.
      const until = Math.min(...nextOver, now + (seenWindows(ground).length === 0 ? DAY_MS : Infinity));
      kept = { until, value: work() };
    }
    return kept.value;
  };
}

function busiestUsualHour({ past, windowsAt }: Ground): number {
  const exclude = windowsAt(past.now).map(({ opens, deadline }) => ({ from: opens, to: deadline + STRAGGLERS_MS }));
  return Math.max(0, ...(usual(past, exclude)?.profile.levels ?? []));
}

function usual(past: Past, exclude: readonly Span[]): ReturnType<typeof learnBaseline> {
  return learnBaseline(past.samples(past.start, past.now, LEARN_STEP_MS), { exclude });
}
