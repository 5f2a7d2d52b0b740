import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import {
  clusterRules,
  leaseRules,
  namespaceRules,
  projectRules,
  secretRules,
  type PolicyRule,
} from "../../../src/operator/rbac.ts";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import { useCluster } from "../../support/cluster.ts";

const CHART = join(import.meta.dirname, "../../../charts/invoiceops");
const NAMESPACE = "invoiceops-system";

interface Rendered {
  kind: string;
  metadata: { name: string; namespace?: string; labels?: object; annotations?: Record<string, string> };
  rules?: PolicyRule[];
  spec?: { template?: { metadata: object; spec: object } };
}

let helms: { version: string; command: string }[];

beforeAll(async () => {
  const { helm3, helm4 } = await provideBinaries(["helm3", "helm4"]);
  helms = await Promise.all(
    [helm3, helm4].map(async (command) => ({ command, version: await run(command, ["version", "--short"]) })),
  );
  console.log(`Helm ${helms.map(({ version }) => version.trim()).join(" and ")}`);
});

async function run(command: string, args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(command, [...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** What one Helm renders, as text. */
function rendered(helm: { command: string }, values: object = {}, release = "invoiceops"): Promise<string> {
  const set = Object.entries(values).flatMap(([name, value]) => ["--set-json", `${name}=${JSON.stringify(value)}`]);
  return run(helm.command, ["template", release, CHART, "--namespace", NAMESPACE, ...set]);
}

function objectsOf(text: string): Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

const render = async (values?: object): Promise<Rendered[]> => objectsOf(await rendered(helms[0]!, values));

const rulesOf = (objects: readonly Rendered[], kind: string, name: string, namespace?: string): unknown =>
  objects.find(
    ({ kind: other, metadata }) => other === kind && metadata.name === name && metadata.namespace === namespace,
  )?.rules;

const variants: Record<string, object> = {
  "the defaults": {},
  "some namespaces alone": { watchNamespaces: ["billing", "tax"] },
  "Secrets by name and by namespace": { secrets: { names: { billing: ["token"] }, namespaces: ["tax"] } },
  "everything that can be added": {
    prometheusUrl: "http://prometheus.monitoring:9090",
    commonLabels: { team: "tax" },
    podLabels: { tier: "core" },
    podAnnotations: { note: "x" },
    extraArgs: ["--kube-qps=400"],
    extraEnv: [{ name: "TZ", value: "UTC" }],
    extraVolumes: [{ name: "tmp", emptyDir: {} }],
    extraVolumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    imagePullSecrets: [{ name: "regcred" }],
    nodeSelector: { "kubernetes.io/os": "linux" },
    tolerations: [{ operator: "Exists" }],
    argocd: { projects: { argocd: ["billing"] } },
    crds: { annotations: { "argocd.argoproj.io/sync-options": "ServerSideApply=true" }, labels: { team: "tax" } },
    extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "more" } }],
  },
};

describe.each(Object.entries(variants))("rendered with %s", (_, values) => {
  test("it is the same twice, and the same by Helm 3 and Helm 4", async () => {
    const [three, four] = [await rendered(helms[0]!, values), await rendered(helms[1]!, values)];
    expect(await rendered(helms[0]!, values)).toBe(three);
    expect(await rendered(helms[1]!, values)).toBe(four);
    expect(objectsOf(four)).toEqual(objectsOf(three));
    // The one difference: where Helm itself puts an empty line between two objects.
    expect(four.replaceAll(/\n\n+/g, "\n")).toBe(three.replaceAll(/\n\n+/g, "\n"));
  });

  test("the API server takes every object, and the pod under the restricted profile", async () => {
    const cluster = await useCluster();
    const namespace = await cluster.createNamespace("chart");
    await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "invoiceops", namespace } });
    const moved = (await render(values)).map((object) =>
      object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } },
    );
    const { template } = moved.find(({ kind }) => kind === "Deployment")!.spec!;
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "pod", namespace }, spec: template!.spec };
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: [...moved, pod] });
    const { stdout } = await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input });
    expect(stdout.trim().split("\n")).toHaveLength(moved.length + 1);
  });
});

describe("the roles are those of the code", () => {
  test("for all namespaces", async () => {
    const objects = await render();
    expect(rulesOf(objects, "ClusterRole", "invoiceops")).toEqual([...clusterRules, ...namespaceRules]);
    expect(rulesOf(objects, "Role", "invoiceops-leader-election", NAMESPACE)).toEqual(leaseRules("invoiceops"));
    expect(objects.filter(({ kind }) => kind === "Role")).toHaveLength(1);
  });

  test("for some namespaces: a Role in each, and FilingCalendars alone in the ClusterRole", async () => {
    const objects = await render({ watchNamespaces: ["billing", "tax"] });
    expect(rulesOf(objects, "ClusterRole", `invoiceops-${NAMESPACE}`)).toEqual(clusterRules);
    for (const namespace of ["billing", "tax"])
      expect(rulesOf(objects, "Role", "invoiceops", namespace)).toEqual(namespaceRules);
  });

  test("Secrets: none by default, else by name, by namespace, or all when asked for", async () => {
    expect(JSON.stringify(await render())).not.toContain('"secrets"');
    const objects = await render({ secrets: { names: { billing: ["token"] }, namespaces: ["tax"] } });
    const [rule] = secretRules;
    expect(rulesOf(objects, "Role", "invoiceops-secrets", "billing")).toEqual([{ ...rule, resourceNames: ["token"] }]);
    expect(rulesOf(objects, "Role", "invoiceops-secrets", "tax")).toEqual([rule]);
    const all = rulesOf(await render({ secrets: { clusterWide: true } }), "ClusterRole", "invoiceops");
    expect(all).toEqual([...clusterRules, ...namespaceRules, ...secretRules]);
  });

  test("projects of Argo CD: those that are named, to be read and no more, and told to the operator", async () => {
    expect(JSON.stringify(await render())).not.toContain("argoproj.io");
    const objects = await render({ argocd: { projects: { argocd: ["billing", "tax"] } } });
    expect(rulesOf(objects, "Role", "invoiceops-argocd-projects", "argocd")).toEqual(
      projectRules.map((rule) => ({ ...rule, resourceNames: ["billing", "tax"] })),
    );
    const deployment = objects.find(({ kind }) => kind === "Deployment");
    expect(JSON.stringify(deployment)).toContain('"--argocd-projects=argocd/billing,argocd/tax"');
  });

  test("no rule has a wildcard", async () => {
    const rules = (await render({ secrets: { clusterWide: true } })).flatMap((object) => object.rules ?? []);
    expect(rules.length).toBeGreaterThan(0);
    expect(JSON.stringify(rules)).not.toContain('"*"');
  });
});

const crdsOf = async (crds: object): Promise<Rendered[]> =>
  (await render({ crds })).filter(({ kind }) => kind === "CustomResourceDefinition");

test.each([
  [{}, "keep"],
  [{ keep: false }, undefined],
])("with crds %j helm uninstall does to the CRDs: %s", async (crds, policy) => {
  const found = await crdsOf(crds);
  expect(found.map(({ metadata }) => metadata.annotations?.["helm.sh/resource-policy"])).toEqual([policy, policy]);
});

test("the CRDs can be left to somebody else", async () => {
  expect(await crdsOf({ enabled: false })).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ["an unknown key", { replicas: 3 }, /replicas/],
  ["a misspelt key further down", { crds: { enabeld: true } }, /enabeld/],
  ["no replica", { replicaCount: 0 }, /replicaCount/],
  ["a level that there is not", { logLevel: "loud" }, /logLevel/],
  ["less time to stop than it takes", { terminationGracePeriodSeconds: 30 }, /terminationGracePeriodSeconds/],
  ["a password in an address", { prometheusUrl: "http://me:secret@prometheus:9090" }, /prometheusUrl/],
])("%s is refused by name, by both", async (_, values, message) => {
  for (const helm of helms) await expect(rendered(helm, values)).rejects.toThrow(message);
});

test("both find nothing to complain about", async () => {
  for (const { command } of helms)
    expect(await run(command, ["lint", "--strict", CHART])).toContain("0 chart(s) failed");
});
