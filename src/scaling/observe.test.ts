import { describe, expect, test } from "vitest";
import { CachedObjects } from "../../test/support/cached-objects.ts";
import { KubeError } from "../kube/errors.ts";
import { deployments, type KubeObject } from "../kube/resource.ts";
import { observeWorkload, type DiscoveredKinds, type WorkloadQuestion } from "./observe.ts";
import {
  openCaches,
  openScaledObjects,
  openWorkloads,
  trimmed,
  type CachedWorkload,
  type WatchedKind,
} from "./watched.ts";
import type { ScaledObject } from "./target.ts";

const ref = { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" };
const scaledObjects = {
  group: "keda.sh",
  version: "v1alpha1",
  kind: "ScaledObject",
  plural: "scaledobjects",
  namespaced: true,
};

let versions = 0;
const meta = (name: string, more: Partial<KubeObject["metadata"]> = {}): KubeObject["metadata"] => ({
  name,
  namespace: "billing",
  uid: name,
  resourceVersion: String(++versions),
  ...more,
});

const deployment = (spec: object = {}, status: object = {}): KubeObject & Record<string, unknown> => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: meta("vat-api"),
  spec: {
    replicas: 3,
    template: { spec: { containers: [{ name: "api", resources: { requests: { cpu: "500m" } } }] } },
    ...spec,
  },
  status: { replicas: 3, readyReplicas: 2, ...status },
});

const hpa = (name: string, spec: object = {}): KubeObject & Record<string, unknown> => ({
  kind: "HorizontalPodAutoscaler",
  metadata: meta(name),
  spec: { scaleTargetRef: ref, minReplicas: 2, maxReplicas: 10, ...spec },
});

const pod = (index: number, seconds: number, more: object = {}): KubeObject & Record<string, unknown> => ({
  metadata: meta(`vat-api-abc-${index}`, {
    creationTimestamp: "2027-01-12T08:00:00Z",
    ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "vat-api-abc", uid: "rs", controller: true }],
  }),
  status: {
    conditions: [
      {
        type: "Ready",
        status: "True",
        lastTransitionTime: new Date(Date.parse("2027-01-12T08:00:00Z") + seconds * 1_000).toISOString(),
      },
    ],
    ...more,
  },
});

/** A namespace, and a look at the workload in it. */
function bench(kinds: Partial<DiscoveredKinds> = {}) {
  const cached = new CachedObjects();
  const caches = openCaches(cached.open);
  const workloads: WatchedKind<CachedWorkload> = {
    resource: deployments,
    informer: openWorkloads(cached.open, deployments),
  };
  const keda: WatchedKind<ScaledObject> = {
    resource: scaledObjects,
    informer: openScaledObjects(cached.open, scaledObjects),
  };
  const discovered = { workloads: async () => workloads, scaledObjects: async () => keda, ...kinds };
  const look = (question: Partial<WorkloadQuestion> = {}) =>
    observeWorkload(caches, discovered, { namespace: "billing", ref, choice: "Auto", ...question });
  return { cached, look };
}

describe("a workload", () => {
  test("that nothing scales carries its count itself", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    expect(await look()).toMatchObject({
      target: { kind: "Scale", path: ["spec", "replicas"], value: 3 },
      resource: deployments,
      replicas: 3,
      ready: 2,
      lead: { ms: 120_000, pods: 0 },
    });
  });

  test("that an HPA scales is written through the HPA", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    cached.put("horizontalpodautoscalers", hpa("vat"), hpa("other", { scaleTargetRef: { ...ref, name: "other-api" } }));
    expect(await look()).toMatchObject({
      target: { kind: "HorizontalPodAutoscaler", value: 2, max: 10 },
      resource: { plural: "horizontalpodautoscalers" },
    });
  });

  test("that KEDA scales is written through the ScaledObject", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    cached.put("scaledobjects", {
      kind: "ScaledObject",
      metadata: meta("vat"),
      spec: { scaleTargetRef: { name: "vat-api" }, minReplicaCount: 1 },
    } as KubeObject);
    expect(await look()).toMatchObject({ target: { kind: "ScaledObject", value: 1 }, resource: scaledObjects });
  });

  test("that is not there has no target, and no replicas", async () => {
    const state = await bench().look();
    expect(state).toMatchObject({ target: { reason: "WorkloadNotFound" }, replicas: 0, ready: 0 });
    expect(state).not.toHaveProperty("resource");
  });

  test("whose kind is not served is not there either", async () => {
    const state = await bench({ workloads: async () => undefined }).look();
    expect(state.target).toMatchObject({ reason: "WorkloadNotFound" });
  });

  test.each<[string, Partial<DiscoveredKinds>]>([
    ["its own kind", { workloads: async () => Promise.reject(forbidden("list rollouts")) }],
    ["ScaledObjects", { scaledObjects: async () => Promise.reject(forbidden("list scaledobjects")) }],
  ])("is left alone while the operator may not read %s", async (_, kinds) => {
    const { cached, look } = bench(kinds);
    cached.put("deployments", deployment());
    expect((await look()).target).toMatchObject({ reason: "KindNotReadable" });
  });

  test("is not looked at while the API server cannot be asked", async () => {
    const silent = new KubeError("discover Deployment: no answer", { status: 0, reason: "Timeout" });
    await expect(bench({ workloads: () => Promise.reject(silent) }).look()).rejects.toBe(silent);
  });
});

describe("our last write", () => {
  test("counts while the cache does not have it yet, in all that is looked at", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    cached.put("resourcequotas", quota());
    const before = await look();
    const written = trimmed("Scale", deployment({ replicas: 5 }));
    const state = await look({ written });
    expect(state).toMatchObject({ target: { value: 5 }, replicas: 5 });
    expect(state.quota).toEqual(before.quota);
    expect(state.quota).toBeDefined();
  });

  test("does not count any more when somebody else has written since", async () => {
    const { cached, look } = bench();
    const written = trimmed("Scale", deployment({ replicas: 5 }));
    cached.put("deployments", deployment({ replicas: 4 }));
    expect(await look({ written })).toMatchObject({ target: { value: 4 } });
  });

  test("to an HPA that is gone is not taken for one that is there", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    const written = trimmed("HorizontalPodAutoscaler", hpa("vat"));
    expect(await look({ written })).toMatchObject({ target: { kind: "Scale" } });
  });

  test("is kept as small as in the cache", () => {
    const object = deployment();
    object.metadata.managedFields = [{ manager: "kubectl", fieldsV1: { "f:spec": { "f:template": {} } } }];
    const kept = JSON.stringify(trimmed("Scale", object));
    expect(kept).not.toContain("template");
    expect(kept).not.toContain("kubectl");
  });
});

describe("the room for more", () => {
  test("is what the namespace's quotas leave", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    cached.put("resourcequotas", quota());
    expect((await look()).quota).toEqual({ replicas: 5, limitedBy: "team requests.cpu" });
  });

  test("is not told by a quota of some pods, nor by one of another namespace", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    const scoped = { ...quota(), spec: { hard: {}, scopes: ["BestEffort"] } };
    const elsewhere = { ...quota(), metadata: meta("elsewhere", { namespace: "other" }) };
    cached.put("resourcequotas", scoped, elsewhere);
    expect(await look()).not.toHaveProperty("quota");
  });
});

describe("the lead", () => {
  test("is measured on the workload's own pods", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    cached.put("pods", ...Array.from({ length: 20 }, (_, index) => pod(index, 100)));
    expect((await look()).lead).toEqual({ ms: 160_000, pods: 20 });
  });

  test("is not told by pods that are not ready, have restarted, or belong to others", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    const others = pod(3, 900);
    others.metadata.ownerReferences = [
      { apiVersion: "apps/v1", kind: "ReplicaSet", name: "other-api-abc", uid: "rs2", controller: true },
    ];
    const restarted = pod(2, 900, { containerStatuses: [{ restartCount: 1 }] });
    cached.put("pods", pod(1, 900, { conditions: [{ type: "Ready", status: "False" }] }), restarted, others);
    expect((await look()).lead).toEqual({ ms: 120_000, pods: 0 });
  });

  test("is the user's when there is one", async () => {
    const { cached, look } = bench();
    cached.put("deployments", deployment());
    expect((await look({ userLeadMs: 300_000 })).lead).toEqual({ ms: 300_000, pods: 0 });
  });
});

/** Two CPUs, of which the three replicas use one and a half, and a half more is somebody's. */
function quota(): KubeObject & Record<string, unknown> {
  return {
    metadata: meta("team"),
    spec: { hard: { "requests.cpu": "3" } },
    status: { hard: { "requests.cpu": "3" }, used: { "requests.cpu": "2" } },
  };
}

function forbidden(doing: string): KubeError {
  return new KubeError(`${doing}: forbidden`, { status: 403, reason: "Forbidden" });
}
