import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import type { StatusView } from "../../../src/cli/status/view.ts";
import { deployments } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { realClock } from "../../../src/runtime/clock.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { command, type CommandOptions, type Ran } from "../../support/command.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";

/** `invoiceops status` of what the operator itself has written, on the real API server. */

/** An operator whose one service is ready: kwok's nodes run its pods. */
async function settled(): Promise<OperatorHarness> {
  const operator = await startOperator();
  operator.prometheus.answer(350);
  await operator.create(deployments, deployment(4, { pods: true }));
  await operator.create(invoiceServices, invoiceService());
  await eventually(async () => {
    await operator.evaluate();
    expect(operator.condition("Ready")).toMatchObject({ status: "True" });
  }, 60_000);
  return operator;
}

async function status(operator: OperatorHarness, args: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  const cluster = await useCluster();
  return command(["status", ...args, "-n", operator.namespace], {
    kubeconfig: cluster.adminKubeconfig,
    clock: { ...realClock, now: () => operator.clock.now() },
    ...options,
  });
}

test("the screen of a service that is ready, with code 0", async () => {
  const operator = await settled();
  const { code, out, warned } = await status(operator, ["inv"]);
  expect([code, warned]).toEqual([0, ""]);
  expect(out).toMatch(new RegExp(`^${operator.namespace}/inv  ready, Healthy\\nDeployment/inv-api, mode Auto\\n`));
  expect(out).toMatch(/\n {2}owner +Deployment\/inv-api\n/);
  expect(out).toMatch(/\nReplicas +\d+ of \d+ ready/);
  expect(out).toMatch(/\nIncidents +not configured\n/);
});

test("-o json and -o yaml give the same value", async () => {
  const operator = await settled();
  const json = JSON.parse((await status(operator, ["inv", "-o", "json"])).out) as StatusView;
  const [document] = parseAllDocuments((await status(operator, ["inv", "-o", "yaml"])).out);
  expect(document!.toJS()).toEqual(json);
  expect(json).toMatchObject({
    namespace: operator.namespace,
    name: "inv",
    ready: true,
    replicas: { min: 2, max: 20 },
  });
});

test("-w tells each change, until the object is gone", async () => {
  const operator = await settled();
  const shown: StatusView[] = [];
  const watching = status(operator, ["inv", "-w", "-o", "json"], {
    onOut: (text) => void shown.push(JSON.parse(text)),
  });
  await eventually(() => expect(shown.at(-1)).toMatchObject({ ready: true, replicas: { max: 20 } }), 30_000);
  await operator.change(invoiceServices, "inv", { spec: { scaling: { maxReplicas: 30 } } });
  await eventually(() => expect(shown.at(-1)).toMatchObject({ ready: true, replicas: { max: 30 } }), 30_000);
  await operator.remove(invoiceServices, "inv");
  expect(await watching).toMatchObject({ code: 1, warned: "InvoiceService inv is gone\n" });
});

test("-w ends with the signal, and its code says whether the service is ready", async () => {
  const operator = await settled();
  const end = new AbortController();
  const { code } = await status(operator, ["inv", "-w"], { signal: end.signal, onOut: () => end.abort() });
  expect(code).toBe(0);
});

test("a workload that is missing: code 1, and what somebody has to do", async () => {
  const operator = await settled();
  await operator.change(invoiceServices, "inv", { spec: { workload: { name: "other" } } });
  await operator.evaluate();
  const { code, out } = await status(operator, ["inv"]);
  expect(code).toBe(1);
  expect(out).toMatch(/\nWaits for +.*other.*\n/);
});

test("a name that nobody has, and a right that is missing, are told in words with code 2", async () => {
  const operator = await settled();
  expect(await status(operator, ["inw"])).toMatchObject({
    code: 2,
    warned: `there is no InvoiceService inw in the namespace ${operator.namespace}; did you mean inv?\n`,
  });
  const cluster = await useCluster();
  await cluster.kubectl(["create", "serviceaccount", "reader", `--namespace=${operator.namespace}`]);
  const kubeconfig = await cluster.serviceAccountKubeconfig(operator.namespace, "reader");
  const { code, warned } = await status(operator, ["inv"], { kubeconfig });
  expect([code, warned.split("\n")[1]]).toEqual([
    2,
    `missing right: get on invoiceservices.invoiceops.dev in the namespace ${operator.namespace}, for system:serviceaccount:${operator.namespace}:reader`,
  ]);
  await cluster.kubectl([
    "create",
    "role",
    "get",
    "--verb=get",
    "--resource=invoiceservices.invoiceops.dev",
    `--namespace=${operator.namespace}`,
  ]);
  await cluster.kubectl([
    "create",
    "rolebinding",
    "get",
    "--role=get",
    `--serviceaccount=${operator.namespace}:reader`,
    `--namespace=${operator.namespace}`,
  ]);
  await eventually(
    async () => expect(await status(operator, ["inv"], { kubeconfig })).toMatchObject({ code: 0 }),
    30_000,
  );
  expect(await status(operator, ["inv", "-w"], { kubeconfig })).toMatchObject({
    code: 2,
    warned: `missing right: list, watch on invoiceservices.invoiceops.dev inv in the namespace ${operator.namespace}\n`,
  });
});
