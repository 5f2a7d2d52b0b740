/** Seeded randomness: the same seed, the same replay. */

/** The next number of [0, 1). */
export type Random = () => number;

/** A Weyl sequence of 32 bits, each step mixed by two rounds of multiply and xor-shift. */
export function seeded(seed: number): Random {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const once = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    const twice = Math.imul(once ^ (once >>> 15), 0x735a2d97);
    return ((twice ^ (twice >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** A log-normal number of this median, whose logarithm has this standard deviation. */
export function logNormal(random: Random, median: number, deviation: number): number {
  return median * Math.exp(deviation * normal(random));
}
