// npm run generate:install: writes deploy/kubectl/invoiceops.yaml. It needs Helm, which takes a minute to build, so
// it is no part of `npm run generate`; test/integration/chart/install.helm.test.ts holds the committed file to it.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { provideBinaries } from "../cluster/binaries.ts";

const root = join(import.meta.dirname, "../..");
const NAMESPACE = "invoiceops-system";

/** Where the manifest is committed. */
export const INSTALL_MANIFEST = join(root, "deploy/kubectl/invoiceops.yaml");

const namespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: NAMESPACE, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
};

/** The operator for those who use kubectl alone: the chart with its defaults, without the kinds, which are in crds/. */
export async function installManifest(helm: string): Promise<string> {
  const chart = join(root, "charts/invoiceops");
  const options = ["--namespace", NAMESPACE, "--set", "crds.enabled=false", "--no-hooks", "--skip-tests"];
  const { stdout } = await promisify(execFile)(helm, ["template", "invoiceops", chart, ...options]);
  const objects = parseAllDocuments(stdout).flatMap((document) =>
    document.contents === null ? [] : [document.toJS()],
  );
  const heading = "# Generated from charts/invoiceops by `npm run generate:install`; edit that.\n";
  return (
    heading + [namespace, ...objects].map((object) => stringify(withoutHelm(object), { lineWidth: 0 })).join("---\n")
  );
}

/** Helm has no part in these objects, so none may be looked for under its name. */
function withoutHelm(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutHelm);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) => key !== "helm.sh/chart" && !(key === "app.kubernetes.io/managed-by" && value === "Helm"),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutHelm(value)]));
}

if (import.meta.main) {
  const { helm4 } = await provideBinaries(["helm4"]);
  writeFileSync(INSTALL_MANIFEST, await installManifest(helm4));
}
