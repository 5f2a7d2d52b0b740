/** So many hours of a window say as much about the rest of it as the forecast does. */
const TRUSTED_HOURS = 72;
const MOST = Math.log(3);

/**
 * How far (logarithm) the window in force runs above its forecast, by the hours since it opened, oldest first: the
 * ratio of what came to what was expected, shrunk by n / (n + 72) for n hours. The highest of all moments so far:
 * what has run ahead is not taken back before the deadline, and a slow start lowers nothing. 0 to log 3.
 */
export function nowcast(hours: Iterable<{ load: number; expected: number }>): number {
  let [seen, came, expected, highest] = [0, 0, 0, 0];
  for (const hour of hours) {
    seen += 1;
    came += hour.load;
    expected += hour.expected;
    const ahead = (seen / (seen + TRUSTED_HOURS)) * Math.log(came / expected);
    if (ahead > highest) highest = ahead;
  }
  return Math.min(highest, MOST);
}
