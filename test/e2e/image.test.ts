import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { buildBase, buildOperatorImage } from "../../dev/image/build.ts";
import type { Buildah } from "../../dev/image/buildah.ts";
import type { Lease, Pod } from "../../src/kube/resource.ts";
import { CRDS } from "../support/crds.ts";
import { eventually } from "../support/eventually.ts";
import { OPERATOR_IMAGE } from "./support/images.ts";
import { startNode } from "./support/node.ts";
import { operatorManifests, restrictedNamespace } from "./support/operator-pod.ts";

const archive = (): string => inject("imageArchives")[1]!;

async function tar(...args: string[]): Promise<string> {
  return (await promisify(execFile)("tar", args, { maxBuffer: 64e6 })).stdout;
}

async function probe(pod: Pod, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(`http://${pod.status?.podIP}:8080${path}`);
  return { status: answer.status, text: await answer.text() };
}

describe("the image as it is built", () => {
  let folder: string;
  const builds: Buildah[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "image-test-"));
    for (const name of ["first", "second"]) {
      const own = join(folder, name);
      const buildah = await buildBase(own);
      await buildOperatorImage(buildah, OPERATOR_IMAGE, own);
      builds.push(buildah);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("two builds of one checkout are layer for layer the same", async () => {
    const [first, second] = await Promise.all(builds.map((buildah) => buildah.inspect(OPERATOR_IMAGE)));
    expect(first?.layers).toEqual(second?.layers);
    expect(first?.layers).toHaveLength(2);
  });

  test("it runs Node.js on the bundle as a user who is a number and not root", async () => {
    const { config } = await builds[0]!.inspect(OPERATOR_IMAGE);
    expect(config).toMatchObject({ User: "65532:65532", WorkingDir: "/app" });
    expect(config.Entrypoint?.[0]).toBe("/nodejs/bin/node");
    expect(config.Entrypoint?.at(-1)).toBe("/app/operator.js");
  });

  test("all its layers together, not compressed, are less than 150 MB", async () => {
    const { size } = await stat(archive());
    console.log(`${OPERATOR_IMAGE}: ${(size / 1e6).toFixed(1)} MB`);
    expect(size).toBeLessThan(150e6);
  });

  test("nothing in it can be run but Node.js and its loader", async () => {
    const unpacked = join(folder, "unpacked");
    await promisify(execFile)("mkdir", [unpacked]);
    await tar("-xf", archive(), "-C", unpacked);
    const layers = (await tar("-tf", archive())).split("\n").filter((name) => /[0-9a-f]{64}\.tar$/.test(name));
    const lists = await Promise.all(layers.map((layer) => tar("-tvf", join(unpacked, layer))));
    const files = lists
      .join("")
      .split("\n")
      .filter((line) => line.startsWith("-"));
    const runnable = files.filter((line) => line.slice(1, 10).includes("x")).map((line) => line.split(/\s+/).at(-1)!);
    expect(runnable.filter((name) => !/\.so(\.|$)|\.js$/.test(name))).toEqual(["nodejs/bin/node"]);
    expect(files.some((line) => line.endsWith(" app/operator.js"))).toBe(true);
  });
});

describe("the image on a node, under the restricted Pod Security profile", () => {
  let node: RealNode;

  beforeAll(async () => {
    node = await startNode();
    await node.cluster.kubectl(["apply", "-f", CRDS]);
    await node.cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  });
  afterAll(() => node?.stop());

  const install = async (namespace: string, env: Readonly<Record<string, string>> = {}): Promise<void> => {
    await node.cluster.apply(restrictedNamespace(namespace));
    await node.cluster.apply(operatorManifests({ namespace, env, args: ["--evaluation-interval=1s"] }));
  };
  const podOf = async (namespace: string): Promise<Pod> => {
    const { stdout } = await node.cluster.kubectl(["get", "pods", `--namespace=${namespace}`, "--output=json"]);
    const [pod] = (JSON.parse(stdout) as { items: Pod[] }).items;
    if (!pod?.status?.podIP) throw new Error(`no pod with an address in ${namespace}`);
    return pod;
  };
  const ready = (namespace: string): Promise<unknown> =>
    node.cluster.kubectl(["rollout", "status", "deployment/invoiceops", `--namespace=${namespace}`, "--timeout=60s"]);
  const exec = async (namespace: string, ...command: string[]): Promise<string> => {
    const { stdout } = await node.cluster.kubectl([
      "exec",
      "deployment/invoiceops",
      `--namespace=${namespace}`,
      "--",
      ...command,
    ]);
    return stdout.trim();
  };

  describe("with a Service that has the operator's name", () => {
    const namespace = "plain";
    beforeAll(async () => {
      await install(namespace);
      await ready(namespace);
    });

    test("it takes no variable for its port that Kubernetes made of the Service", async () => {
      expect(await exec(namespace, "/nodejs/bin/node", "-p", "process.env.INVOICEOPS_PORT")).toMatch(/^tcp:\/\//);
      expect(await probe(await podOf(namespace), "/readyz")).toMatchObject({ status: 200 });
    });

    test("it is user 65532 and can write nothing", async () => {
      expect(await exec(namespace, "/nodejs/bin/node", "-p", "`${process.getuid()}:${process.getgid()}`")).toBe(
        "65532:65532",
      );
      const write = 'try { fs.writeFileSync("/tmp/x", ""); "written" } catch (error) { error.code }';
      expect(await exec(namespace, "/nodejs/bin/node", "-p", write)).toBe("EROFS");
    });

    test.each(["sh", "/bin/sh", "bash", "busybox"])("there is no %s to run in it", async (shell) => {
      await expect(exec(namespace, shell, "-c", "true")).rejects.toThrow(/executable file not found|no such file/);
    });

    test("the command of the same name is in it", async () => {
      expect(await exec(namespace, "/nodejs/bin/node", "/app/invoiceops.js", "version")).toMatch(/\d+\.\d+\.\d+/);
    });

    test("SIGTERM ends it with code 0, and the Lease is free at once", async () => {
      const lease = (): Promise<Lease> => node.cluster.get<Lease>("lease", "invoiceops", namespace);
      const before = (await lease()).spec;
      expect(before?.holderIdentity).toContain((await podOf(namespace)).metadata.name);
      await exec(namespace, "/nodejs/bin/node", "-e", 'process.kill(1, "SIGTERM")').catch(() => undefined);
      await eventually(async () => {
        const [container] = (await podOf(namespace)).status?.containerStatuses ?? [];
        expect(container?.lastState?.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
      }, 60_000);
      // The one that came after it did not have to wait until the old Lease ran out.
      await eventually(
        async () => expect((await lease()).spec?.holderIdentity).not.toBe(before?.holderIdentity),
        60_000,
      );
      const after = (await lease()).spec;
      const waited = Date.parse(after?.acquireTime ?? "") - Date.parse(before?.renewTime ?? "");
      expect(waited).toBeLessThan((before?.leaseDurationSeconds ?? 0) * 1_000);
    });
  });

  test("while it waits for the API server it is alive and not ready", async () => {
    // Of the pods' own network, and nobody's.
    await install("waiting", { KUBERNETES_SERVICE_HOST: "10.88.0.254" });
    await eventually(async () => {
      const pod = await podOf("waiting");
      expect(await probe(pod, "/healthz")).toMatchObject({ status: 200 });
      expect(await probe(pod, "/readyz")).toMatchObject({ status: 503 });
    }, 60_000);
    const { status } = await podOf("waiting");
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});
