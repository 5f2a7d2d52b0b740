import { GLOBAL_FLAGS } from "../flags.ts";
import type { Flag, Verb } from "../verb.ts";

/** What may stand at the end of a command line. */

export interface Candidate {
  word: string;
  help: string;
}

/** The words that are known from the table of verbs, or what has to be looked up. */
export type Wanted =
  | { kind: "words"; words: readonly Candidate[] }
  | { kind: "files" }
  /** Names of InvoiceServices; `flags` are those of the line so far, such as --namespace. */
  | { kind: "services"; flags: readonly string[] };

const NOTHING: Wanted = { kind: "words", words: [] };
const FLAGS_OF_THE_CLUSTER = ["kubeconfig", "context", "namespace"];

/** `words` are all after the command; the last of them, which may be empty, is the one to be completed. */
export function wanted(words: readonly string[], verbs: readonly Verb[]): Wanted {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? "";
  const verb = verbOf(before, verbs);
  const flags = { ...GLOBAL_FLAGS, ...verb?.flags };
  const last = before.at(-1) ?? "";
  const awaiting = last.startsWith("-") && !last.includes("=") ? flagOf(last, flags) : undefined;
  if (awaiting?.[1].type === "string") return valuesOf(awaiting);
  if (current.startsWith("-")) {
    const [name = "", value] = current.split("=", 2);
    const named = value === undefined ? undefined : flagOf(name, flags);
    if (named) return prefixed(valuesOf(named), `${name}=`);
    return { kind: "words", words: Object.entries(flags).map(([flag, { help }]) => ({ word: `--${flag}`, help })) };
  }
  const operands = operandsOf(before, flags);
  if (!verb) return { kind: "words", words: verbWords(operands, verbs) };
  const given = operands.length - verb.name.split(" ").length;
  if (given > 0) return NOTHING;
  if (verb.operands === "NAME") return { kind: "services", flags: clusterFlags(before) };
  if (verb.operands.includes("|")) return { kind: "words", words: verb.operands.split("|").map(plain) };
  return NOTHING;
}

const plain = (word: string): Candidate => ({ word, help: "" });

function verbWords(operands: readonly string[], verbs: readonly Verb[]): Candidate[] {
  const [first] = operands;
  if (first === undefined) {
    const heads = new Map(verbs.map(({ name, summary }) => [name.split(" ")[0] ?? "", summary]));
    return [...heads].map(([word, help]) => ({ word, help }));
  }
  return verbs
    .filter(({ name }) => name.startsWith(`${first} `))
    .map(({ name, summary }) => ({ word: name.slice(first.length + 1), help: summary }));
}

function verbOf(words: readonly string[], verbs: readonly Verb[]): Verb | undefined {
  const [first, second] = operandsOf(words, allFlags(verbs));
  return verbs.find(({ name }) => name === `${first} ${second}`) ?? verbs.find(({ name }) => name === first);
}

function allFlags(verbs: readonly Verb[]): Record<string, Flag> {
  return Object.assign({}, GLOBAL_FLAGS, ...verbs.map(({ flags }) => flags)) as Record<string, Flag>;
}

/** The words that are neither flags nor their values. */
function operandsOf(words: readonly string[], flags: Readonly<Record<string, Flag>>): string[] {
  return words.filter((word, index) => {
    if (word.startsWith("-")) return false;
    const before = words[index - 1] ?? "";
    const takesIt = before.startsWith("-") && !before.includes("=") && flagOf(before, flags)?.[1].type === "string";
    return !takesIt;
  });
}

function flagOf(word: string, flags: Readonly<Record<string, Flag>>): [string, Flag] | undefined {
  return Object.entries(flags).find(
    ([name, { short }]) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
}

function valuesOf([name, { value = "" }]: [string, Flag]): Wanted {
  if (name === "filename" || name === "kubeconfig" || name === "file") return { kind: "files" };
  return value.includes("|") ? { kind: "words", words: value.split("|").map(plain) } : NOTHING;
}

function prefixed(values: Wanted, prefix: string): Wanted {
  if (values.kind !== "words") return values;
  return { kind: "words", words: values.words.map(({ word, help }) => ({ word: prefix + word, help })) };
}

/** The flags of the line that say which cluster and namespace are meant, as they were typed. */
function clusterFlags(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const found = flagOf(word.split("=")[0] ?? "", GLOBAL_FLAGS);
    if (!found || !FLAGS_OF_THE_CLUSTER.includes(found[0])) return [];
    const value = word.includes("=") ? word.slice(word.indexOf("=") + 1) : words[index + 1];
    return value === undefined ? [] : [`--${found[0]}=${value}`];
  });
}
