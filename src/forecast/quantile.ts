/** The quantile `q` (0 to 1) of at least one value, linear between the two neighbours. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (sorted.length - 1) * q;
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return Math.min(above, below + (above - below) * (rank - Math.floor(rank)));
}

/** The value with half of the weight on either side; the middle of two when they share the weight evenly. */
export function weightedMedian(entries: readonly { value: number; weight: number }[]): number {
  const sorted = entries.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let below = 0;
  for (const [index, { value, weight }] of sorted.entries()) {
    below += weight;
    if (below > half) return value;
    if (below === half) return middle(value, sorted[index + 1]?.value ?? value);
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}

/**
 * The weighted median where some values are only known to be at least so high: the weight of such a bound goes to
 * the values above it, in proportion to theirs (Efron's "redistribute to the right"). With nothing above it, it
 * stands for itself.
 */
export function boundedMedian(entries: readonly { value: number; weight: number; atLeast: boolean }[]): number {
  const sorted = entries.toSorted((a, b) => a.value - b.value || Number(a.atLeast) - Number(b.atLeast));
  let above = 0;
  for (const { weight } of sorted) above += weight;
  const half = above / 2;
  let factor = 1;
  let below = 0;
  for (const [index, { value, weight, atLeast }] of sorted.entries()) {
    above -= weight;
    if (atLeast && index < sorted.length - 1 && above > 0) {
      factor *= (above + weight) / above;
      continue;
    }
    below += weight * factor;
    if (below > half) return value;
    if (below === half) return middle(value, sorted[index + 1]?.value ?? value);
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}

/** The mean of two numbers, also when their sum is no finite number any more. */
export function middle(a: number, b: number): number {
  return a / 2 + b / 2;
}
