import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Pin } from "./pins.ts";
import { compareVersions, findVersion } from "./version.ts";

export interface Build {
  name: string;
  pin: Pin;
  /** The arguments of `go build`, flags and package, but for the output. */
  goArgs: readonly string[];
  /** Where the binary is kept once it is built. */
  cached: string;
}

const OTHER_WAYS =
  "Or set KUBEBUILDER_ASSETS to a folder with the binaries, or use a cluster of your own: npm start -- --context NAME";

/**
 * Builds the binary from its pin into the cache. The file appears under its name only when it is whole. Does nothing
 * when another process built it meanwhile.
 */
export async function buildBinary(binary: Build, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  if (existsSync(binary.cached)) return;
  await requireGo(binary, env);
  const folder = dirname(binary.cached);
  await mkdir(folder, { recursive: true });
  await removeLeftovers(folder, binary.name);
  const draft = join(folder, `.${binary.name}.${process.pid}`);
  await goBuild(binary, draft, env);
  await rename(draft, binary.cached);
}

/** Go may fetch the newer toolchain that a pin asks for by itself; asking in the pin's folder counts that in. */
async function requireGo(binary: Build, env: NodeJS.ProcessEnv): Promise<void> {
  const needs = `${binary.name} is not on this machine and is built from source, which needs Go ${binary.pin.go} or newer`;
  const install = "Install it from https://go.dev/dl/ and try again.";
  let answer: string;
  try {
    const { stdout } = await promisify(execFile)("go", ["env", "GOVERSION"], { cwd: binary.pin.directory, env });
    answer = stdout.trim();
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const found = missing ? "go is not on PATH" : `go says: ${(error as { stderr?: string }).stderr?.trim() ?? ""}`;
    throw new Error(`${needs}; ${found}.\n${install} ${OTHER_WAYS}`, { cause: error });
  }
  const version = findVersion(answer);
  if (!version || compareVersions(version, findVersion(binary.pin.go)!) < 0) {
    throw new Error(`${needs}; go on PATH is ${answer}.\n${install} ${OTHER_WAYS}`);
  }
}

async function goBuild(binary: Build, output: string, env: NodeJS.ProcessEnv): Promise<void> {
  const build = spawn("go", ["build", "-o", output, ...binary.goArgs], {
    cwd: binary.pin.directory,
    env: { ...env, CGO_ENABLED: "0", GOWORK: "off" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let words = "";
  build.stderr.setEncoding("utf8").on("data", (text: string) => (words = (words + text).slice(-4_000)));
  const [code, signal] = await once(build, "close");
  if (code === 0) return;
  const how = signal ? String(signal) : `code ${String(code)}`;
  throw new Error(
    `go build of ${binary.name} (${binary.pin.module} ${binary.pin.version}) ended with ${how}:\n${words}`,
  );
}

/** Drafts of builds that were cut off; we hold the lock, so nobody writes to them. */
async function removeLeftovers(folder: string, name: string): Promise<void> {
  for (const file of await readdir(folder)) {
    if (basename(file).startsWith(`.${name}.`)) await rm(join(folder, file), { force: true });
  }
}
