import type { Trace } from "../../../src/replay/trace.ts";
import { logNormal, normal, seeded, type Random } from "../../../src/replay/random.ts";
import type { BaseLoad } from "./base-load.ts";
import type { FiledWindow } from "./filing.ts";

/**
 * Synthetic filing peaks on a real load. The pressure before a deadline is that of deadlines in general, 1 over a
 * power of the days left (Alfi, Parisi, Pietronero 2007); how strong each window is, how the service grows and how
 * the minutes vary is drawn from the seed.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MONTH_MS = 30.44 * DAY_MS;
/** Who is late files on: half as many every eight hours. */
const STRAGGLERS_MS = 8 * HOUR_MS;

export interface Overlay {
  seed: number;
  /** How many times the usual load the law reaches at the deadline itself. */
  peakFactor: number;
  /** Minutes over which one hour's level turns into the next one's. */
  rampMinutes: number;
}

/** One sample a minute over the whole base. */
export function overlaid(base: BaseLoad, windows: readonly FiledWindow[], overlay: Overlay): Trace {
  const random = seeded(overlay.seed);
  const exponent = 1 + random();
  const volumeDeviation = 0.1 + 0.3 * random();
  const growth = 0.03 * random();
  const peaks = windows.map(({ noPeak }) => {
    const strength = logNormal(random, 1, volumeDeviation);
    return noPeak ? 1 : 1 + (overlay.peakFactor - 1) * strength;
  });
  const factorAt = (at: number): number => {
    const index = windows.findIndex(({ until, opens }) => at >= opens && at < until + 6 * STRAGGLERS_MS);
    const window = windows[index];
    return window ? factorIn(window, peaks[index]!, exponent, at) : 1;
  };
  const load = new Float64Array(base.hours.length * 60);
  const noise = noisy(random);
  for (let minute = 0; minute < load.length; minute++) {
    const at = base.start + minute * MINUTE_MS;
    const grown = (1 + growth) ** ((at - base.start) / MONTH_MS);
    load[minute] = levelAt(base, minute, overlay.rampMinutes) * factorAt(at) * grown * noise(minute);
  }
  return { start: base.start, stepMs: MINUTE_MS, load };
}

function factorIn(window: FiledWindow, peak: number, exponent: number, at: number): number {
  const law = (deadline: number): number => 1 + (peak - 1) / ((deadline - at) / DAY_MS + 1) ** exponent;
  if (at >= window.until) return 1 + (peak - 1) * 0.5 ** ((at - window.until) / STRAGGLERS_MS) * 0.5;
  // Until it is announced that there is more time, everybody hurries for the date that they know.
  const { extension } = window;
  return law(extension && at < extension.announcedAt ? extension.from : window.until);
}

/** The hour's level, going over into the next one's at its end. */
function levelAt({ hours }: BaseLoad, minute: number, rampMinutes: number): number {
  const hour = Math.floor(minute / 60);
  const [level, next] = [hours[hour]!, hours[hour + 1] ?? hours[hour]!];
  const share = Math.max(0, ((minute % 60) - (60 - rampMinutes)) / rampMinutes);
  return level + (next - level) * share;
}

/** About one; what a minute has more than usual the next one mostly has too, and so have the hours. */
function noisy(random: Random): (minute: number) => number {
  let [ofHour, ofMinute] = [0, 0];
  return (minute) => {
    if (minute % 60 === 0) ofHour = 0.7 * ofHour + 0.07 * normal(random);
    ofMinute = 0.9 * ofMinute + 0.02 * normal(random);
    return Math.exp(ofHour + ofMinute);
  };
}
