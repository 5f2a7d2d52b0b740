import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { installPrometheusOperatorKinds } from "../../dev/cluster/prometheus-operator.ts";
import { freePort } from "../../dev/cluster/ports.ts";
import type { Condition } from "../../src/api/v1alpha1/conditions.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Deployment, KubeObject } from "../../src/kube/resource.ts";
import { eventually } from "../support/eventually.ts";
import { previousChart } from "../support/previous-chart.ts";
import { runbooks } from "../support/runbooks.ts";
import { CHART, imageValues, RELEASE, SYSTEM } from "./support/chart.ts";
import { HelmCommand, HELMS, setting, type HelmName } from "./support/helm.ts";
import { startNode } from "./support/node.ts";
import { restrictedNamespace } from "./support/operator-pod.ts";

/** What Helm's users do with the operator's chart, and with a chart of their own that has an InvoiceService in it. */

const USER_CHART = join(import.meta.dirname, "support/user-chart");
const BILLING = "billing";
const WAIT = ["--wait", "--timeout=120s"];
const PATIENCE_MS = 60_000;

let node: RealNode;
let prometheusUrl: string;

beforeAll(async () => {
  node = await startNode();
  const address = `${node.address}:${await freePort()}`;
  await node.cluster.startPrometheus({ config: "global: {}", args: [`--web.listen-address=${address}`] });
  prometheusUrl = `http://${address}`;
  await node.cluster.apply(restrictedNamespace(SYSTEM));
  await node.cluster.kubectl(["create", "namespace", BILLING]);
});
afterAll(() => node?.stop());

type Stored = InvoiceService & KubeObject;

const service = (): Promise<Stored> => node.cluster.get("invoiceservice", "vat-issuing", BILLING);
const workload = (): Promise<Deployment> => node.cluster.get("deployment", "vat-api", BILLING);
const conditionOf = ({ status }: Stored, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type);
const isCurrent = ({ metadata, status }: Stored): boolean => status?.observedGeneration === metadata.generation;

/** The message of the condition as soon as it has this status and one of these reasons, of the spec as it is. */
async function told(type: string, status: Condition["status"], ...reasons: readonly string[]): Promise<string> {
  let message = "";
  await eventually(async () => {
    const now = await service();
    expect(isCurrent(now)).toBe(true);
    const condition = conditionOf(now, type);
    expect(condition).toMatchObject({ status });
    expect(reasons).toContain(condition?.reason);
    message = condition?.message ?? "";
  }, PATIENCE_MS);
  return message;
}

async function becomes(replicas: number): Promise<void> {
  await eventually(async () => expect((await workload()).spec?.replicas).toBe(replicas), PATIENCE_MS);
}

async function operatorArgs(): Promise<string[]> {
  const { spec } = await node.cluster.get<Deployment>("deployment", RELEASE, SYSTEM);
  return spec?.template?.spec?.containers?.[0]?.args ?? [];
}

/** Runs a line as its reader would: kubectl on PATH, the cluster in KUBECONFIG. Rejects unless it ends well. */
async function shell(line: string): Promise<void> {
  const { kubectlPath, adminKubeconfig, directory } = node.cluster.connection;
  const env = { PATH: `${dirname(kubectlPath)}:${process.env["PATH"]}`, KUBECONFIG: adminKubeconfig, HOME: directory };
  await promisify(execFile)("bash", ["-o", "pipefail", "-ec", line], { env });
}

function autoscaler(): object {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "vat-api", namespace: BILLING },
    spec: { scaleTargetRef, maxReplicas: 6 },
  };
}

function calendar(): object {
  const dates = [{ period: "2099-11", opens: "2099-11-01", deadline: "2099-11-16" }];
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "FilingCalendar",
    metadata: { name: "vat" },
    spec: { timeZone: "UTC", dates },
  };
}

function values(more: Readonly<Record<string, string | number>> = {}): string[] {
  return setting({ ...imageValues(), prometheusUrl, evaluationInterval: "1s", ...more });
}

const helmOf = (name: HelmName, namespace: string): Promise<HelmCommand> =>
  HelmCommand.of(name, node.cluster, namespace);

describe.each(HELMS)("the operator by %s", (name) => {
  let operator: HelmCommand;
  let user: HelmCommand;

  beforeAll(async () => {
    operator = await helmOf(name, SYSTEM);
    user = await helmOf(name, BILLING);
    console.log(`Helm ${await operator.version()}`);
  });
  afterAll(() => operator.run("uninstall", RELEASE, ...WAIT));

  test("the version before this one is installed, and Helm is done when it is ready", async () => {
    await operator.run("install", RELEASE, previousChart().archive, ...values(), ...WAIT);
    const { status } = await node.cluster.get<Deployment>("deployment", RELEASE, SYSTEM);
    expect(status).toMatchObject({ readyReplicas: 2 });
  });

  test("it is upgraded to this one, rolled back, and upgraded again; services stay what they are", async () => {
    await user.run("install", "vat", USER_CHART);
    await told("Ready", "True", "AllPartsReady");
    const { metadata } = await service();

    await operator.run("upgrade", RELEASE, CHART, ...values({ logLevel: "debug" }), ...WAIT);
    expect(await operatorArgs()).toContain("--log-level=debug");
    await operator.run("rollback", RELEASE, "1", ...WAIT);
    expect(await operatorArgs()).toContain("--log-level=info");
    await operator.run("upgrade", RELEASE, CHART, ...values(), ...WAIT);

    await told("Ready", "True", "AllPartsReady");
    expect((await service()).metadata).toMatchObject({ uid: metadata.uid, generation: metadata.generation });
  });

  test("helm test says that the installation is well", async () => {
    const output = await operator.run("test", RELEASE, "--logs", "--timeout=120s");
    expect(output).toMatch(/Phase:\s+Succeeded/);
  });

  test("uninstall leaves the kinds and every service; installed again, for their namespace alone, they are taken up", async () => {
    const before = await service();
    await operator.run("uninstall", RELEASE, ...WAIT);
    expect((await service()).metadata.uid).toBe(before.metadata.uid);
    const { stdout } = await node.cluster.kubectl(["get", "crd", "--output=name"]);
    expect(stdout).toContain("invoiceservices.invoiceops.dev");
    expect(stdout).toContain("filingcalendars.invoiceops.dev");

    await operator.run("install", RELEASE, CHART, ...values(), `--set=watchNamespaces={${BILLING}}`, ...WAIT);
    expect(await operator.run("test", RELEASE, "--logs", "--timeout=120s")).toMatch(/Phase:\s+Succeeded/);
    await user.run("upgrade", "vat", USER_CHART, "--set=floor=2");
    await becomes(2);
    await told("FloorApplied", "True", "Applied", "DeclaredElsewhere");
    await user.run("uninstall", "vat", "--wait");
  });

  test("installed under another name it takes over the kinds that were kept, when it is told to", async () => {
    await operator.run("uninstall", RELEASE, ...WAIT);
    const other = ["install", "other", CHART, ...values()];
    await expect(operator.run(...other)).rejects.toThrow(/customresourcedefinition.*cannot be imported/is);
    await operator.run(...other, "--take-ownership");
    expect(await ownerOfKinds()).toBe("other");
    await operator.run("uninstall", "other", ...WAIT);
    await operator.run("install", RELEASE, CHART, ...values(), "--take-ownership");
    expect(await ownerOfKinds()).toBe(RELEASE);
  });
});

/** The release that our kinds say they belong to. */
async function ownerOfKinds(): Promise<string | undefined> {
  const { metadata } = await node.cluster.get<KubeObject>("crd", "invoiceservices.invoiceops.dev");
  return metadata.annotations?.["meta.helm.sh/release-name"];
}

/** As a user's pipeline does it again and again. */
const HELD = ["--set=replicas=2", "--set=floor=4"];
const MENDED = ["--set=floor=4", "--set=takeOver=true"];

/** With the chart mended: the count stays through upgrades, and a refresh makes the status forget what was. */
async function mendedFor(user: HelmCommand): Promise<void> {
  await user.run("upgrade", "vat", USER_CHART, ...MENDED);
  await becomes(4);
  const { metadata } = await workload();
  await user.run("upgrade", "vat", USER_CHART, ...MENDED);
  expect((await workload()).metadata.generation).toBe(metadata.generation);
  const refresh = `invoiceops.dev/refresh=${new Date().toISOString()}`;
  await node.cluster.kubectl(["annotate", "invoiceservice/vat-issuing", `--namespace=${BILLING}`, refresh]);
  await told("FloorApplied", "True", "Applied");
}

describe("a user's chart by Helm 3", () => {
  let user: HelmCommand;
  beforeAll(async () => {
    user = await helmOf("helm3", BILLING);
    await (await helmOf("helm3", SYSTEM)).run("install", RELEASE, CHART, ...values(), ...WAIT);
  });
  afterEach(() => user.run("uninstall", "vat", "--wait"));

  test("--wait knows nothing of InvoiceServices: it ends with the Deployment", async () => {
    await user.run("install", "vat", USER_CHART, "--set=workload=vat-apy", ...WAIT);
    expect(conditionOf(await service(), "Ready")).not.toMatchObject({ status: "True" });
  });

  test("that leaves replicas out: Helm 3 counts as who set them, so the status does not claim to know", async () => {
    await user.run("install", "vat", USER_CHART, "--set=floor=4");
    await becomes(4);
    const message = await told("FloorApplied", "True", "DeclaredElsewhere");
    expect(message).toContain("helm has made it with 1, and an upgrade resets it if it stands in the chart");
    await mendedFor(user);
  });

  test("that renders replicas: they are raised all the same, with what to do before the next upgrade resets them", async () => {
    await user.run("install", "vat", USER_CHART, ...HELD);
    await becomes(4);
    const message = await told("FloorApplied", "True", "DeclaredElsewhere");
    expect(message).toContain("it stands in the manifest of helm and the next apply resets it");
    expect(message).toContain("leave spec.replicas out of the chart's Deployment");
    await mendedFor(user);
  });
});

describe("a user's chart by Helm 4", () => {
  let user: HelmCommand;
  let operator: HelmCommand;
  beforeAll(async () => {
    user = await helmOf("helm4", BILLING);
    operator = await helmOf("helm4", SYSTEM);
    // The release is Helm 3's by now, and its next upgrade may be Helm 4's.
    await operator.run("upgrade", RELEASE, CHART, ...values({ logLevel: "debug" }), ...WAIT);
  });
  afterEach(() => user.run("uninstall", "vat", "--wait"));

  test("--wait ends when the InvoiceService in it is ready", async () => {
    await user.run("install", "vat", USER_CHART, ...WAIT);
    const now = await service();
    expect(isCurrent(now)).toBe(true);
    expect(conditionOf(now, "Ready")).toMatchObject({ status: "True" });
  });

  test("--wait fails while the InvoiceService in it is not ready", async () => {
    const failing = user.run("install", "vat", USER_CHART, "--set=workload=vat-apy", "--wait", "--timeout=15s");
    await expect(failing).rejects.toThrow(/InvoiceService/);
    expect(await told("Stalled", "True", "WorkloadNotFound")).toContain("vat-apy");
  });

  test("that renders replicas: nothing is written until the user says so, and told before an upgrade breaks", async () => {
    await user.run("install", "vat", USER_CHART, ...HELD);
    const first = await told("FloorApplied", "False", "Contested");
    expect(first).toContain("spec.replicas of Deployment/vat-api is held at 2 by helm, 4 are recommended");
    expect(first).toContain(
      "set spec.scaling.takeOver: true first, then leave spec.replicas out of the chart's Deployment",
    );

    await user.run("upgrade", "vat", USER_CHART, ...HELD, "--set=takeOver=true");
    await becomes(4);
    const second = await told("FloorApplied", "True", "DeclaredElsewhere");
    expect(second).toContain(
      "the next upgrade fails with a conflict over it: leave spec.replicas out of the chart's Deployment",
    );
    const undone = user.run("upgrade", "vat", USER_CHART, ...HELD, "--set=takeOver=true");
    await expect(undone).rejects.toThrow(/conflict with "invoiceops".*\.spec\.replicas/s);

    await mendedFor(user);
  });

  test("beside it every command of the runbooks' diagnoses can be given", async () => {
    await user.run("install", "vat", USER_CHART);
    await installPrometheusOperatorKinds(node.cluster);
    await node.cluster.apply([autoscaler(), calendar()]);
    await told("Ready", "True", "AllPartsReady");
    const commands = new Set(runbooks().flatMap((page) => page.commands));
    expect(commands.size).toBeGreaterThan(20);
    for (const command of commands) await shell(command);
  });
});
