import { execFile } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { buildBase, buildImageOf, buildOperatorImage, LOCAL_BASE } from "../../dev/image/build.ts";
import type { Buildah } from "../../dev/image/buildah.ts";
import { ROOT } from "../../dev/image/bundle.ts";
import { makeDistribution } from "../../dev/image/distribution.ts";
import { createClient, type Client } from "../../src/kube/client.ts";
import { leases, pods, type Lease, type Pod } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { CRDS } from "../support/crds.ts";
import { eventually } from "../support/eventually.ts";
import { History, revisionOf } from "../support/history.ts";
import { OPERATOR_IMAGE } from "./support/images.ts";
import { startNode } from "./support/node.ts";
import { operatorManifests, restrictedNamespace } from "./support/operator-pod.ts";

const archive = (): string => inject("images").operator;

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

  test("built in the checkout, as CONTRIBUTING.md says, it is the same image", async () => {
    const name = "localhost/invoiceops:checkout";
    await makeDistribution(join(ROOT, "dist"), LOCAL_BASE);
    await buildImageOf(builds[0]!, name);
    expect((await builds[0]!.inspect(name)).layers).toEqual((await builds[0]!.inspect(OPERATOR_IMAGE)).layers);
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
  let client: Client & { transport: Transport };

  beforeAll(async () => {
    node = await startNode();
    client = createClient(createTransport({ config: node.cluster.adminConfig(), clock: realClock }));
    await node.cluster.kubectl(["apply", "-f", CRDS]);
    await node.cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  });
  afterAll(async () => {
    await client?.transport.close();
    await node?.stop();
  });

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
    node.cluster.kubectl(["rollout", "status", "deployment/invoiceops", `--namespace=${namespace}`, "--timeout=120s"]);
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

    test("when its pod is deleted it ends by itself, with code 0, and before that the Lease is free for the next one", async () => {
      const first = await podOf(namespace);
      const lease = await History.of({ client, namespace }, leases, "invoiceops");
      const pod = await History.of({ client, namespace }, pods, first.metadata.name);
      await node.cluster.kubectl(["delete", "pod", first.metadata.name, `--namespace=${namespace}`]);
      await eventually(() => expect(holders(lease)).toHaveLength(3), 60_000);
      const [before, between, after] = holders(lease);
      expect(before).toContain(first.metadata.name);
      expect(between).toBe("");
      expect(after).not.toContain(first.metadata.name);
      const ended = pod.versions.find(({ status }) => status?.containerStatuses?.[0]?.state?.terminated);
      // Not 137: nobody had to kill it.
      expect(ended?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
        exitCode: 0,
        reason: "Completed",
      });
      const free = lease.versions.find(({ spec }) => spec?.holderIdentity === "");
      expect(revisionOf(free!)).toBeLessThan(revisionOf(ended!));
      await Promise.all([lease.close(), pod.close()]);
    });
  });

  test("while it waits for the API server it is alive and not ready, and afterwards the same process is ready", async () => {
    const namespace = "waiting";
    await node.hideApiServer();
    try {
      await install(namespace);
      await eventually(async () => {
        const pod = await podOf(namespace);
        expect(await probe(pod, "/healthz")).toMatchObject({ status: 200 });
        expect(await probe(pod, "/readyz")).toMatchObject({ status: 503 });
      }, 60_000);
    } finally {
      await node.showApiServer();
    }
    await ready(namespace);
    const pod = await podOf(namespace);
    expect(await probe(pod, "/readyz")).toMatchObject({ status: 200 });
    expect(pod.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});

/** Who held it, one after the other; empty while it was free. */
function holders(lease: History<Lease>): string[] {
  return lease.changes(({ spec }) => spec?.holderIdentity ?? "");
}
