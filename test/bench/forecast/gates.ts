import { SEEN } from "./cells.ts";
import type { Outcomes } from "./tally.ts";

/** What is to be reached (issue: 4. To reach). */

export interface Gate {
  name: string;
  found: string;
  limit: string;
  holds: boolean;
}

export function gatesOf(all: Outcomes): Gate[] {
  const usual = all.where(({ trouble }) => trouble === undefined);
  const seen3 = usual.where(({ seen }) => seen >= 3);
  const waiting = seen3.where(({ nodeLeadMinutes }) => nodeLeadMinutes >= 3);
  const coverage = SEEN.filter((seen) => seen > 0).map((seen) => {
    const found = usual.where((cell) => cell.seen === seen).forecast.coverage[2]!;
    return within(`bound p90 covers, ${seen} past windows`, found, 0.85, 0.98);
  });
  return [
    ...atMostCrons("3 and more past windows", seen3, 1.6),
    ...atMostCrons(
      "0 to 2 past windows",
      usual.where(({ seen }) => seen < 3),
      2,
    ),
    atMost(
      "minutes short in the last 72 h, 3 and more past windows, nodes take 3 to 10 min: share of HPA alone",
      waiting.of("invoiceops").lastMinutes / waiting.of("HPA alone").lastMinutes,
      0.1,
      percent,
    ),
    within("bound p90 covers, 3 and more past windows", seen3.forecast.coverage[2]!, 0.85, 0.98),
    ...coverage,
    atMost("largest step down of the floor in 5 min", all.largestStepDown, 0.25, percent),
    atMost("fights", all.fights, 0, String),
  ];
}

function atMostCrons(name: string, outcomes: Outcomes, ratio: number): Gate[] {
  const [ours, cron] = [outcomes.of("invoiceops"), outcomes.of("cron at the right dates")];
  return [
    atMost(`${name}: minutes short in the last 72 h, against cron's`, ours.lastMinutes, cron.lastMinutes, minutes),
    atMost(`${name}: pod-hours over the oracle's, median`, ours.ratio, ratio, times),
  ];
}

function atMost(name: string, found: number, limit: number, text: (value: number) => string): Gate {
  return { name, found: text(found), limit: `<= ${text(limit)}`, holds: found <= limit };
}

function within(name: string, found: number, from: number, to: number): Gate {
  return {
    name,
    found: percent(found),
    limit: `${percent(from)} to ${percent(to)}`,
    holds: found >= from && found <= to,
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function times(ratio: number): string {
  return `${ratio.toFixed(2)}x`;
}

function minutes(value: number): string {
  return `${value.toFixed(2)} min`;
}
