import { parseArgs } from "node:util";
import { parseDuration } from "../../src/api/v1alpha1/duration.ts";
import { lifelike, quick, type Tempo } from "./tempo.ts";

/** What `npm start -- ...` is told. */
export interface Options {
  /** End by itself after the summary. */
  once: boolean;
  /** A context of the user's kubeconfig; absent: a cluster of the demo's own. */
  context?: string;
  /** Cluster-scoped objects may be added to the user's cluster. */
  installCrds: boolean;
  /** What the pods on the user's cluster run. */
  image: string;
  tempo: Tempo;
}

/** Small, stays up, and needs neither root nor a file system. */
const IMAGE = "hashicorp/http-echo:1.0";

export const USAGE = `npm start -- [options]: a filing peak, and a Deployment that is ready before it

  --once              end after the summary and leave nothing behind (default: stay until Ctrl-C)
  --window 6m         how long the filing window is open, 1m to 1h
  --opens-in 2m       how long from the start of the workload until it opens, 10s to 1h
  --quick             all of it in three minutes, with pods that start quickly: to see that it works
  --context NAME      use the cluster of this context of your kubeconfig instead of one of the demo's own
  --install-crds      with --context: what has no namespace may be added there, and is removed again
  --image NAME        with --context: what the pods run there; it must stay up (default ${IMAGE})
  --help              show this`;

/** Undefined when help was asked for. Throws an Error that says what is wrong with which option. */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  if (values["install-crds"] && values.context === undefined) throw new Error("--install-crds goes with --context");
  const tempo = values.quick ? quick : lifelike;
  return {
    once: values.once,
    ...(values.context === undefined ? {} : { context: values.context }),
    installCrds: values["install-crds"],
    image: values.image,
    tempo: {
      ...tempo,
      opensInMs: duration("opens-in", values["opens-in"], 10_000) ?? tempo.opensInMs,
      windowMs: duration("window", values.window, 60_000) ?? tempo.windowMs,
    },
  };
}

function parse(args: readonly string[]) {
  const options = {
    once: { type: "boolean", default: false },
    context: { type: "string" },
    "install-crds": { type: "boolean", default: false },
    image: { type: "string", default: IMAGE },
    "opens-in": { type: "string" },
    window: { type: "string" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  } as const;
  try {
    return parseArgs({ args: [...args], allowPositionals: false, options }).values;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nnpm start -- --help lists the options`, { cause: error });
  }
}

function duration(option: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  try {
    const ms = parseDuration(text);
    if (ms >= least && ms <= 3_600_000) return ms;
  } catch {
    // The message below says it in the words of the option.
  }
  throw new Error(`--${option} is "${text}": give a duration from ${least / 1_000}s to 1h, for example 6m`);
}
