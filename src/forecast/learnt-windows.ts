import { LAST_HOURS } from "./aligned-hour.ts";
import type { ForecastState, WindowProfile } from "./state.ts";

/** The windows that can be learnt from: over, with a usual demand to compare with and half of their last hours seen. */
export function learntWindows({ windows, learntUntil }: ForecastState): readonly WindowProfile[] {
  return windows.filter(({ deadline, baseline, load }) => {
    const last = load.slice(0, LAST_HOURS);
    const seen = last.filter((each) => each !== null).length;
    return deadline <= learntUntil && baseline.length > 0 && 2 * seen >= last.length;
  });
}
