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

/** The mean of two numbers, also when their sum is no finite number any more. */
export function middle(a: number, b: number): number {
  return a / 2 + b / 2;
}
