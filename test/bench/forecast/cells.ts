/** What is replayed: how much had been seen before, how strong the peak is, what goes wrong. */

type Trouble = "shifted" | "extended" | "outage" | "ceiling" | "no peak" | "smooth";

export interface Cell {
  seed: number;
  /** Past windows that could be learnt from. */
  seen: number;
  peakFactor: number;
  nodeLeadMinutes: number;
  trouble?: Trouble;
}

export const SEEN = [0, 1, 2, 3, 6, 12];
export const FACTORS = [3, 20, 200];
const NODE_LEADS = [0, 3, 10];
const TROUBLES: readonly Trouble[] = ["shifted", "extended", "outage", "ceiling", "no peak", "smooth"];
const TROUBLED_SEEN = [0, 3];

/**
 * Every number of past windows with every node lead, and each trouble after none and three, `seeds` times; factors take
 * turns. Cells that differ by the node lead alone stand side by side: they share what is learnt.
 */
export function cells(seeds: number): Cell[] {
  const all: Cell[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [index, seen] of SEEN.entries())
      for (const nodeLeadMinutes of NODE_LEADS)
        all.push({ seed, seen, peakFactor: FACTORS[(seed + index) % FACTORS.length]!, nodeLeadMinutes });
    for (const [index, trouble] of TROUBLES.entries())
      for (const seen of TROUBLED_SEEN)
        all.push({
          seed,
          seen,
          peakFactor: FACTORS[(seed + index) % FACTORS.length]!,
          nodeLeadMinutes: trouble === "smooth" ? 0 : NODE_LEADS[1 + (seed % 2)]!,
          trouble,
        });
  }
  return all;
}
