import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { provideBinaries } from "../../dev/cluster/binaries.ts";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { HorizontalPodAutoscaler, KubeObject } from "../../src/kube/resource.ts";
import { eventually } from "../support/eventually.ts";
import { installBlock, ROOT, shellBlocksOf } from "../support/readme.ts";
import { OPERATOR_IMAGE } from "./support/images.ts";
import { startNode } from "./support/node.ts";

/** The README's ways to install, as printed, with the image and the state of this checkout. */

let node: RealNode;
let folder: string;
let repository: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "installs-"));
  repository = join(folder, "repository");
  for (const part of ["crds", "charts", "deploy", "examples"])
    await cp(join(ROOT, part), join(repository, part), { recursive: true });
  const git = (...args: string[]): Promise<unknown> =>
    promisify(execFile)("git", ["-c", "user.name=test", "-c", "user.email=test@example.com", ...args], {
      cwd: repository,
    });
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", ".");
  await git("commit", "--quiet", "--message=as it is");

  node = await startNode();
  const { helm4 } = await provideBinaries(["helm4"]);
  const bin = join(folder, "bin");
  await mkdir(bin);
  await symlink(helm4, join(bin, "helm"));
  const { kubectlPath, adminKubeconfig, directory } = node.cluster.connection;
  env = {
    PATH: `${bin}:${dirname(kubectlPath)}:${process.env["PATH"]}`,
    KUBECONFIG: adminKubeconfig,
    HOME: directory,
  };
});

afterAll(async () => {
  await node?.stop();
  await rm(folder, { recursive: true, force: true });
});

afterEach(async () => {
  await node.cluster.kubectl(["delete", "crd", "--all", "--timeout=120s"]);
  await node.cluster.kubectl([
    "delete",
    "namespace",
    "billing",
    "invoiceops-system",
    "--ignore-not-found",
    "--timeout=120s",
  ]);
  await rm(join(folder, "invoiceops"), { recursive: true, force: true });
});

async function run(script: string): Promise<string> {
  return (await promisify(execFile)("bash", ["--norc", "-euo", "pipefail", "-c", script], { cwd: folder, env })).stdout;
}

/** What stands in the cluster once the block has run: the image, the pods of it that are ready, and what they answer. */
async function installed(): Promise<Record<"image" | "owner", string | undefined> & { ready: number | undefined }> {
  const { spec, status } = await node.cluster.get<Deployment>("deployment", "invoiceops", "invoiceops-system");
  await run("kubectl create namespace billing && kubectl apply -f repository/examples/filing-peak/");
  const owner = await eventually(async () => {
    const service = await node.cluster.get<InvoiceService>("invoiceservice", "vat-issuing", "billing");
    expect(service.status?.observedGeneration).toBe(1);
    return service.status?.scaling?.owner;
  }, 120_000);
  // Deleted while the operator is there to give back what it raised.
  await node.cluster.kubectl(["delete", "invoiceservice", "--all", "--namespace=billing", "--timeout=60s"]);
  return { image: spec.template.spec.containers[0]?.image, ready: status.availableReplicas, owner };
}

const expected = { image: OPERATOR_IMAGE, ready: 2, owner: "HorizontalPodAutoscaler/vat-api" };

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { image: string }[] } } };
  status: { availableReplicas?: number };
}

test("kubectl", async () => {
  await run(installBlock("kubectl apply -f invoiceops/crds/", { image: OPERATOR_IMAGE, repository }));
  expect(await installed()).toEqual(expected);
  await run("kubectl delete -f repository/deploy/kubectl/");
});

test("Helm", async () => {
  console.log(`Helm ${(await run("helm version --short")).trim()}`);
  await run(installBlock("helm install", { image: OPERATOR_IMAGE, repository }));
  expect(await installed()).toEqual(expected);
  await run("helm uninstall invoiceops --namespace invoiceops-system --wait");
});

test("Helm, as the chart's own README says, tested and all of it gone again", async () => {
  const blocks = shellBlocksOf(await readFile(join(ROOT, "charts/invoiceops/README.md"), "utf8"));
  await run(installBlock("helm install", { image: OPERATOR_IMAGE, repository }, blocks));
  expect(await installed()).toEqual(expected);

  await run("kubectl apply -f repository/examples/filing-peak/");
  const spec = {
    events: [{ name: "peak", start: "2020-01-01T00:00", end: "2100-01-01T00:00", timeZone: "UTC", replicas: 12 }],
  };
  await node.cluster.kubectl([
    "patch",
    "invoiceservice/vat-issuing",
    "--namespace=billing",
    "--type=merge",
    "-p",
    JSON.stringify({ spec }),
  ]);
  await eventually(async () => {
    const hpa = await node.cluster.get<HorizontalPodAutoscaler>("hpa", "vat-api", "billing");
    expect(hpa.spec?.minReplicas).toBe(12);
  }, 120_000);
  await run(blocks.find((block) => block.includes("helm uninstall")) ?? "exit 1");
  const hpa = await node.cluster.get<HorizontalPodAutoscaler>("hpa", "vat-api", "billing");
  expect(hpa.spec?.minReplicas).toBe(1);
  expect(await run("kubectl get crd --output=name")).not.toContain("invoiceops.dev");
  expect((await run("helm list --all-namespaces --short")).trim()).toBe("");
});
