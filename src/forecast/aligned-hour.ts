/** In the last so many hours before a deadline, windows are compared hour by hour. */
export const LAST_HOURS = 72;

/**
 * An hour of a filing window on the clock that all windows share: the time to the (shifted) deadline. Local hours
 * are counted back from the one the deadline lies in; before the last 72 of them it is the day and the hour of that
 * day, so that 9 o'clock is compared with 9 o'clock when one deadline is at noon and another at midnight.
 */
export interface AlignedHour {
  /** Local hours back from the deadline's. */
  back: number;
  /** Local days back from the deadline's. */
  days: number;
  ofDay: number;
}

/** `last` is the local hour of the deadline, `hour` the one that is looked at; after the deadline it is the last one. */
export function alignedHour(hour: number, last: number): AlignedHour {
  const within = Math.min(hour, last);
  return { back: last - within, days: dayOf(last) - dayOf(within), ofDay: ofDay(within) };
}

/** How far back from the deadline another window has this hour; may be more than it is long. */
export function backIn(last: number, { back, days, ofDay: at }: AlignedHour): number {
  return back < LAST_HOURS ? back : last - ((dayOf(last) - days) * 24 + at);
}

function dayOf(hour: number): number {
  return Math.floor(hour / 24);
}

function ofDay(hour: number): number {
  return hour - dayOf(hour) * 24;
}
