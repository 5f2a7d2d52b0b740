import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A folder below pins/: a Go module whose go.mod and go.sum fix every source that its binaries are built from. */
export interface Pin {
  directory: string;
  /** The module that holds the commands, and its pinned version, such as `v1.36.3`. */
  module: string;
  version: string;
  /** The oldest Go that builds it, such as `1.26.0`. */
  go: string;
  /** go.mod and go.sum, byte for byte. */
  sums: string;
}

/** Reads the pin in `pins/<name>`; `root` is for tests. */
export function readPin(name: string, root: string = join(import.meta.dirname, "pins")): Pin {
  const directory = join(root, name);
  const mod = readFileSync(join(directory, "go.mod"), "utf8");
  const required = /^require (\S+) (\S+)$/m.exec(mod);
  const go = /^go (\S+)$/m.exec(mod);
  if (!required || !go) throw new Error(`${join(directory, "go.mod")} lacks a line "require MODULE VERSION" or "go N"`);
  return {
    directory,
    module: required[1]!,
    version: required[2]!,
    go: go[1]!,
    sums: mod + readFileSync(join(directory, "go.sum"), "utf8"),
  };
}

/** Names a build by all that decides its bytes, so that a changed pin or flag never meets an old binary. */
export function buildDigest(pin: Pin, flags: readonly string[]): string {
  const parts = [pin.sums, process.platform, process.arch, ...flags];
  return createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 20);
}
