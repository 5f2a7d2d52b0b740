import { parseDuration } from "../api/v1alpha1/duration.ts";
import type { Clock } from "../runtime/clock.ts";
import { completionAnswer } from "./completion/answer.ts";
import { COMPLETE } from "./completion/scripts.ts";
import { connector } from "./connect.ts";
import { explain } from "./explain.ts";
import { readCommandLine, type CommandLine } from "./flags.ts";
import { overview, verbHelp } from "./help.ts";
import { nearest } from "./nearest.ts";
import { paintFor } from "./paint.ts";
import { EXIT, UsageError, type CliContext, type Verb } from "./verb.ts";

/** One run of the command, in whatever process: a command line in, an exit code out. */

export interface CliEnvironment {
  command: string;
  verbs: readonly Verb[];
  env: NodeJS.ProcessEnv;
  clock: Clock;
  signal: AbortSignal;
  out: (text: string) => void;
  warn: (text: string) => void;
  input: () => Promise<string>;
  terminal?: { readonly columns: number; readonly rows: number };
}

/** Never rejects: what goes wrong is told on standard error, and the code is 2. */
export async function runCli(args: readonly string[], environment: CliEnvironment): Promise<number> {
  const { verbs, command, out, warn, signal } = environment;
  let close: (() => Promise<void>) | undefined;
  let line: CommandLine | undefined;
  try {
    if (args[0] === COMPLETE) {
      out(await completionAnswer(args.slice(1), environment));
      return EXIT.ok;
    }
    line = readCommandLine(args, verbs);
    const { verb, unknown, values } = line;
    if (!verb && unknown === "help") return help(environment, line.operands);
    if (!verb) return noVerb(environment, unknown, values["help"] === true);
    if (values["help"] === true) {
      out(verbHelp(verb, command));
      return EXIT.ok;
    }
    const connection = connector(environment, optionsOf(line));
    ({ close } = connection);
    return await verb.run(contextOf(environment, line, connection.cluster));
  } catch (error) {
    if (signal.aborted) return EXIT.error;
    warn(`${explain(error, { command, verb: line?.verb })}\n`);
    return EXIT.error;
  } finally {
    await close?.();
  }
}

function help({ verbs, command, out }: CliEnvironment, [first, second]: readonly string[]): number {
  const verb = verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first);
  out(verb ? verbHelp(verb, command) : overview(verbs, command));
  return EXIT.ok;
}

function noVerb({ verbs, command, out, warn }: CliEnvironment, unknown: string | undefined, asked: boolean): number {
  if (asked || unknown === undefined) {
    out(overview(verbs, command));
    return asked ? EXIT.ok : EXIT.error;
  }
  const names = verbs.map(({ name }) => name);
  const group = names.filter((name) => name.startsWith(`${unknown.split(" ")[0]} `));
  const near = group.length > 0 ? group : nearest(unknown, names);
  const meant = near.length > 0 ? `; did you mean ${near.join(" or ")}?` : "";
  warn(`there is no verb "${unknown}"${meant}\n${command} --help lists them\n`);
  return EXIT.error;
}

interface ConnectOptions {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  requestTimeoutMs?: number;
}

function optionsOf({ values }: CommandLine): ConnectOptions {
  const options: ConnectOptions = {};
  for (const name of ["kubeconfig", "context", "namespace"] as const) {
    const value = values[name];
    if (typeof value === "string") options[name] = value;
  }
  const timeout = values["request-timeout"];
  if (typeof timeout === "string") options.requestTimeoutMs = durationFlag("request-timeout", timeout);
  return options;
}

/** Milliseconds of a flag's value; throws a UsageError that names the flag. */
export function durationFlag(flag: string, value: string): number {
  try {
    const ms = parseDuration(value);
    if (ms > 0) return ms;
  } catch (error) {
    throw new UsageError(`--${flag}: ${(error as Error).message}`);
  }
  throw new UsageError(`--${flag} is "${value}": give a duration longer than zero, for example 2h`);
}

function contextOf(environment: CliEnvironment, line: CommandLine, cluster: CliContext["cluster"]): CliContext {
  const { terminal, env, ...rest } = environment;
  const { values, operands } = line;
  return {
    ...rest,
    operands,
    paint: paintFor(terminal !== undefined, env),
    ...(terminal ? { terminal } : {}),
    text: (flag) => {
      const value = values[flag];
      return typeof value === "string" ? value : undefined;
    },
    texts: (flag) => [values[flag] ?? []].flat().filter((value) => typeof value === "string"),
    given: (flag) => values[flag] !== undefined && values[flag] !== false,
    cluster,
  };
}
