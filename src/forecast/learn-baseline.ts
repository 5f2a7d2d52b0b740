import { Baseline, type Span } from "./baseline.ts";
import { HourlyLoad, isSample, isWithin, type Sample } from "./hourly-load.ts";
import { LocalHours } from "./local-hours.ts";
import { UsualHours } from "./usual-hours.ts";

/**
 * Learns the baseline from samples in any order (time in ms since the epoch, value >= 0; others are dropped, gaps
 * are no samples), leaving out what lies in the `exclude` spans, windows and events above all. Undefined without
 * any sample.
 */
export function learnBaseline(
  samples: Iterable<Sample>,
  options: { zone?: string; exclude?: readonly Span[] } = {},
): Baseline | undefined {
  const { zone = "UTC", exclude = [] } = options;
  const hourly = new HourlyLoad(new LocalHours(zone));
  for (const sample of samples) if (isSample(sample) && !isWithin(sample[0], exclude)) hourly.add(sample);
  const usual = new UsualHours();
  let points = 0;
  for (const { hour, load, points: more } of hourly.hours()) {
    usual.add(hour, load, false);
    points += more;
  }
  const profile = usual.profile(zone, points);
  return profile && new Baseline(profile);
}
