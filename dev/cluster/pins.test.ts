import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { buildDigest, readPin } from "./pins.ts";

function pinFolder(files: { mod?: string; sum?: string } = {}): string {
  const root = temporaryFolder();
  mkdirSync(join(root, "tool"));
  writeFileSync(
    join(root, "tool", "go.mod"),
    files.mod ?? "module x\n\ngo 1.26.0\n\nrequire example.com/tool v1.2.3\n",
  );
  writeFileSync(join(root, "tool", "go.sum"), files.sum ?? "example.com/tool v1.2.3 h1:abc=\n");
  return root;
}

test("a pin is read from its go.mod alone", () => {
  expect(readPin("tool", pinFolder())).toMatchObject({ module: "example.com/tool", version: "v1.2.3", go: "1.26.0" });
});

test("a go.mod without a direct requirement is refused by name", () => {
  expect(() => readPin("tool", pinFolder({ mod: "module x\n\ngo 1.26.0\n" }))).toThrow(/tool\/go\.mod lacks a line/);
});

function digest(files?: { mod?: string; sum?: string }, flags: string[] = ["-trimpath"]): string {
  return buildDigest(readPin("tool", pinFolder(files)), flags);
}

test("the digest changes with go.mod, go.sum and the flags, and with nothing else", () => {
  expect(digest()).toBe(digest());
  expect(digest({ sum: "example.com/tool v1.2.3 h1:abd=\n" })).not.toBe(digest());
  expect(digest({ mod: "module x\n\ngo 1.27.0\n\nrequire example.com/tool v1.2.3\n" })).not.toBe(digest());
  expect(digest({}, ["-trimpath", "-tags=x"])).not.toBe(digest());
});
