import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { installPrometheusOperatorKinds } from "../../../dev/cluster/prometheus-operator.ts";
import { readHolidayYears } from "../../../src/calendar/holidays/read-years.ts";
import {
  clusterRules,
  leaseRules,
  namespaceRules,
  projectRules,
  secretRules,
  stateRules,
} from "../../../src/operator/rbac.ts";
import {
  bothHelms,
  CHART,
  objectsOf,
  RELEASE_NAMESPACE as NAMESPACE,
  renderedText,
  run,
  type Helm,
  type Rendered,
} from "../../support/chart.ts";
import { useCluster } from "../../support/cluster.ts";
import { everything, variants } from "./variants.ts";

let helms: readonly [Helm, Helm];

beforeAll(async () => {
  helms = await bothHelms();
  console.log(`Helm ${helms.map(({ version }) => version).join(" and ")}`);
  await installPrometheusOperatorKinds(await useCluster());
});

const render = async (values?: object): Promise<Rendered[]> => objectsOf(await renderedText(helms[0], values));

const deploymentOf = async (values?: object): Promise<Rendered> =>
  (await render(values)).find(({ kind }) => kind === "Deployment")!;

const rulesOf = (objects: readonly Rendered[], kind: string, name: string, namespace?: string): unknown =>
  objects.find(
    ({ kind: other, metadata }) => other === kind && metadata.name === name && metadata.namespace === namespace,
  )?.rules;

describe.each(Object.entries(variants))("rendered with %s", (_, values) => {
  test("it is the same twice, and the same by Helm 3 and Helm 4", async () => {
    const [three, four] = [await renderedText(helms[0], values), await renderedText(helms[1], values)];
    expect(await renderedText(helms[0], values)).toBe(three);
    expect(await renderedText(helms[1], values)).toBe(four);
    expect(objectsOf(four)).toEqual(objectsOf(three));
    // The one difference: where Helm itself puts an empty line between two objects.
    expect(four.replaceAll(/\n\n+/g, "\n")).toBe(three.replaceAll(/\n\n+/g, "\n"));
  });

  test("the API server takes every object, and the pods under the restricted profile", async () => {
    const cluster = await useCluster();
    const namespace = await cluster.createNamespace("chart");
    await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
    await cluster.apply({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "invoiceops", namespace } });
    const moved = (await render(values)).map((object) =>
      object.metadata.namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } },
    );
    expect(moved.filter(({ kind }) => kind === "Pod")).toHaveLength(1);
    const { template } = moved.find(({ kind }) => kind === "Deployment")!.spec as { template: { spec: object } };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "pod", namespace }, spec: template.spec };
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: [...moved, pod] });
    const { stdout } = await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input });
    expect(stdout.trim().split("\n")).toHaveLength(moved.length + 1);
  });
});

test.each([
  ["the defaults", {}],
  ["everything", everything],
])("rendered with %s it is what it was", async (name, values) => {
  const file = join(import.meta.dirname, "snapshots", `${name.replace("the ", "")}.yaml`);
  await expect(readable(await render(values))).toMatchFileSnapshot(file);
});

/** Without what is generated, tested elsewhere, or other at each release. */
function readable(objects: readonly Rendered[]): string {
  const shown = objects
    .filter(({ kind }) => kind !== "CustomResourceDefinition")
    .map((object) => {
      if (object.rules && !object.metadata.name.match(/-(view|edit)$/)) return { ...object, rules: "of the code" };
      if (object.kind === "PrometheusRule") return { ...object, spec: "files/alerts.yaml" };
      if (object.kind === "ConfigMap" && object.data) return { ...object, data: Object.keys(object.data) };
      return object;
    });
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  return shown
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join("---\n")
    .replaceAll(version, "VERSION");
}

test("holidays are files in a folder that the operator is told of, without a further right", async () => {
  const years = [{ year: 2027, days: ["2027-01-01"], workdays: ["2027-01-09"], source: "Notice 1" }];
  const [before, objects] = [await render(), await render({ holidays: { CN: years } })];
  const { data = {} } = objects.find(({ metadata }) => metadata.name === "invoiceops-holidays")!;
  expect(Object.keys(data)).toEqual(["CN.yaml"]);
  expect(readHolidayYears(data["CN.yaml"] ?? "")).toEqual({ years, problems: [] });
  expect(JSON.stringify(objects)).toContain('"--holidays-dir=/etc/invoiceops/holidays"');
  expect(before.some(({ metadata }) => metadata.name === "invoiceops-holidays")).toBe(false);
  expect(JSON.stringify(before)).not.toContain("--holidays-dir");
  const [rights, rightsBefore] = [objects, before].map((all) => all.flatMap(({ rules }) => rules ?? []));
  expect(rights).toEqual(rightsBefore);
});

describe("the roles are those of the code", () => {
  test("for all namespaces", async () => {
    const objects = await render();
    expect(rulesOf(objects, "ClusterRole", "invoiceops")).toEqual([...clusterRules, ...namespaceRules, ...stateRules]);
    expect(rulesOf(objects, "Role", "invoiceops-leader-election", NAMESPACE)).toEqual(leaseRules("invoiceops"));
    expect(objects.filter(({ kind }) => kind === "Role")).toHaveLength(1);
  });

  test("for some namespaces: a Role in each, and FilingCalendars alone in the one ClusterRole", async () => {
    const objects = await render({ watchNamespaces: ["billing", "tax"] });
    expect(objects.filter(({ kind }) => kind.startsWith("Cluster")).map(({ kind }) => kind)).toEqual([
      "ClusterRole",
      "ClusterRoleBinding",
    ]);
    expect(rulesOf(objects, "ClusterRole", `invoiceops-${NAMESPACE}`)).toEqual(clusterRules);
    for (const namespace of ["billing", "tax"])
      expect(rulesOf(objects, "Role", "invoiceops", namespace)).toEqual([...namespaceRules, ...stateRules]);
  });

  test("ConfigMaps, for what is learnt, only where they are not refused to it", async () => {
    const rbac = { forecastState: false };
    expect(rulesOf(await render({ rbac }), "ClusterRole", "invoiceops")).toEqual([...clusterRules, ...namespaceRules]);
    const some = await render({ rbac, watchNamespaces: ["billing"] });
    expect(rulesOf(some, "Role", "invoiceops", "billing")).toEqual(namespaceRules);
  });

  test("Secrets: none by default, else by name, by namespace, or all when asked for", async () => {
    expect(JSON.stringify(await render())).not.toContain('"secrets"');
    const objects = await render({ secrets: { names: { billing: ["token"] }, namespaces: ["tax"] } });
    const [rule] = secretRules;
    expect(rulesOf(objects, "Role", "invoiceops-secrets", "billing")).toEqual([{ ...rule, resourceNames: ["token"] }]);
    expect(rulesOf(objects, "Role", "invoiceops-secrets", "tax")).toEqual([rule]);
    const all = rulesOf(await render({ secrets: { clusterWide: true } }), "ClusterRole", "invoiceops");
    expect(all).toEqual([...clusterRules, ...namespaceRules, ...stateRules, ...secretRules]);
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

  test("links that Argo CD shows, with a title and without; by default there is no annotation at all", async () => {
    const links = { dashboard: "Dashboard|https://grafana.example.com/d/1", runbooks: "https://example.com/runbooks" };
    expect((await deploymentOf()).metadata.annotations).toBeUndefined();
    expect((await deploymentOf({ argocd: { links } })).metadata.annotations).toEqual({
      "link.argocd.argoproj.io/dashboard": links.dashboard,
      "link.argocd.argoproj.io/runbooks": links.runbooks,
    });
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
  ["a misspelt key of a monitor", { metrics: { serviceMonitor: { additionalLabel: {} } } }, /additionalLabel/],
  ["a render mode that there is not", { prometheusRule: { renderMode: "maybe" } }, /renderMode/],
  ["an interval without a unit", { metrics: { podMonitor: { interval: "30" } } }, /interval/],
  ["a label that is no text", { prometheusRule: { additionalLabels: { team: 1 } } }, /additionalLabels.team/],
  ["an override of something else", { prometheusRule: { overrides: { InvoiceopsDown: { expr: "up" } } } }, /expr/],
  ["an alert left out by a word", { prometheusRule: { disabled: { InvoiceopsDown: "yes" } } }, /InvoiceopsDown/],
  ["runbooks at no address", { prometheusRule: { runbookUrlPrefix: "runbooks/" } }, /runbookUrlPrefix/],
  ["a sidecar label without a name", { dashboards: { sidecarLabel: "" } }, /sidecarLabel/],
  ["an address that is no CIDR", { networkPolicy: { apiServerCidrs: ["10.96.0.1"] } }, /apiServerCidrs/],
  ["a port that there is not", { networkPolicy: { dnsPorts: [70000] } }, /dnsPorts/],
  ["no port at all", { networkPolicy: { prometheusPorts: [] } }, /prometheusPorts/],
  ["an interval of nothing, at which the operator would not start", { evaluationInterval: "0s" }, /evaluationInterval/],
  ["an interval below its least", { evaluationInterval: "500ms" }, /evaluationInterval/],
  ["a namespace that there cannot be", { watchNamespaces: ["Billing"] }, /watchNamespaces/],
  ["an Argo CD project that there cannot be", { argocd: { projects: { argocd: ["a/b"] } } }, /projects/],
  ["a pod of no security context", { podSecurityContext: null }, /podSecurityContext/],
  ["a container of no security context", { securityContext: null }, /securityContext/],
  ["a pod that may run as root", { podSecurityContext: { runAsNonRoot: false } }, /runAsNonRoot/],
  ["a pod without seccomp", { podSecurityContext: { seccompProfile: { type: "Unconfined" } } }, /seccompProfile/],
  ["a container that may become more", { securityContext: { allowPrivilegeEscalation: true } }, /allowPrivilegeEsc/],
  ["a container that keeps rights", { securityContext: { capabilities: { drop: ["KILL"] } } }, /capabilities/],
  ["kinds of which nothing is said", { crds: null }, /crds/],
  ["rights of which nothing is said", { rbac: null }, /rbac/],
  [
    "a variable that is given twice",
    {
      extraEnv: [
        { name: "TZ", value: "UTC" },
        { name: "TZ", value: "Asia/Tokyo" },
      ],
    },
    /extraEnv has TZ twice, by name/,
  ],
  ["a variable without a name", { extraEnv: [{ value: "UTC" }] }, /extraEnv/],
  [
    "a volume that is given twice",
    {
      extraVolumes: [
        { name: "tmp", emptyDir: {} },
        { name: "tmp", emptyDir: {} },
      ],
    },
    /extraVolumes has tmp twice, by name/,
  ],
  [
    "two volumes at one place",
    {
      extraVolumeMounts: [
        { name: "a", mountPath: "/tmp" },
        { name: "b", mountPath: "/tmp" },
      ],
    },
    /extraVolumeMounts has \/tmp twice, by mountPath/,
  ],
  [
    "a volume with the name of ours",
    { holidays: { CN: [] }, extraVolumes: [{ name: "holidays" }] },
    /extraVolumes has holidays twice/,
  ],
  ["a country in small letters", { holidays: { cn: [] } }, /cn/],
  ["a year without a source", { holidays: { CN: [{ year: 2027, days: [] }] } }, /source/],
  ["a date without a month", { holidays: { CN: [{ year: 2027, days: ["2027-1"], source: "x" }] } }, /days/],
  ["a policy that would refuse", { admissionPolicies: { validationActions: ["Deny"] } }, /validationActions/],
  ["a link that is none", { argocd: { links: { dashboard: "grafana" } } }, /dashboard/],
  ["a link whose name no annotation can have", { argocd: { links: { "a b": "https://example.com" } } }, /a b/],
  ["a password in an address", { prometheusUrl: "http://me:secret@prometheus:9090" }, /prometheusUrl/],
])("%s is refused by name, by both", async (_, values, message) => {
  for (const helm of helms) await expect(renderedText(helm, values)).rejects.toThrow(message);
});

test("both find nothing to complain about", async () => {
  for (const { command } of helms)
    expect(await run(command, ["lint", "--strict", CHART])).toContain("0 chart(s) failed");
});
