// What is measured on a real node: how fast the image starts, and the same filing peak three times, scaled in three
// ways, with what clients saw of each. Arguments choose among them, such as `KEDA`. Exits 1 when the image starts too
// slowly.
import { mkdtemp } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { startRealNode, type RealNode } from "../../dev/cluster/node/node.ts";
import { buildImages } from "../e2e/support/images.ts";
import type { Outcome } from "../e2e/support/peak/ground.ts";
import { report } from "../e2e/support/peak/report.ts";
import { prepareForPeak, prepareWithKeda, prepareWithPlainAutoscaler, type Stage } from "../e2e/support/peak/stage.ts";
import { measureStartUps } from "./start-up.ts";

const START_UP = "start-up";
const STARTS = 7;
/** To reach, by the slowest of them, ms. */
const READY_WITHIN_MS = 2_000;
const ways: [name: string, prepare: (node: RealNode) => Promise<Stage>][] = [
  ["invoiceops", prepareForPeak],
  ["HPA alone", prepareWithPlainAutoscaler],
  ["KEDA, Prometheus and cron", prepareWithKeda],
];
const words = process.argv.slice(2);
const isWanted = (name: string): boolean => words.length === 0 || words.some((word) => name.includes(word));

// Gone with the namespaces' own folder for such things.
const archives = Object.values(await buildImages(await mkdtemp(join(tmpdir(), "images-"))));
if (isWanted(START_UP) && !(await showStartUps())) process.exitCode = 1;
const rows: [name: string, outcome: Outcome][] = [];
for (const [name, prepare] of ways.filter(([way]) => isWanted(way))) rows.push([name, await played(name, prepare)]);
if (rows.length > 0) console.log(`\n${compared(rows)}`);

/** Whether every start was fast enough. */
async function showStartUps(): Promise<boolean> {
  await using node = await startRealNode(archives);
  const starts = await measureStartUps(node, STARTS);
  const figures = (of: (start: (typeof starts)[number]) => number): string => {
    const sorted = starts.map(of).toSorted((a, b) => a - b);
    return `median ${Math.round(sorted[(STARTS - 1) / 2]!)} ms, most ${Math.round(sorted.at(-1)!)} ms`;
  };
  console.log(`${STARTS} starts of the image, from the start of its process:`);
  console.log(`until /healthz answers: ${figures(({ aliveMs }) => aliveMs)}`);
  console.log(`until it is ready: ${figures(({ readyMs }) => readyMs)}`);
  console.log(busyness());
  const tooSlow = starts.filter(({ readyMs }) => readyMs > READY_WITHIN_MS).length;
  if (tooSlow > 0)
    console.log(`TOO SLOW: ${tooSlow} of them took more than ${READY_WITHIN_MS} ms until they were ready`);
  return tooSlow === 0;
}

/** What else went on: a machine with other work answers later. */
function busyness(): string {
  return `load average over five minutes: ${loadavg()[1]!.toFixed(1)} on ${availableParallelism()} cores`;
}

async function played(name: string, prepare: (node: RealNode) => Promise<Stage>): Promise<Outcome> {
  await using node = await startRealNode(archives);
  const { ground, timeline } = await prepare(node);
  await using _ = ground;
  console.log(`\n${name}: the load begins`);
  const outcome = await ground.play(timeline);
  console.log(report(outcome, timeline));
  console.log(busyness());
  return outcome;
}

function compared(results: typeof rows): string {
  const titles = ["scaled by", "requests", "failed", "slow", "p99 (ms)", "ready at the peak", "s short", "replica-min"];
  const cells = results.map(([name, { served, summary }]) => {
    const { readyAtPeak, secondsShort, replicaMinutes } = summary.operator;
    const ready = `${readyAtPeak} of ${summary.needed}`;
    const figures = [served.requests, served.failed, served.slow, Math.round(served.p99Ms)];
    return [name, ...figures, ready, Math.round(secondsShort), replicaMinutes.toFixed(1)];
  });
  const rule = titles.map((_, column) => (column === 0 ? "---" : "---:"));
  return [titles, rule, ...cells].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
