import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alerts, kebab } from "./alerts.ts";

const FOLDER = join(import.meta.dirname, "../../docs/runbooks");

export interface Runbook {
  alert: string;
  text: string;
  /** The shell commands of its Diagnosis; they only read. */
  commands: readonly string[];
  /** What its Diagnosis asks Prometheus. */
  queries: readonly string[];
}

/** One for each alert. Throws when an alert has none. */
export function runbooks(): Runbook[] {
  return alerts().map(({ alert }) => {
    const text = readFileSync(join(FOLDER, `${kebab(alert)}.md`), "utf8");
    const diagnosis = text.split("## Diagnosis")[1]?.split("## Mending")[0] ?? "";
    return { alert, text, commands: blocks("sh", diagnosis).flatMap(lines), queries: blocks("promql", diagnosis) };
  });
}

function blocks(language: string, text: string): string[] {
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)\n```$/gm)].flatMap(([, of, block = ""]) =>
    of === language ? [block] : [],
  );
}

function lines(block: string): string[] {
  return block.split("\n");
}
