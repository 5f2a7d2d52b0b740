import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ROOT = join(import.meta.dirname, "../..");

/** What the lint says about imports of one file, in a tree of its own with our configuration. */
async function lint(file: string, imported: string): Promise<string> {
  const folder = temporaryFolder();
  copyFileSync(join(ROOT, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, dirname(file)), { recursive: true });
  writeFileSync(join(folder, file), `import { thing } from "${imported}";\n\nexport const other = thing;\n`);
  const oxlint = join(ROOT, "node_modules/.bin/oxlint");
  const run = promisify(execFile)(oxlint, ["--format=unix", file], { cwd: folder });
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

test.each([
  ["src/api/v1alpha1/kind.ts", "../../kube/client.ts"],
  ["src/kube/client.ts", "../api/v1alpha1/kind.ts"],
  ["src/kube/client.ts", "../runtime/manager.ts"],
  ["src/runtime/manager.ts", "../prometheus/client.ts"],
  ["src/runtime/manager.ts", "../scaling/part.ts"],
  ["src/prometheus/client.ts", "../operator/operator.ts"],
  ["src/calendar/windows.ts", "../forecast/baseline.ts"],
  ["src/forecast/baseline.ts", "../scaling/part.ts"],
  ["src/scaling/part.ts", "../operator/operator.ts"],
  ["src/operator/operator.ts", "../replay/simulate.ts"],
  ["src/replay/simulate.ts", "../cli/run.ts"],
])("%s may not import %s", async (file, imported) => {
  expect(await lint(file, imported)).toContain("no-restricted-imports");
});

test.each([
  ["src/kube/client.ts", "../runtime/clock.ts"],
  ["src/runtime/manager.ts", "../kube/client.ts"],
  ["src/scaling/part.ts", "../calendar/windows.ts"],
  ["src/scaling/part.ts", "../forecast/baseline.ts"],
  ["src/operator/operator.ts", "../scaling/part.ts"],
  ["src/replay/planner.ts", "../operator/plan-sources.ts"],
])("%s may import %s", async (file, imported) => {
  expect(await lint(file, imported)).not.toContain("no-restricted-imports");
});
