import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import type { Verb } from "../verb.ts";
import { wanted } from "./candidates.ts";
import { completionScript } from "./scripts.ts";

const verb = (name: string, more: Partial<Verb> = {}): Verb => ({
  name,
  operands: "",
  summary: `${name} it`,
  flags: {},
  examples: [],
  rights: [],
  run: async () => 0,
  ...more,
});

const verbs = [
  verb("status", {
    operands: "NAME",
    flags: {
      output: { type: "string", short: "o", value: "json|yaml", help: "Format" },
      watch: { type: "boolean", short: "w", help: "Again" },
    },
  }),
  verb("lint", { flags: { filename: { type: "string", short: "f", value: "FILE", help: "File" } } }),
  verb("gen argocd"),
  verb("gen rbac"),
  verb("completion", { operands: "bash|zsh" }),
];

/** The words alone, or what has to be looked up. */
function at(line: string): unknown {
  const found = wanted(line.split(" "), verbs);
  return found.kind === "words" ? found.words.map(({ word }) => word) : found;
}

const GLOBAL = ["--kubeconfig", "--context", "--namespace", "--request-timeout", "--help"];

test.each<[string, unknown]>([
  ["", ["status", "lint", "gen", "completion"]],
  ["gen ", ["argocd", "rbac"]],
  ["-n billing ", ["status", "lint", "gen", "completion"]],
  ["--namespace=billing gen ", ["argocd", "rbac"]],
  ["status ", { kind: "services", flags: [] }],
  ["status -w ", { kind: "services", flags: [] }],
  ["status -o json ", { kind: "services", flags: [] }],
  ["-n billing status --context=dev ", { kind: "services", flags: ["--namespace=billing", "--context=dev"] }],
  ["status vat ", []],
  ["status -", [...GLOBAL, "--output", "--watch"]],
  ["status --out", [...GLOBAL, "--output", "--watch"]],
  ["status -o ", ["json", "yaml"]],
  ["status --output=", ["--output=json", "--output=yaml"]],
  ["lint -f ", { kind: "files" }],
  ["lint --filename ", { kind: "files" }],
  ["--kubeconfig ", { kind: "files" }],
  ["lint ", []],
  ["completion ", ["bash", "zsh"]],
  ["completion bash ", []],
  ["nothing ", []],
])("after %j come %j", (line, words) => {
  expect(at(line)).toEqual(words);
});

describe("the script for bash, run by bash", () => {
  test.each<[string, string[]]>([
    ["status --out", ["--output", "--watch"]],
    ["lint -f ", ["a.yaml", "invoiceops"]],
  ])("%j", (line, words) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.yaml"), "");
    const answer = line.startsWith("lint") ? ":0" : "--output\\tFormat\\n--watch\\n:4";
    const command = join(folder, "invoiceops");
    writeFileSync(command, `#!/bin/sh\nprintf '%b\\n' '${answer}'\n`);
    chmodSync(command, 0o755);
    const typed = line.split(" ").map((word) => `'${word}'`);
    const script = `${completionScript("bash")}
COMP_WORDS=('${command}' ${typed.join(" ")})
COMP_CWORD=${typed.length}
_invoiceops
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync("bash", ["-c", script], { cwd: folder, encoding: "utf8" });
    expect(out.trim().split("\n").toSorted()).toEqual(words);
  });
});

test("each script asks the command itself, and says how it is loaded", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    expect(completionScript(shell)).toMatch(/invoiceops completion (bash|zsh|fish)/);
    expect(completionScript(shell)).toContain("__complete");
  }
});
