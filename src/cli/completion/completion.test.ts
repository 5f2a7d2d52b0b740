import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import type { Verb } from "../verb.ts";
import { wanted } from "./candidates.ts";
import { completionScript, type Shell } from "./scripts.ts";

const verb = (name: string, more: Partial<Verb> = {}): Verb => ({
  name,
  operands: "",
  summary: `${name} it`,
  flags: {},
  examples: [],
  rights: [],
  exits: { 0: "done", 2: "an error" },
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

/** Runs a script for one shell on a typed line, with the shell's own ways to complete; prints what is offered. */
const SHELLS: Readonly<Record<Shell, (script: string, typed: readonly string[]) => [args: string[], input: string]>> = {
  bash: (script, typed) => [
    ["--norc", "-c"],
    `${script}
COMP_WORDS=(${quoted(typed)})
COMP_CWORD=${typed.length - 1}
_invoiceops
printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  // What zsh's completion system would show: it runs in a terminal alone.
  zsh: (script, typed) => [
    ["-f", "-c"],
    `compdef() { :; }
_describe() { print -l -- "\${(@P)2}"; }
_files() { print -l -- *; }
${script}
words=(${quoted(typed)})
CURRENT=${typed.length}
_invoiceops`,
  ],
  fish: (script, typed) => [["--no-config", "-c"], `${script}\ncomplete -C '${typed.join(" ")}'`],
};

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(" ");

/** Debian has zsh and fish as packages; CI installs them. */
const isThere = (shell: string): boolean => spawnSync(shell, ["-c", "exit 0"]).status === 0;
for (const shell of Object.keys(SHELLS)) if (!isThere(shell)) console.log(`left out: ${shell} is not installed`);

describe.each(Object.entries(SHELLS).filter(([shell]) => isThere(shell)))(
  "the script for %s, run by it",
  (shell, runOf) => {
    test.each<[string, string[]]>([
      ["status --", ["--output", "--watch"]],
      ["lint -f ", ["a.yaml", "invoiceops"]],
    ])("%j", (line, words) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, "a.yaml"), "");
      const answer = line.startsWith("lint") ? ":0" : "--output\\tFormat\\n--watch\\tAgain\\n:4";
      const file = join(folder, "invoiceops");
      writeFileSync(file, `#!/bin/sh\nprintf '%b\\n' '${answer}'\n`);
      chmodSync(file, 0o755);
      const [args, input] = runOf(completionScript(shell as Shell), ["invoiceops", ...line.split(" ")]);
      const env = { ...process.env, PATH: `${folder}:${process.env["PATH"]}`, HOME: folder };
      const out = execFileSync(shell, [...args, input], { cwd: folder, env, encoding: "utf8" });
      const offered = out
        .trim()
        .split("\n")
        .map((one) => one.split(/[\t:]/)[0]);
      expect(new Set(offered)).toEqual(new Set(words));
    });
  },
);

test("each script asks the command itself, and says how it is loaded", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    expect(completionScript(shell)).toMatch(/invoiceops completion (bash|zsh|fish)/);
    expect(completionScript(shell)).toContain("__complete");
  }
});
