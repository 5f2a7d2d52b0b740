// npm test: builds what the integration tests run on, then runs all tests. Arguments go to vitest; --all also builds
// the engines that only some tests need, as CI does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { findBinary, provideBinaries, type BinaryName } from "./cluster/binaries.ts";
import { binariesFor } from "./cluster/cluster.ts";

/** Engines that take minutes to build; tests in files of this pattern need them. */
const optionalEngines: { name: BinaryName; files: string }[] = [
  { name: "keda-operator", files: "test/integration/**/*.keda.test.ts" },
];

const args = process.argv.slice(2).filter((arg) => arg !== "--all");
const all = process.argv.includes("--all") || process.env["CI"] === "true";
const unitOnly = /--project[= ]unit/.test(args.join(" "));
// Ctrl-C is for vitest, which ends the tests; this process goes after it.
process.on("SIGINT", () => undefined);

const leftOut = unitOnly ? [] : await prepare();
const vitest = spawn("vitest", ["run", ...leftOut.flatMap(({ files }) => ["--exclude", files]), ...args], {
  stdio: "inherit",
});
const [code] = (await once(vitest, "exit")) as [number | null];
for (const { name, files } of leftOut) {
  const count = globSync(files).length;
  const what = count === 1 ? "1 test file that needs" : `${count} test files that need`;
  console.log(`left out: ${what} ${name}, which is not built; npm test -- --all builds it`);
}
process.exit(code ?? 1);

/** Builds what is missing; returns the engines to do without. */
async function prepare(): Promise<typeof optionalEngines> {
  const needed: BinaryName[] = [...binariesFor({ nodes: { count: 1 } }), "prometheus", "promtool"];
  const without: typeof optionalEngines = [];
  for (const engine of optionalEngines) {
    if (all || (await findBinary(engine.name))) needed.push(engine.name);
    else without.push(engine);
  }
  try {
    await provideBinaries(needed);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
  return without;
}
