import { runCli } from "../../src/cli/run.ts";
import { verbs } from "../../src/cli/verbs.ts";
import { realClock, type Clock } from "../../src/runtime/clock.ts";

export interface Ran {
  code: number;
  out: string;
  warned: string;
}

export interface CommandOptions {
  kubeconfig?: string;
  clock?: Clock;
  signal?: AbortSignal;
  /** What stands on standard input. */
  input?: string;
  /** Told of standard output and standard error as they are written. */
  onOut?: (text: string) => void;
  onWarn?: (text: string) => void;
}

/** One run of `kubectl invoiceops`, in this process. */
export async function command(args: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  const { kubeconfig, clock = realClock, signal = new AbortController().signal, input = "" } = options;
  let [out, warned] = ["", ""];
  const code = await runCli([...args, ...(kubeconfig === undefined ? [] : ["--kubeconfig", kubeconfig])], {
    command: "kubectl invoiceops",
    verbs,
    env: {},
    clock,
    signal,
    out: (text) => {
      out += text;
      options.onOut?.(text);
    },
    warn: (text) => {
      warned += text;
      options.onWarn?.(text);
    },
    input: () => Promise.resolve(input),
  });
  return { code, out, warned };
}

/** The real clock, except that it always shows one time: what is written is known, what is awaited comes for real. */
export function standingAt(moment: string): Clock {
  return { ...realClock, now: () => Date.parse(moment) };
}
