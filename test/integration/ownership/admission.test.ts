import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { useCluster } from "../../support/cluster.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

/** A policy of the platform that changes what we write, under our own name: nobody to fight with, and nothing gained by trying. */

const MOST = 10;
const WANTED = 14;
let stage: Stage;
let writers: Writers;

beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  writers = new Writers(stage);
  for (const policy of policies(stage.namespace)) await stage.cluster.apply(policy);
  await stage.launch(await stage.account()).ready();
});
afterAll(async () => {
  const name = `${stage.namespace}-most`;
  for (const kind of ["mutatingadmissionpolicybinding", "mutatingadmissionpolicy"])
    await stage.cluster.kubectl(["delete", kind, name]);
  await stage.close();
});

function policies(namespace: string): object[] {
  const metadata = { name: `${namespace}-most` };
  const resourceRules = [
    {
      apiGroups: ["autoscaling"],
      apiVersions: ["v2"],
      operations: ["UPDATE"],
      resources: ["horizontalpodautoscalers"],
    },
  ];
  const expression = `Object{spec: Object.spec{minReplicas: ${MOST}}}`;
  const common = { apiVersion: "admissionregistration.k8s.io/v1", metadata };
  return [
    {
      ...common,
      kind: "MutatingAdmissionPolicy",
      spec: {
        matchConstraints: {
          resourceRules,
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
        },
        matchConditions: [{ name: "too-many", expression: `object.spec.minReplicas > ${MOST}` }],
        failurePolicy: "Fail",
        reinvocationPolicy: "Never",
        mutations: [{ patchType: "ApplyConfiguration", applyConfiguration: { expression } }],
      },
    },
    { ...common, kind: "MutatingAdmissionPolicyBinding", spec: { policyName: metadata.name } },
  ];
}

/** A policy counts some moments after it was made. */
async function inForce(name: string): Promise<void> {
  const ref = { namespace: stage.namespace, name };
  await vi.waitFor(
    async () => {
      await stage.client.patch(horizontalPodAutoscalers, ref, { spec: { minReplicas: MOST + 1 } });
      const { spec } = await stage.client.get(horizontalPodAutoscalers, ref);
      expect(spec.minReplicas).toBe(MOST);
    },
    { timeout: 60_000, interval: 250 },
  );
}

test("the value is asked for once and then told of; a lower one is asked for, and given back in the end", async () => {
  const name = "most";
  await writers.create(deployment(name));
  await writers.create(autoscaler(name, 2));
  await inForce(name);
  await stage.client.patch(
    horizontalPodAutoscalers,
    { namespace: stage.namespace, name },
    { spec: { minReplicas: 2 } },
  );

  await stage.serve(name, floorOf(WANTED));
  const message = await stage.told(name, "FloorApplied", "False", "Contested");
  expect(message).toContain(
    `was given as ${WANTED} and came out as ${MOST}: an admission webhook or a mutating policy`,
  );
  await stage.told(name, "Degraded", "True", "FloorContested");
  await stage.evaluated(name, 3);
  expect((await stage.writes(horizontalPodAutoscalers, name)).map(({ requestObject }) => requestObject)).toEqual([
    expect.objectContaining({ spec: { minReplicas: WANTED } }),
  ]);

  await stage.change(name, { spec: floorOf(8) });
  await stage.told(name, "FloorApplied", "True", "Applied");
  await stage.change(name, { spec: { events: null } });
  await stage.told(name, "FloorApplied", "True", "AtBase");
  await stage.becomes(horizontalPodAutoscalers, name, { spec: { minReplicas: 2 } });
});
