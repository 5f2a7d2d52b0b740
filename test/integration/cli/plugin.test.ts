import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import { adminClient } from "../../support/admin-client.ts";
import { invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds } from "../../support/crds.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** The real kubectl finds the command as its plugin, and asks it what may follow on a command line. */

let cluster: ClusterAccess;
let namespace: string;

beforeAll(async () => {
  cluster = await useCluster();
  await installCrds(cluster);
  namespace = await cluster.createNamespace("plugin");
  const admin = adminClient(cluster);
  for (const name of ["vat", "vat-refunds", "payroll"]) {
    const service = invoiceService({ name });
    await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace } });
  }
  await admin.transport.close();
});

/** A folder for PATH with the two programs, as `npm install --global` leaves them. */
function installed(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "lib"));
  for (const name of ["kubectl-invoiceops", "kubectl_complete-invoiceops"]) {
    const file = join(folder, "lib", name);
    symlinkSync(join(import.meta.dirname, "../../../src/cli/main.ts"), file);
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${file}' "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

async function kubectl(...args: string[]): Promise<string> {
  const { kubectlPath, adminKubeconfig } = cluster.connection;
  const env = { PATH: `${installed()}:${process.env["PATH"]}`, KUBECONFIG: adminKubeconfig, HOME: temporaryFolder() };
  return (await promisify(execFile)(kubectlPath, args, { env })).stdout;
}

test("kubectl invoiceops runs it, under the name that its user typed", async () => {
  expect(await kubectl("invoiceops", "pause", "vat", "--for", "1h", "-n", namespace)).toMatch(/^vat is paused until /);
  expect(await kubectl("invoiceops", "--help")).toMatch(/^kubectl invoiceops: /);
});

test.each<[string[], string]>([
  [["sta"], "state status"],
  [["status", "-n", "NAMESPACE", "va"], "vat vat-refunds"],
  [["status", "--namespace=NAMESPACE", ""], "payroll vat vat-refunds"],
  [["status", "vat", "-o", ""], "json yaml"],
  [["gen", ""], "argocd"],
])("kubectl completes invoiceops %j with %s", async (words, expected) => {
  const typed = words.map((word) => word.replace("NAMESPACE", namespace));
  const lines = (await kubectl("__complete", "invoiceops", ...typed)).trim().split("\n");
  const offered = lines.slice(0, -1).map((line) => line.split("	")[0]);
  expect(new Set(offered)).toEqual(new Set(expected.split(" ")));
  expect(lines.at(-1)).toBe(":4");
});
