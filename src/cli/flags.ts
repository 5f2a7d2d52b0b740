import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { nearest } from "./nearest.ts";
import { UsageError, type Flag, type Verb } from "./verb.ts";

/** Reads a command line: which verb, and what it was given. */

/** Flags that every verb takes; those without a cluster have no use for most of them. */
export const GLOBAL_FLAGS: Readonly<Record<string, Flag>> = {
  kubeconfig: {
    type: "string",
    value: "FILE",
    help: "Kubeconfig file (default: KUBECONFIG, ~/.kube/config, the pod's service account)",
  },
  context: { type: "string", value: "NAME", help: "Context of the kubeconfig" },
  namespace: { type: "string", short: "n", value: "NAMESPACE", help: "Namespace (default: that of the context)" },
  "request-timeout": { type: "string", value: "DURATION", help: "How long one request may take (default 15s)" },
  help: { type: "boolean", short: "h", help: "Show this" },
};

export interface CommandLine {
  verb: Verb | undefined;
  /** What was typed in its place when there is no such verb, or only the first word of a group. */
  unknown?: string;
  operands: readonly string[];
  values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
}

/** Throws a UsageError for a flag that the verb does not have. */
export function readCommandLine(args: readonly string[], verbs: readonly Verb[]): CommandLine {
  const { verb, rest, unknown } = splitVerb(args, verbs);
  const flags = { ...GLOBAL_FLAGS, ...verb?.flags };
  const { values, positionals } = parse(rest, flags, verb);
  return { verb, ...(unknown === undefined ? {} : { unknown }), operands: positionals, values };
}

/** Global flags may stand before the verb, as `kubectl invoiceops -n billing status vat` invites to. */
function splitVerb(
  args: readonly string[],
  verbs: readonly Verb[],
): { verb: Verb | undefined; rest: string[]; unknown?: string } {
  const { tokens } = parseArgs({
    args: [...args],
    options: optionsOf(GLOBAL_FLAGS),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const words = tokens.filter((token) => token.kind === "positional");
  const [first, second] = words;
  if (!first) return { verb: undefined, rest: [...args] };
  const pair = second && verbs.find(({ name }) => name === `${first.value} ${second.value}`);
  const verb = pair ?? verbs.find(({ name }) => name === first.value);
  const taken = new Set(pair ? [first.index, second?.index] : [first.index]);
  const rest = args.filter((_, index) => !taken.has(index));
  if (verb) return { verb, rest };
  const group = verbs.some(({ name }) => name.startsWith(`${first.value} `));
  return { verb, rest, unknown: group && second ? `${first.value} ${second.value}` : first.value };
}

function parse(
  args: readonly string[],
  flags: Readonly<Record<string, Flag>>,
  verb: Verb | undefined,
): { values: CommandLine["values"]; positionals: string[] } {
  try {
    // Of a verb that there is not, nobody knows the flags.
    const strict = verb !== undefined;
    return parseArgs({ args: [...args], options: optionsOf(flags), strict, allowPositionals: true });
  } catch (error) {
    throw new UsageError(flagProblem(error as Error & { code?: string }, flags), verb?.name);
  }
}

/** In words of ours: Node's own speak of its options. */
function flagProblem(error: Error & { code?: string }, flags: Readonly<Record<string, Flag>>): string {
  const typed = /'(--?[^' ,]+)/.exec(error.message)?.[1] ?? "";
  if (error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    const near = nearest(typed.replace(/^-+/, ""), Object.keys(flags));
    return `there is no flag ${typed}${near.length > 0 ? `; did you mean --${near.join(" or --")}?` : ""}`;
  }
  return error.message.split("\n")[0] ?? "";
}

function optionsOf(flags: Readonly<Record<string, Flag>>): ParseArgsOptionsConfig {
  return Object.fromEntries(
    Object.entries(flags).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short === undefined ? {} : { short }), ...(multiple === undefined ? {} : { multiple }) },
    ]),
  );
}
