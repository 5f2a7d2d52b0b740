import { stringify } from "yaml";
import { UsageError, type CliContext, type Flag } from "./verb.ts";

/** Output for programs. */

export const outputFlag: Flag = {
  type: "string",
  short: "o",
  value: "json|yaml",
  help: "Print all of it for programs",
};

/** Prints the value when -o was given, and tells whether it did; throws a UsageError for another format. */
export function printedAs(context: Pick<CliContext, "text" | "out">, value: () => unknown): boolean {
  const format = formatOf(context);
  if (format === undefined) return false;
  context.out(format === "json" ? `${JSON.stringify(value(), undefined, 2)}\n` : stringify(value(), { lineWidth: 0 }));
  return true;
}

/** To be asked before anything takes time: a wrong -o is told at once. */
export function formatOf({ text }: Pick<CliContext, "text">): "json" | "yaml" | undefined {
  const format = text("output");
  if (format === undefined || format === "json" || format === "yaml") return format;
  throw new UsageError(`-o is "${format}": give json or yaml`);
}
