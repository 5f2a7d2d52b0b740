// npm start: a filing peak in minutes, on a real control plane, and a Deployment that is ready before it.
import { KubeError } from "../../src/kube/errors.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { readInvoiceCounts } from "./dataset.ts";
import type { Ground } from "./ground.ts";
import { historyText } from "./history.ts";
import { LoadSource } from "./load-source.ts";
import { LOCAL_BINARIES, LocalGround } from "./local-ground.ts";
import { inAHurry, readExample } from "./manifests.ts";
import { readOptions, USAGE, type Options } from "./options.ts";
import { Play } from "./play.ts";
import { offeredRate, pastRate } from "./replay.ts";
import { applyAll } from "./resources.ts";
import { UserGround } from "./user-ground.ts";
import { minutes, View } from "./view.ts";
import { Workshop } from "./workshop.ts";

/** Requests/s on a usual day at this hour. */
const USUAL = 2_500;

async function main(options: Options, signal: AbortSignal): Promise<number> {
  const { tempo, context } = options;
  const view = new View(realClock);
  const example = readExample();
  // Before the window's time runs: what has to be built takes minutes.
  await using workshop = await Workshop.open(context === undefined ? LOCAL_BINARIES : []);
  view.say(context === undefined ? "starting a cluster" : `looking at the cluster of context ${context}`);
  await using ground = await openGround(options, workshop, view);
  signal.throwIfAborted();

  const opens = Math.ceil(realClock.now() / 1_000) * 1_000 + tempo.opensInMs;
  const window = { opens, deadline: opens + tempo.windowMs };
  const series = { namespace: ground.namespace, service: "vat-api" };
  const counts = readInvoiceCounts();
  const peakFactor = example.service.spec.scaling.expectedPeakFactor ?? 1;
  const rate = offeredRate(counts, window, { usual: USUAL, peakFactor });
  await using load = await LoadSource.start({ rate, series, clock: realClock });
  view.say("filling Prometheus with four weeks of history");
  const past = historyText(pastRate(counts, window, USUAL), series, Math.floor(realClock.now() / 1_000) * 1_000);
  const prometheusUrl = await workshop.startPrometheus(load.address, past);

  view.say("installing the CRDs, the operator's rights, the example and the operator");
  const operator = await ground.install(prometheusUrl);
  await applyAll(ground.client, ground.fit(inAHurry(example, window, tempo, prometheusUrl)));
  await workshop.run(operator);
  view.say(`the filing window opens in ${minutes(opens - realClock.now())} and is open for ${minutes(tempo.windowMs)}
Prometheus is at ${prometheusUrl}; look around with
${ground.access}`);

  const play = new Play({ ground, workshop, view, load, window, example, prometheusUrl, usual: USUAL, signal });
  await play.untilGivenBack();
  const passed = await play.conclude();
  if (!options.once) await play.untilInterrupted();
  return passed ? 0 : 1;
}

function openGround({ context, installCrds, image, tempo }: Options, workshop: Workshop, view: View): Promise<Ground> {
  if (context === undefined) return LocalGround.start(workshop, readExample(), tempo.podStarts);
  return UserGround.open(workshop, { context, installCrds, image, say: (text) => view.say(text) });
}

/** Our own errors say what to do; of any other, the place it comes from says more. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.constructor === Error || error instanceof KubeError ? error.message : (error.stack ?? error.message);
}

const interrupted = new AbortController();
try {
  const options = readOptions(process.argv.slice(2));
  if (options) {
    // Under npm one Ctrl-C arrives twice: the second must not cut off the cleaning up.
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => interrupted.abort());
    process.exitCode = await main(options, interrupted.signal);
  } else {
    console.log(USAGE);
  }
} catch (error) {
  // What failed after that failed because of it.
  const { aborted } = interrupted.signal;
  console.error(aborted ? "interrupted" : `\n${describe(error)}`);
  process.exitCode = aborted ? 130 : 1;
}
