import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { describeBinary, findBinary } from "./binaries.ts";

/** Three folders as KUBEBUILDER_ASSETS, PATH and XDG_CACHE_HOME, all empty. */
function machine(): { env: NodeJS.ProcessEnv; assets: string; path: string } {
  const root = temporaryFolder();
  const [assets, path, cache] = ["assets", "path", "cache"].map((name) => join(root, name)) as [string, string, string];
  for (const folder of [assets, path, cache]) mkdirSync(folder);
  return { env: { KUBEBUILDER_ASSETS: assets, PATH: path, XDG_CACHE_HOME: cache }, assets, path };
}

/** A program that prints `text` whatever it is asked. */
function program(file: string, text: string, mode = 0o755): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho '${text}'\n`);
  chmodSync(file, mode);
  return file;
}

test("an empty machine has none", async () => {
  expect(await findBinary("etcd", machine().env)).toBeUndefined();
});

test("KUBEBUILDER_ASSETS comes before PATH, and PATH before the cache", async () => {
  const { env, assets, path } = machine();
  const cached = program(describeBinary("etcd", env).cached, "etcd Version: 3.6.16");
  expect(await findBinary("etcd", env)).toBe(cached);
  const installed = program(join(path, "etcd"), "etcd Version: 3.5.21");
  expect(await findBinary("etcd", env)).toBe(installed);
  const asset = program(join(assets, "etcd"), "etcd Version: 3.6.1");
  expect(await findBinary("etcd", env)).toBe(asset);
});

test.each([
  ["etcd", "etcd Version: 3.4.37"],
  ["etcd", "etcd Version: 3.7.0"],
  ["kube-apiserver", "Kubernetes v1.35.9"],
  ["kube-apiserver", "Kubernetes v0.0.0-master+$Format:%H$"],
  ["prometheus", "prometheus, version 2.41.0"],
  ["kwok", "usage: kwok"],
] as const)("a %s that says %j is passed over", async (name, text) => {
  const { env, assets, path } = machine();
  program(join(assets, name), text);
  program(join(path, name), text);
  expect(await findBinary(name, env)).toBeUndefined();
});

test.each([
  ["kube-apiserver", "Kubernetes v1.36.0"],
  ["kube-scheduler", "Kubernetes v1.36.11"],
  ["prometheus", "prometheus, version 2.42.0+ds (branch: debian/sid)"],
  ["promtool", "promtool, version 3.16.0 (branch: , revision: unknown)"],
  ["kwok", "kwok version v0.8.1 go1.26.8 (linux/amd64)"],
] as const)("a %s that says %j is taken from PATH", async (name, text) => {
  const { env, path } = machine();
  const file = program(join(path, name), text);
  expect(await findBinary(name, env)).toBe(file);
});

test("kubectl is never taken from PATH, where it is the user's own", async () => {
  const { env, assets, path } = machine();
  program(join(path, "kubectl"), "Client Version: v1.36.3");
  expect(await findBinary("kubectl", env)).toBeUndefined();
  const asset = program(join(assets, "kubectl"), "Client Version: v1.36.3");
  expect(await findBinary("kubectl", env)).toBe(asset);
});

test("a file that may not be executed is passed over", async () => {
  const { env, path } = machine();
  program(join(path, "etcd"), "etcd Version: 3.6.16", 0o644);
  expect(await findBinary("etcd", env)).toBeUndefined();
});

test("the API server is linked with the version of its pin, and cached under the hash of the pin and its flags", () => {
  const { env } = machine();
  const server = describeBinary("kube-apiserver", env);
  const { version } = server.pin;
  expect(server.goArgs.join(" ")).toContain(`-X k8s.io/component-base/version.gitVersion=${version} `);
  expect(server.cached).toMatch(/cache\/invoiceops\/bin\/[0-9a-f]{20}\/kube-apiserver$/);
  expect(existsSync(join(server.pin.directory, "go.sum"))).toBe(true);
  expect(dirname(server.cached)).toBe(dirname(describeBinary("kubectl", env).cached));
  expect(dirname(server.cached)).not.toBe(dirname(describeBinary("etcd", env).cached));
});
