import { describe, expect, it } from "vitest";
import {
  chooseTarget,
  groupOf,
  isRefusal,
  pointsAt,
  type Candidates,
  type HorizontalPodAutoscaler,
  type ScaledObject,
  type WorkloadRef,
} from "./target.ts";

const ref: WorkloadRef = { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" };

const hpa = (name = "vat-api", spec: Partial<HorizontalPodAutoscaler["spec"]> = {}): HorizontalPodAutoscaler => ({
  metadata: { name },
  spec: { scaleTargetRef: ref, minReplicas: 2, maxReplicas: 20, ...spec },
});

const kedaHpa: HorizontalPodAutoscaler = {
  ...hpa("keda-hpa-vat-api"),
  metadata: {
    name: "keda-hpa-vat-api",
    ownerReferences: [
      { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "vat-api", uid: "7", controller: true },
    ],
  },
};

const scaledObject = (
  annotations?: Record<string, string>,
  spec: Partial<ScaledObject["spec"]> = {},
): ScaledObject => ({
  metadata: { name: "vat-keda", ...(annotations ? { annotations } : {}) },
  spec: { scaleTargetRef: { name: "vat-api" }, minReplicaCount: 2, maxReplicaCount: 30, ...spec },
});

function candidates(overrides: Partial<Candidates> = {}): Candidates {
  const workload = { metadata: { name: "vat-api" }, spec: { replicas: 4 } };
  return { choice: "Auto", ref, workload, hpas: [], scaledObjects: [], ...overrides };
}

const at = (replicas: number): Candidates["workload"] => ({ metadata: { name: "vat-api" }, spec: { replicas } });

describe("chooseTarget", () => {
  it.each<[string, Partial<Candidates>, object]>([
    [
      "the HPA's minimum, where an HPA scales the workload",
      { hpas: [hpa()] },
      { kind: "HorizontalPodAutoscaler", path: ["spec", "minReplicas"], value: 2, max: 20 },
    ],
    [
      "1 for the minimum of an HPA that gives none",
      { hpas: [{ metadata: { name: "h" }, spec: { scaleTargetRef: ref, maxReplicas: 20 } }] },
      { value: 1, max: 20 },
    ],
    [
      "the ScaledObject's minimum, not that of the HPA which KEDA makes for it",
      { hpas: [kedaHpa], scaledObjects: [scaledObject()] },
      { kind: "ScaledObject", path: ["spec", "minReplicaCount"], value: 2, max: 30 },
    ],
    [
      "KEDA's own bounds where a ScaledObject gives none",
      { scaledObjects: [{ metadata: { name: "s" }, spec: { scaleTargetRef: { name: "vat-api" } } }] },
      { kind: "ScaledObject", value: 0, max: 100 },
    ],
    [
      "the ScaledObject of a workload that KEDA has scaled to zero",
      { scaledObjects: [scaledObject()], workload: at(0) },
      { kind: "ScaledObject" },
    ],
    ["the workload's own count, where nothing scales it", {}, { kind: "Scale", path: ["spec", "replicas"], value: 4 }],
    [
      "1 for the count of a workload that gives none",
      { workload: { metadata: { name: "vat-api" } } },
      { kind: "Scale", value: 1 },
    ],
    [
      "an HPA that was asked for",
      { choice: "HorizontalPodAutoscaler", hpas: [hpa()] },
      { kind: "HorizontalPodAutoscaler" },
    ],
    [
      "a ScaledObject that was asked for",
      { choice: "ScaledObject", hpas: [kedaHpa], scaledObjects: [scaledObject()] },
      { kind: "ScaledObject" },
    ],
    ["the count when asked for it", { choice: "Scale" }, { kind: "Scale" }],
    [
      "a ScaledObject whose pause is switched off",
      { scaledObjects: [scaledObject({ "autoscaling.keda.sh/paused": "false" })] },
      { kind: "ScaledObject" },
    ],
    [
      "a ScaledObject that is only kept from scaling in",
      { scaledObjects: [scaledObject({ "autoscaling.keda.sh/paused-scale-in": "true" })] },
      { kind: "ScaledObject" },
    ],
  ])("takes %s", (_, overrides, expected) => {
    const target = chooseTarget(candidates(overrides));
    expect(target).toMatchObject(expected);
    expect(isRefusal(target)).toBe(false);
  });

  it("knows no maximum of a plain workload", () => {
    expect(chooseTarget(candidates())).not.toHaveProperty("max");
  });

  it.each<[string, Partial<Candidates>, string, string]>([
    [
      "a workload that does not exist",
      { workload: undefined, hpas: [hpa()] },
      "WorkloadNotFound",
      "spec.workload Deployment/vat-api (apps/v1) does not exist in this namespace: create it or correct the reference",
    ],
    [
      "two HPAs, named in the same order each time",
      { hpas: [hpa("b"), hpa("a")] },
      "AmbiguousTarget",
      "HorizontalPodAutoscaler/a and HorizontalPodAutoscaler/b scale Deployment/vat-api at the same time, which disables them or has them fight: keep one",
    ],
    [
      "an HPA beside a ScaledObject",
      { hpas: [kedaHpa, hpa("mine")], scaledObjects: [scaledObject()] },
      "AmbiguousTarget",
      "ScaledObject/vat-keda and HorizontalPodAutoscaler/mine scale Deployment/vat-api at the same time, which disables them or has them fight: keep one",
    ],
    [
      "two ScaledObjects, whatever was asked for",
      { choice: "Scale", scaledObjects: [scaledObject(), { ...scaledObject(), metadata: { name: "other" } }] },
      "AmbiguousTarget",
      "ScaledObject/other and ScaledObject/vat-keda scale Deployment/vat-api at the same time, which disables them or has them fight: keep one",
    ],
    [
      "the HPA of a ScaledObject that is not there",
      { hpas: [kedaHpa] },
      "TargetNotFound",
      "HorizontalPodAutoscaler/keda-hpa-vat-api belongs to a ScaledObject that was not found, and KEDA reverts what others write there: restore the ScaledObject or remove the HorizontalPodAutoscaler",
    ],
    [
      "the count of a workload that an HPA scales",
      { choice: "Scale", hpas: [hpa()] },
      "AutoscalerPresent",
      "spec.scaling.target is Scale but HorizontalPodAutoscaler/vat-api scales Deployment/vat-api: set target to Auto or remove it",
    ],
    [
      "the count of a workload that KEDA scales",
      { choice: "Scale", scaledObjects: [scaledObject()] },
      "AutoscalerPresent",
      "spec.scaling.target is Scale but ScaledObject/vat-keda scales Deployment/vat-api: set target to Auto or remove it",
    ],
    [
      "an HPA that is not there",
      { choice: "HorizontalPodAutoscaler" },
      "TargetNotFound",
      "spec.scaling.target is HorizontalPodAutoscaler but none scales Deployment/vat-api: create one or set target to Auto",
    ],
    [
      "an HPA where KEDA scales the workload",
      { choice: "HorizontalPodAutoscaler", hpas: [kedaHpa], scaledObjects: [scaledObject()] },
      "TargetNotFound",
      "spec.scaling.target is HorizontalPodAutoscaler but ScaledObject/vat-keda scales Deployment/vat-api: set target to Auto",
    ],
    [
      "a ScaledObject that is not there",
      { choice: "ScaledObject", hpas: [hpa()] },
      "TargetNotFound",
      "spec.scaling.target is ScaledObject but HorizontalPodAutoscaler/vat-api scales Deployment/vat-api: set target to Auto",
    ],
    ...["paused", "paused-replicas", "paused-scale-out"].map((name): [string, Partial<Candidates>, string, string] => [
      `a ScaledObject with the annotation ${name}`,
      { scaledObjects: [scaledObject({ [`autoscaling.keda.sh/${name}`]: name === "paused-replicas" ? "4" : "true" })] },
      "ScaledObjectPaused",
      `ScaledObject/vat-keda is paused by its annotation autoscaling.keda.sh/${name}: remove it to resume`,
    ]),
    [
      "a workload that was set to 0, with an HPA",
      { hpas: [hpa()], workload: at(0) },
      "ScaledToZero",
      "Deployment/vat-api was set to 0 replicas, which switches autoscaling off: scale it to 1 or more to resume",
    ],
    [
      "a workload that was set to 0, without one",
      { workload: at(0) },
      "ScaledToZero",
      "Deployment/vat-api was set to 0 replicas, which switches autoscaling off: scale it to 1 or more to resume",
    ],
  ])("refuses %s", (_, overrides, reason, message) => {
    const target = chooseTarget(candidates(overrides));
    expect(isRefusal(target)).toBe(true);
    expect(target).toEqual({ reason, message });
  });
});

describe("pointsAt", () => {
  it.each<[string, Parameters<typeof pointsAt>[0], boolean]>([
    ["the same reference", ref, true],
    ["another version of the same group", { ...ref, apiVersion: "apps/v1beta2" }, true],
    ["a name alone, as ScaledObjects have it", { name: "vat-api" }, true],
    ["another name", { ...ref, name: "other" }, false],
    ["another kind", { ...ref, kind: "StatefulSet" }, false],
    ["another group", { ...ref, apiVersion: "argoproj.io/v1alpha1" }, false],
    ["the core group", { ...ref, apiVersion: "v1" }, false],
  ])("%s", (_, target, expected) => {
    expect(pointsAt(target, ref)).toBe(expected);
  });

  it("takes a name alone for a Deployment", () => {
    expect(pointsAt({ name: "vat-api" }, { ...ref, kind: "StatefulSet" })).toBe(false);
  });

  it("knows the group of the core API as empty", () => {
    expect([groupOf("apps/v1"), groupOf("v1")]).toEqual(["apps", ""]);
  });
});
