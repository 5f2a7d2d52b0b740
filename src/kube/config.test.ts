import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";

import { FakeClock } from "../../test/support/fake-clock.ts";
import { temporaryFolder } from "../../test/support/temporary-folder.ts";
import { loadClusterConfig } from "./config.ts";

let home: string;
beforeEach(() => {
  home = temporaryFolder();
  vi.stubEnv("HOME", home);
  vi.stubEnv("KUBECONFIG", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
});

interface Parts {
  cluster?: object;
  user?: object;
  context?: object;
}

/** Writes a kubeconfig with one context named "main" and returns its path. */
function kubeconfig(parts: Parts = {}, path = join(home, "config")): string {
  const document = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    clusters: [{ name: "c", cluster: { server: "https://api:6443", ...parts.cluster } }],
    users: [{ name: "u", user: { token: "t-1", ...parts.user } }],
    contexts: [{ name: "main", context: { cluster: "c", user: "u", ...parts.context } }],
  };
  writeFileSync(path, stringify(document));
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const rotating = (path: string): object => ({
  token: undefined,
  "auth-provider": { name: "tokenFile", config: { tokenFile: path } },
});

describe("where the cluster is", () => {
  test("is said by the file that is given", () => {
    vi.stubEnv("KUBECONFIG", "/nowhere");
    const config = loadClusterConfig({ kubeconfig: kubeconfig({ context: { namespace: "billing" } }) });
    expect(config).toMatchObject({ server: "https://api:6443", namespace: "billing" });
  });

  test("is said by KUBECONFIG before ~/.kube/config", () => {
    mkdirSync(join(home, ".kube"));
    kubeconfig({ cluster: { server: "https://home" } }, join(home, ".kube", "config"));
    expect(loadClusterConfig().server).toBe("https://home");
    vi.stubEnv("KUBECONFIG", kubeconfig({ cluster: { server: "https://env" } }));
    expect(loadClusterConfig()).toMatchObject({ server: "https://env", namespace: "default" });
  });

  test("is never guessed to be localhost:8080", () => {
    expect(() => loadClusterConfig()).toThrow(/no cluster is configured: set KUBECONFIG or --kubeconfig/);
  });

  test.each<[string, Parts, string | undefined, string]>([
    ["an unknown context", {}, "prod", 'there is no context "prod"; it has main'],
    ["an unknown cluster", { context: { cluster: "x" } }, undefined, 'the cluster of context "main" is not defined'],
    ["an unknown user", { context: { user: "x" } }, undefined, 'the user of context "main" is not defined'],
    ["plain HTTP without saying so", { cluster: { server: "http://api" } }, undefined, "is reached without TLS"],
    ["a proxy", { cluster: { "proxy-url": "http://proxy" } }, undefined, 'proxy-url of cluster "c" is not supported'],
  ])("is refused with %s", (_, parts, context, message) => {
    const options = { kubeconfig: kubeconfig(parts), ...(context !== undefined && { context }) };
    expect(() => loadClusterConfig(options)).toThrow(message);
  });
});

describe("credentials", () => {
  test("are headers and TLS material", async () => {
    const file = kubeconfig({
      cluster: { "certificate-authority-data": base64("CA"), "tls-server-name": "api.internal" },
      user: { "client-certificate-data": base64("CERT"), "client-key-data": base64("KEY") },
    });
    const { headers, tls } = await loadClusterConfig({ kubeconfig: file }).credentials();
    expect(headers).toEqual({ authorization: "Bearer t-1" });
    expect(tls).toEqual({
      ca: Buffer.from("CA"),
      cert: Buffer.from("CERT"),
      key: Buffer.from("KEY"),
      servername: "api.internal",
    });
  });

  test("of name and password are Basic", async () => {
    const file = kubeconfig({ user: { token: undefined, username: "me", password: "pw" } });
    const { headers } = await loadClusterConfig({ kubeconfig: file }).credentials();
    expect(headers).toEqual({ authorization: `Basic ${base64("me:pw")}` });
  });

  test("skip the verification only when the file says so", async () => {
    const file = kubeconfig({ cluster: { server: "http://api", "insecure-skip-tls-verify": true } });
    const { tls } = await loadClusterConfig({ kubeconfig: file }).credentials();
    expect(tls).toEqual({ rejectUnauthorized: false });
  });

  test("from a token file lose its last newline", async () => {
    const token = join(home, "token");
    writeFileSync(token, "first\n");
    const config = loadClusterConfig({ kubeconfig: kubeconfig({ user: rotating(token) }) });
    expect((await config.credentials()).headers).toEqual({ authorization: "Bearer first" });
  });

  test("are read once for all that ask within 30 s, and again after", async () => {
    const clock = new FakeClock();
    const config = loadClusterConfig({ kubeconfig: kubeconfig(), clock });
    const first = config.credentials();
    expect(config.credentials()).toBe(first);
    await clock.advance(29_999);
    expect(config.credentials()).toBe(first);
    await clock.advance(1);
    expect(config.credentials()).not.toBe(first);
  });

  test("are read anew after a 401, though client-node would keep a token file for a minute", async () => {
    const clock = new FakeClock();
    const token = join(home, "token");
    writeFileSync(token, "first");
    const config = loadClusterConfig({ kubeconfig: kubeconfig({ user: rotating(token) }), clock });
    await config.credentials();
    writeFileSync(token, "second");
    expect((await config.credentials()).headers["authorization"]).toBe("Bearer first");
    expect((await config.credentials({ refresh: true })).headers["authorization"]).toBe("Bearer second");
    expect((await config.credentials()).headers["authorization"]).toBe("Bearer second");
  });

  test("are refreshed once for requests that fail together", async () => {
    const clock = new FakeClock();
    const config = loadClusterConfig({ kubeconfig: kubeconfig(), clock });
    const first = config.credentials();
    await clock.advance(5000);
    const refreshed = config.credentials({ refresh: true });
    expect(refreshed).not.toBe(first);
    expect(config.credentials({ refresh: true })).toBe(refreshed);
  });

  test("that could not be read are tried again by the next request", async () => {
    const clock = new FakeClock();
    const token = join(home, "token");
    const config = loadClusterConfig({ kubeconfig: kubeconfig({ user: rotating(token) }), clock });
    await expect(config.credentials()).rejects.toThrow("ENOENT");
    writeFileSync(token, "first");
    await expect(config.credentials()).resolves.toMatchObject({ headers: { authorization: "Bearer first" } });
  });
});
