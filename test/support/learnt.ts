import { emptyState, type ForecastState, type WindowProfile } from "../../src/forecast/state.ts";

/** What was learnt of a service, as tests want it: the same usual load at all hours, and windows. */

/** Usual load of 500 requests/s at all hours, known until `learntUntil`. */
export function learntState(overrides: Partial<ForecastState> & { level?: number } = {}): ForecastState {
  const { level = 500, zone = "UTC", ...rest } = overrides;
  const levels = Array.from({ length: 168 }, () => level);
  return {
    ...emptyState(zone),
    highest: level,
    baseline: { zone, levels, hours: 1008, points: 4032, sufficient: true },
    ...rest,
  };
}

/** A window that was seen: `peak` times the usual load of 500 requests/s in its last three days, twice before. */
export function seenWindow(overrides: Partial<WindowProfile> & { peak?: number } = {}): WindowProfile {
  const { peak = 4, deadline = Date.parse("2026-12-16T00:00:00Z"), ...rest } = overrides;
  const load = Array.from({ length: 360 }, (_, back) => (back < 72 ? peak * 500 : 1_000));
  return {
    calendar: "vat",
    period: new Date(deadline - 86_400_000).toISOString().slice(0, 7),
    type: "monthly",
    opens: deadline - 360 * 3_600_000,
    deadline,
    load,
    baseline: load.map(() => 500),
    censored: false,
    law: { peakFactor: peak, exponent: 1.3 },
    ...rest,
  };
}
