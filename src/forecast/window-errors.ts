import { alignedHour, LAST_HOURS } from "./aligned-hour.ts";
import { smallDemand } from "./baseline.ts";
import { deadlineFactor } from "./deadline-law.ts";
import { EventProfile, smallOf } from "./event-profile.ts";
import { learntWindows } from "./learnt-windows.ts";
import { HOUR_MS, LocalHours } from "./local-hours.ts";
import { quantile } from "./quantile.ts";
import { seenWindow, type SeenWindow } from "./seen-window.ts";
import type { ForecastState, WindowProfile } from "./state.ts";

/** Of a window's ratios of load to forecast this one counts: the highest hours may be luck. */
const COUNTED = 0.9;

/** The state with the error of each window: how far above the forecast from all the others its loads were. */
export function withErrors(state: ForecastState): ForecastState {
  const small = smallOf(state);
  const clock = new LocalHours(state.zone);
  const learnt = learntWindows(state).map((window) => ({ window, seen: seenWindow(window, { clock, small }) }));
  const errors = new Map(
    learnt.map(({ window, seen }) => {
      const others = learnt.filter((other) => other.window !== window).map((other) => other.seen);
      return [window, others.length === 0 ? undefined : errorOf(window, seen, others, small)] as const;
    }),
  );
  return {
    ...state,
    windows: state.windows.map((window) => {
      const error = errors.get(window);
      return error ? { ...window, error } : window;
    }),
  };
}

function errorOf(
  window: WindowProfile,
  { last }: SeenWindow,
  others: readonly SeenWindow[],
  small: number,
): WindowProfile["error"] {
  const profile = new EventProfile(window, others, 1);
  const smallThen = smallDemand(window.baseline);
  const errors = window.load.map((load, back) => {
    const usual = window.baseline[back];
    if (load === null || usual === undefined) return undefined;
    const hour = alignedHour(last - back, last);
    const at = window.deadline - back * HOUR_MS;
    const seen = profile.seen(hour, usual, smallThen);
    const law = usual * deadlineFactor({ ...window, ...profile.law, at }) + small;
    return (
      Math.log(load + small) - seen.share * (seen.log + Math.log(usual + small)) - (1 - seen.share) * Math.log(law)
    );
  });
  const before = counted(errors.slice(LAST_HOURS));
  return { last: counted(errors.slice(0, LAST_HOURS)) ?? 0, ...(before === undefined ? {} : { before }) };
}

function counted(errors: readonly (number | undefined)[]): number | undefined {
  const seen = errors.filter((error) => error !== undefined);
  if (seen.length === 0) return undefined;
  return Math.min(20, Math.max(-20, Number(quantile(seen, COUNTED).toPrecision(4))));
}
