import { GLOBAL_FLAGS } from "./flags.ts";
import { flagName, usageOf } from "./help.ts";
import type { Flag, Right, Verb } from "./verb.ts";

/** docs/cli.md, made from the table of verbs by `npm run generate`. */
export function reference(verbs: readonly Verb[]): string {
  return `<!-- Generated from src/cli by \`npm run generate\`; edit that. -->

# \`kubectl invoiceops\`

The same command is \`invoiceops\` (\`npx invoiceops\`), \`kubectl-invoiceops\` on your PATH, and \`/app/invoiceops.js\` in the
operator's image.

${table(
  ["verb", "what it does"],
  verbs.map(({ name, summary }) => [`[${name}](#${name.replaceAll(" ", "-")})`, summary]),
)}

Flags of every verb:

${flagTable(GLOBAL_FLAGS)}

## Exit codes

0 is ready or done, 1 is not, 2 is an error: the command line, the cluster or a right. What a verb means by them stands
with it. Words for people go to standard error where standard output is for programs; \`-o json\` and \`-o yaml\` keep
their fields from version to version.

## Rights

What each verb asks of the API server. Verbs with an empty row need no cluster. A verb does without the rights in
italics, and says what is missing.

${table(["verb", "needs", "does without, and lacks then"], verbs.map(rightsRow))}

A role with all of them, for whoever is on call:

\`\`\`yaml
${roleText(verbs)}\`\`\`

${verbs.map(section).join("\n\n")}
`;
}

function section(verb: Verb): string {
  const { name, summary, description, flags, exits, examples } = verb;
  return [
    `## ${name}`,
    `\`\`\`console\nkubectl invoiceops ${usageOf(verb)}\n\`\`\``,
    `${summary}.${description === undefined ? "" : ` ${description}`}`,
    ...(Object.keys(flags).length > 0 ? [flagTable(flags)] : []),
    table(["exit code", "meaning"], Object.entries(exits)),
    `\`\`\`console\n${examples.map((example) => `kubectl invoiceops ${example}`).join("\n")}\n\`\`\``,
  ].join("\n\n");
}

function flagTable(flags: Readonly<Record<string, Flag>>): string {
  const rows = Object.entries(flags).map(([name, flag]) => [`\`${flagName(name, flag)}\``, flag.help]);
  return table(["flag", "meaning"], rows);
}

function rightsRow({ name, rights }: Verb): string[] {
  const needs = rights.filter(({ without }) => without === undefined).map(rightText);
  const spares = rights
    .filter(({ without }) => without !== undefined)
    .map((right) => `_${rightText(right)}_: ${right.without}`);
  return [name, needs.join("; "), spares.join("; ")];
}

function rightText({ verbs, resource, where }: Right): string {
  return `${verbs.join(", ")} on ${resource}${where === undefined ? "" : ` (${where})`}`;
}

function roleText(verbs: readonly Verb[]): string {
  const byResource = new Map<string, Set<string>>();
  for (const { verbs: allowed, resource } of verbs.flatMap(({ rights }) => rights)) {
    const known = byResource.get(resource) ?? new Set();
    byResource.set(resource, new Set([...known, ...allowed]));
  }
  const rules = [...byResource].map(([resource, allowed]) => {
    const [path = "", ...group] = resource.split(".");
    return `  - apiGroups: ${yamlList([group.join(".")])}\n    resources: ${yamlList([path])}\n    verbs: ${yamlList([...allowed])}\n`;
  });
  return `apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: invoiceops-on-call\nrules:\n${rules.join("")}`;
}

function yamlList(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(", ")}]`;
}

/** Columns are padded as the formatter does it. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const [first = [], ...rest] = cells;
  return [line(first), `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`, ...rest.map(line)].join("\n");
}
