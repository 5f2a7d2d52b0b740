import { GLOBAL_FLAGS } from "./flags.ts";
import type { Flag, Verb } from "./verb.ts";

/** What `--help` shows. */

export function overview(verbs: readonly Verb[], command: string): string {
  const rows = verbs.map(({ name, summary }) => [name, summary] as const);
  return `${command}: invoice services that are ready for their filing windows

${table(rows)}

Flags of every verb:
${flagTable(GLOBAL_FLAGS)}

${command} VERB --help shows more. Exit codes: 0 ready or done, 1 not, 2 an error.
`;
}

export function verbHelp(verb: Verb, command: string): string {
  const paragraphs = [
    `${command} ${usageOf(verb)}`,
    `${verb.summary}.`,
    ...(verb.description === undefined ? [] : [verb.description]),
    ...(Object.keys(verb.flags).length > 0 ? [`Flags:\n${flagTable(verb.flags)}`] : []),
    `Flags of every verb:\n${flagTable(GLOBAL_FLAGS)}`,
    `Exit codes:\n${table(Object.entries(verb.exits))}`,
    `Examples:\n${verb.examples.map((example) => `  ${command} ${example}`).join("\n")}`,
  ];
  return `${paragraphs.join("\n\n")}\n`;
}

/** The name with all that may follow: `pause NAME [flags]`. */
export function usageOf({ name, operands, flags }: Verb): string {
  return [name, operands, Object.keys(flags).length > 0 ? "[flags]" : ""].filter((word) => word !== "").join(" ");
}

/** `-n, --namespace NAMESPACE`. */
export function flagName(name: string, { short, value }: Flag): string {
  return `${short === undefined ? "" : `-${short}, `}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function flagTable(flags: Readonly<Record<string, Flag>>): string {
  return table(Object.entries(flags).map(([name, flag]) => [flagName(name, flag), flag.help]));
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
