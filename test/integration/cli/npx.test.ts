import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ROOT } from "../../../dev/image/bundle.ts";
import { VERSION } from "../../../src/version.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** The package as the registry would have it, and as a user runs it without installing it. */

async function run(folder: string, program: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env["PATH"]}` };
  return (await promisify(execFile)(program, args, { cwd: folder, env })).stdout.trim();
}

test("npx runs the command of the packed package", { timeout: 300_000 }, async () => {
  const folder = temporaryFolder();
  await run(ROOT, "npm", "pack", "--silent", `--pack-destination=${folder}`);
  const packed = join(folder, `invoiceops-${VERSION}.tgz`);
  const npx = (...words: string[]): Promise<string> =>
    run(folder, "npx", "--yes", "--prefer-offline", `--package=${packed}`, "--", ...words);
  expect(await npx("invoiceops", "version")).toBe(`invoiceops ${VERSION}`);
  expect(await npx("kubectl-invoiceops", "plan", "--help")).toContain("--from");
});
