import assert from "node:assert/strict";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { deployments, horizontalPodAutoscalers, type KubeObject } from "../../../src/kube/resource.ts";
import { BASE_ANNOTATION } from "../../../src/scaling/floor.ts";
import { useCluster } from "../../support/cluster.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const FLOOR = 5;
const BASE = 2;

let stage: Stage;
let writers: Writers;
beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  writers = new Writers(stage);
  await stage.launch(await stage.account()).ready();
});
afterAll(() => stage.close({ missing: ["list apps/replicasets"] }));

const workload = (name: string): Promise<void> => writers.apply("setup", deployments, deployment(name));
const hpa = (name: string, of: string): Promise<void> =>
  writers.create({ ...autoscaler(name, BASE, of), metadata: { name } });

const minimumIs = (name: string, minReplicas: number): Promise<KubeObject> =>
  stage.becomes(horizontalPodAutoscalers, name, { spec: { minReplicas } });

/** What the service says of the refusal, after another evaluation in which nothing but its status was written. */
async function refused(name: string, reason: string): Promise<string> {
  const message = await stage.told(name, "FloorApplied", "False", reason);
  await stage.evaluated(name);
  const writes = [...(await stage.writes(deployments, name)), ...(await stage.writes(horizontalPodAutoscalers, name))];
  assert.deepEqual(writes, []);
  return message;
}

test.concurrent("two InvoiceServices on one workload: the older one works on, the younger one names it", async () => {
  await workload("shared");
  await hpa("shared", "shared");
  await stage.serve("shared", floorOf(FLOOR));
  await minimumIs("shared", FLOOR);
  // Ages are told in whole seconds.
  const { creationTimestamp = "" } = (await stage.service("shared")).metadata;
  await vi.waitFor(() => assert.ok(Date.now() >= Date.parse(creationTimestamp) + 1000), { timeout: 2000 });
  await stage.serve("younger", {
    ...floorOf(FLOOR + 2),
    workload: { apiVersion: "apps/v1", kind: "Deployment", name: "shared" },
  });
  const message = `InvoiceService ${stage.namespace}/shared already scales Deployment/shared: keep one of the two`;
  expect(await stage.told("younger", "FloorApplied", "False", "AmbiguousTarget")).toBe(message);
  expect(await stage.told("younger", "Stalled", "True", "AmbiguousTarget")).toBe(message);
  expect(await stage.told("younger", "Ready", "False", "Stalled")).toBe(message);

  await stage.change("shared", { spec: floorOf(FLOOR + 1) });
  await minimumIs("shared", FLOOR + 1);
  await stage.told("shared", "FloorApplied", "True", "Applied");
  // With the older one gone the younger one is the first, and knows the base that its predecessor gave back.
  await stage.remove("shared");
  await minimumIs("shared", FLOOR + 2);
  await stage.told("younger", "FloorApplied", "True", "Applied");
  await stage.change("younger", { spec: { events: null } });
  await minimumIs("shared", BASE);
});

test.concurrent("two HorizontalPodAutoscalers", async () => {
  const name = "twice";
  await workload(name);
  await hpa("twice-b", name);
  await hpa("twice-a", name);
  await stage.serve(name, floorOf(FLOOR));
  expect(await refused(name, "AmbiguousTarget")).toBe(
    "HorizontalPodAutoscaler/twice-a and HorizontalPodAutoscaler/twice-b scale Deployment/twice at the same time, which disables them or has them fight: keep one",
  );
  await stage.told(name, "Stalled", "True", "AmbiguousTarget");
});

test.concurrent("a second HorizontalPodAutoscaler at the peak does not lower the first", async () => {
  const name = "second";
  await workload(name);
  await hpa(name, name);
  await stage.serve(name, floorOf(FLOOR));
  await minimumIs(name, FLOOR);
  await hpa("second-too", name);
  expect(await stage.told(name, "FloorApplied", "False", "AmbiguousTarget")).toContain("keep one");
  await stage.evaluated(name);
  expect((await minimumIs(name, FLOOR)).metadata.annotations).toHaveProperty([BASE_ANNOTATION], String(BASE));
  await stage.client.delete(horizontalPodAutoscalers, { namespace: stage.namespace, name: "second-too" });
  await stage.told(name, "FloorApplied", "True", "Applied");
});

test.concurrent("a workload that was set to 0 replicas", async () => {
  const name = "parked";
  await writers.apply("setup", deployments, deployment(name, 0));
  await hpa(name, name);
  await stage.serve(name, floorOf(FLOOR));
  expect(await refused(name, "ScaledToZero")).toBe(
    "Deployment/parked was set to 0 replicas, which switches autoscaling off: scale it to 1 or more to resume",
  );
  expect(await stage.condition(name, "Stalled")).toBeUndefined();
  await writers.update("somebody", deployments, name, { spec: { replicas: 1 } });
  await minimumIs(name, FLOOR);
});

test.concurrent.each([
  ["HorizontalPodAutoscaler", "create one or set target to Auto"],
  ["ScaledObject", "create one or set target to Auto"],
] as const)("target %s where there is none", async (target, mending) => {
  const name = `no-${target.toLowerCase()}`;
  await workload(name);
  await stage.serve(name, { ...floorOf(FLOOR), scaling: { target } });
  expect(await refused(name, "TargetNotFound")).toBe(
    `spec.scaling.target is ${target} but none scales Deployment/${name}: ${mending}`,
  );
  await stage.told(name, "Stalled", "True", "TargetMismatch");
});

test.concurrent("target Scale where a HorizontalPodAutoscaler scales", async () => {
  const name = "scale-beside-hpa";
  await workload(name);
  await hpa(name, name);
  await stage.serve(name, { ...floorOf(FLOOR), scaling: { target: "Scale" } });
  expect(await refused(name, "AutoscalerPresent")).toBe(
    `spec.scaling.target is Scale but HorizontalPodAutoscaler/${name} scales Deployment/${name}: set target to Auto or remove it`,
  );
  await stage.told(name, "Stalled", "True", "TargetMismatch");
});

const WORKLOADS = [
  ["does not exist", "apps/v1", "Deployment"],
  ["is of a kind that is not served", "example.com/v1", "Billing"],
] as const;
test.concurrent.each(WORKLOADS)("a workload that %s", async (_, apiVersion, kind) => {
  const name = `no-${kind.toLowerCase()}`;
  await stage.serve(name, { ...floorOf(FLOOR), workload: { apiVersion, kind, name } });
  expect(await refused(name, "WorkloadNotFound")).toBe(
    `spec.workload ${kind}/${name} (${apiVersion}) does not exist in this namespace: create it or correct the reference`,
  );
  await stage.told(name, "Stalled", "True", "WorkloadNotFound");
});

test.concurrent("workloads of a kind that the operator may not read are told so, and hold up nobody", async () => {
  // More of them than services are reconciled at the same time.
  const names = Array.from({ length: 12 }, (_, index) => `unreadable-${index}`);
  for (const name of names) {
    await stage.serve(name, { ...floorOf(FLOOR), workload: { apiVersion: "apps/v1", kind: "ReplicaSet", name } });
  }
  for (const name of names) {
    expect(await stage.told(name, "FloorApplied", "False", "KindNotReadable")).toMatch(
      /^spec\.workload ReplicaSet\/unreadable-\d+ \(apps\/v1\) cannot be read: .*replicasets\.apps is forbidden: User "system:serviceaccount:.*" cannot list resource "replicasets".*: give the operator the rights to get, list and watch replicasets and to patch replicasets\/scale$/,
    );
  }
  await stage.told("unreadable-0", "Stalled", "True", "KindNotReadable");
});
