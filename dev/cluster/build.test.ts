import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { buildBinary, type Build } from "./build.ts";

interface Machine {
  build: Build;
  env: NodeJS.ProcessEnv;
  folder: string;
}

/** A pin folder, an empty cache, and a `go` that runs the shell lines for `go build -o "$3"`; without them no Go. */
function machine(go?: { version?: string; build?: string }): Machine {
  const root = temporaryFolder();
  if (go) {
    const script = `#!/bin/sh
if [ "$1" = env ]; then echo ${go.version ?? "go1.26.8"}; exit; fi
${go.build ?? 'echo "$@ CGO_ENABLED=$CGO_ENABLED" > "$3"'}
`;
    writeFileSync(join(root, "go"), script);
    chmodSync(join(root, "go"), 0o755);
  }
  const pin = { directory: root, module: "example.com/tool", version: "v1.2.3", go: "1.26.7", sums: "" };
  const folder = join(root, "cache", "digest");
  mkdirSync(folder, { recursive: true });
  const build = { name: "tool", pin, goArgs: ["-trimpath", "example.com/tool"], cached: join(folder, "tool") };
  return { build, env: { PATH: go ? `${root}:/usr/bin:/bin` : root }, folder };
}

test("a binary is built without cgo under another name and then put in place", async () => {
  const { build, env, folder } = machine({});
  await buildBinary(build, env);
  expect(readFileSync(build.cached, "utf8")).toMatch(
    /^build -o .*\.tool\.\d+ -trimpath example\.com\/tool CGO_ENABLED=0/,
  );
  expect(readdirSync(folder)).toEqual(["tool"]);
});

test("what an earlier, cut-off build left is removed", async () => {
  const { build, env, folder } = machine({});
  writeFileSync(join(folder, ".tool.4242"), "half");
  await buildBinary(build, env);
  expect(readdirSync(folder)).toEqual(["tool"]);
});

test("a binary that is there is not built again, even without Go", async () => {
  const { build, env } = machine();
  writeFileSync(build.cached, "done by another process");
  await buildBinary(build, env);
  expect(readFileSync(build.cached, "utf8")).toBe("done by another process");
});

test("a failed build tells the compiler's words and leaves nothing that looks built", async () => {
  const { build, env } = machine({ build: 'echo half > "$3"; echo "tool.go:3: undefined: x" >&2; exit 1' });
  await expect(buildBinary(build, env)).rejects.toThrow(
    /go build of tool \(example\.com\/tool v1\.2\.3\) ended with code 1:\ntool\.go:3: undefined: x/,
  );
  expect(readdirSync(dirname(build.cached))).not.toContain("tool");
});

test.each([
  ["no Go", undefined, /tool is not on this machine .* needs Go 1\.26\.7 or newer; go is not on PATH\./],
  ["an old Go", { version: "go1.19.8" }, /needs Go 1\.26\.7 or newer; go on PATH is go1\.19\.8\./],
])("with %s the error says what to install and which other ways there are", async (_, go, message) => {
  const { build, env } = machine(go);
  const attempt = buildBinary(build, env);
  await expect(attempt).rejects.toThrow(message);
  await expect(attempt).rejects.toThrow(/https:\/\/go\.dev\/dl\/.*KUBEBUILDER_ASSETS.*npm start -- --context NAME/s);
});
