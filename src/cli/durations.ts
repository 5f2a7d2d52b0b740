/** Spans of time for people: the two largest units, rounded down, so that nothing is told to be later than it is. */

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1000],
];

/** `3 d 4 h`, `2 min`, `0 s`. */
export function durationText(ms: number): string {
  const first = UNITS.findIndex(([, size]) => ms >= size);
  if (first === -1) return "0 s";
  let left = ms;
  return UNITS.slice(first, first + 2)
    .flatMap(([unit, size]) => {
      const count = Math.floor(left / size);
      left -= count * size;
      return count === 0 ? [] : [`${count} ${unit}`];
    })
    .join(" ");
}

/** `4 s ago`. What lies a little ahead of our clock is now. */
export function ago(ms: number): string {
  return ms < 1000 ? "just now" : `${durationText(ms)} ago`;
}
