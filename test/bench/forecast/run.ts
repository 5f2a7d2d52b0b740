import { cells } from "./cells.ts";
import { play, type Outcome } from "./play.ts";
import { report } from "./report.ts";
import { Outcomes } from "./tally.ts";

/** Enough that no single draw decides a gate. */
const SEEDS = 6;

/** Replays every cell, prints the tables, and returns the exit code: 1 when something is not reached. `seeds`: how many. */
export function benchForecast([seeds = String(SEEDS)]: readonly string[]): number {
  const all = cells(Number(seeds));
  const outcomes: Outcome[] = [];
  for (const [index, cell] of all.entries()) {
    outcomes.push(play(cell));
    if ((index + 1) % 10 === 0) console.error(`${index + 1} of ${all.length} windows replayed`);
  }
  const { text, gates } = report(new Outcomes(outcomes));
  console.log(text);
  return gates.every(({ holds }) => holds) ? 0 : 1;
}
