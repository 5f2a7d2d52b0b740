import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { findVersion, versionFits, type VersionRange } from "./version.ts";

interface Requirement {
  /** Makes the binary print its version. */
  args: readonly string[];
  range: VersionRange;
  onPath: boolean;
}

/** The first of the name in KUBEBUILDER_ASSETS, then in the folders of PATH, whose version fits. */
export async function findInFolders(
  name: string,
  requirement: Requirement,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const path = requirement.onPath ? (env["PATH"] ?? "").split(delimiter) : [];
  for (const folder of [env["KUBEBUILDER_ASSETS"], ...path]) {
    if (folder && (await fits(join(folder, name), requirement))) return join(folder, name);
  }
  return undefined;
}

async function fits(file: string, requirement: Requirement): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    const { stdout, stderr } = await promisify(execFile)(file, requirement.args, { timeout: 10_000 });
    const version = findVersion(stdout) ?? findVersion(stderr);
    return version !== undefined && versionFits(version, requirement.range);
  } catch {
    // Not there, or it does not run here.
    return false;
  }
}
