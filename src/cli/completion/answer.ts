import { parseArgs } from "node:util";
import { invoiceServices } from "../../operator/kinds.ts";
import type { Clock } from "../../runtime/clock.ts";
import { connector } from "../connect.ts";
import { GLOBAL_FLAGS } from "../flags.ts";
import type { Verb } from "../verb.ts";
import { wanted, type Candidate } from "./candidates.ts";
import { FILES_DIRECTIVE, NO_FILES_DIRECTIVE } from "./scripts.ts";

interface Environment {
  verbs: readonly Verb[];
  clock: Clock;
}

/** Whoever waits at a prompt waits no longer than this for names. */
const PATIENCE_MS = 2000;

/**
 * The answer to `__complete`: a word a line, with its help after a tab, and the directive at the end. It is the form in
 * which kubectl asks a plugin (cobra's). What cannot be looked up has no words: a prompt is no place for errors.
 */
export async function completionAnswer(words: readonly string[], environment: Environment): Promise<string> {
  const found = wanted(words, environment.verbs);
  if (found.kind === "files") return `${FILES_DIRECTIVE}\n`;
  const all = found.kind === "words" ? found.words : await serviceNames(found.flags, environment);
  const begun = all.filter(({ word }) => word.startsWith(words.at(-1) ?? ""));
  return [...begun.map(({ word, help }) => (help === "" ? word : `${word}\t${help}`)), NO_FILES_DIRECTIVE, ""].join(
    "\n",
  );
}

async function serviceNames(flags: readonly string[], environment: Environment): Promise<Candidate[]> {
  const options = Object.fromEntries(Object.keys(GLOBAL_FLAGS).map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ args: [...flags], options });
  const connection = connector(environment, { ...values, requestTimeoutMs: PATIENCE_MS });
  try {
    const { client, namespace } = connection.cluster();
    const { items } = await client.list(invoiceServices, { namespace });
    return items.map(({ metadata, status }) => ({ word: metadata.name, help: status?.phase ?? "" }));
  } catch {
    return [];
  } finally {
    await connection.close();
  }
}
