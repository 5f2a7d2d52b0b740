// npm test: builds what the tests run on, then runs all tests. Arguments go to vitest; --all also builds the engines
// that only some tests need, as CI does. With CI=true or INVOICEOPS_E2E=1 the end-to-end suite follows, on a real node
// (root, Linux); `npm test -- --project e2e` runs it alone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingPrograms } from "./cluster/argocd/requirements.ts";
import { findBinary, provideBinaries, type BinaryName } from "./cluster/binaries.ts";
import { binariesFor } from "./cluster/cluster.ts";
import { runInside } from "./cluster/node/namespaces.ts";
import { NODE_BINARIES } from "./cluster/node/node.ts";
import { preflight } from "./cluster/node/preflight.ts";

interface Engine {
  name: BinaryName;
  /** The tests that need it. */
  files: string;
  /** Programs of the system that it needs and this machine lacks. */
  missing?: () => Promise<{ name: string; debian: string }[]>;
}

/** Engines that take minutes to build. */
const optionalEngines: Engine[] = [
  { name: "keda-operator", files: "test/integration/**/*.keda.test.ts" },
  { name: "helm3", files: "test/integration/**/*.helm.test.ts" },
  { name: "helm4", files: "test/integration/**/*.helm.test.ts" },
  { name: "argocd", files: "test/integration/**/*.argocd.test.ts", missing: missingPrograms },
];
const END_TO_END = "test/e2e/**/*.test.ts";
/** What its tests run beside the node. */
const endToEndTools: readonly BinaryName[] = ["prometheus", "promtool", "vegeta", "helm3", "helm4"];

const args = process.argv.slice(2).filter((arg) => arg !== "--all");
const all = process.argv.includes("--all") || process.env["CI"] === "true";
const words = args.join(" ");
const unitOnly = /--project[= ]unit/.test(words);
const endToEndOnly = /--project[= ]e2e|(^| )test\/e2e/.test(words);
const endToEnd = endToEndOnly || (args.length === 0 && (all || process.env["INVOICEOPS_E2E"] === "1"));
// Ctrl-C is for vitest, which ends the tests; this process goes after it.
process.on("SIGINT", () => undefined);

if (endToEnd) refuseWithoutNode();
const leftOut = unitOnly || endToEndOnly ? [] : await prepare();
const tally = mkdtempSync(join(tmpdir(), "invoiceops-tally-"));
const env = { ...process.env, INVOICEOPS_TALLY: join(tally, "count.json") };
const codes = [...(endToEndOnly ? [] : [await runHere()]), ...(endToEnd ? [await runOnNode()] : [])];
rmSync(tally, { recursive: true });
for (const { files, why } of leftOut) console.log(`left out: ${count(files)} that need ${why}`);
if (!endToEnd && args.length === 0) {
  console.log(
    `left out: ${count(END_TO_END)} of the end-to-end suite; INVOICEOPS_E2E=1 npm test runs it (root, Linux)`,
  );
}
process.exit(codes.find((code) => code !== 0) ?? 0);

async function runHere(): Promise<number> {
  const without = leftOut.flatMap(({ files }) => ["--exclude", files]);
  const vitest = spawn("vitest", ["run", ...without, ...args], { stdio: "inherit", env });
  const [code] = (await once(vitest, "exit")) as [number | null];
  return code ?? 1;
}

/** Before anything is built or run: the end-to-end suite comes last. */
function refuseWithoutNode(): void {
  const { missing, packages } = preflight();
  if (missing.length === 0) return;
  const install = packages.length > 0 ? `; on Debian: apt-get install ${packages.join(" ")}` : "";
  console.error(`\nthe end-to-end suite needs, and this machine lacks: ${missing.join(", ")}${install}`);
  process.exit(1);
}

async function runOnNode(): Promise<number> {
  await provide([...binariesFor({ nodeAddress: "any" }), ...NODE_BINARIES, ...endToEndTools]);
  const project = endToEndOnly && /--project/.test(words) ? [] : ["--project", "e2e"];
  return runInside("vitest", ["run", ...project, ...args], env);
}

/** Builds what is missing; returns the test files to leave out, and what they need. */
async function prepare(): Promise<{ files: string; why: string }[]> {
  const needed: BinaryName[] = [...binariesFor({ nodes: { count: 1 } }), "prometheus", "promtool"];
  const without: { files: string; why: string }[] = [];
  for (const { name, files, missing } of optionalEngines) {
    const lacking = (await missing?.()) ?? [];
    if (lacking.length > 0) {
      const programs = lacking.map((program) => program.name).join(", ");
      const install = `on Debian: apt-get install ${lacking.map(({ debian }) => debian).join(" ")}`;
      if (all) {
        console.error(`\n${count(files)} need ${programs}, which this machine lacks; ${install}`);
        process.exit(1);
      }
      without.push({ files, why: `${programs}; ${install}` });
    } else if (all || (await findBinary(name))) needed.push(name);
    else without.push({ files, why: `${name}, which is not built; npm test -- --all builds it` });
  }
  await provide(needed);
  return without;
}

async function provide(names: readonly BinaryName[]): Promise<void> {
  try {
    await provideBinaries(names);
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}

function count(files: string): string {
  const found = globSync(files).length;
  return found === 1 ? "1 test file" : `${found} test files`;
}
