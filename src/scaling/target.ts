import type { KubeObject } from "../kube/resource.ts";
import type { FieldPath } from "./ownership.ts";

/**
 * Which one field we may raise: the minimum of the workload's autoscaler, or, where nothing scales it, its
 * own count. Pure: it looks at what was read and decides, or says why not.
 */

export type TargetKind = "HorizontalPodAutoscaler" | "ScaledObject" | "Scale";
export type TargetChoice = "Auto" | TargetKind | "None";

export interface WorkloadRef {
  apiVersion: string;
  kind: string;
  name: string;
}

/** The workload as far as scaling looks at it. */
export interface Workload extends KubeObject {
  spec?: { replicas?: number };
  status?: { replicas?: number; readyReplicas?: number };
}

export interface HorizontalPodAutoscaler extends KubeObject {
  spec: { scaleTargetRef: WorkloadRef; minReplicas?: number; maxReplicas: number };
}

export interface ScaledObject extends KubeObject {
  spec: {
    scaleTargetRef: { apiVersion?: string; kind?: string; name: string };
    minReplicaCount?: number;
    maxReplicaCount?: number;
  };
}

export interface Target {
  kind: TargetKind;
  /** The object that carries the field: the autoscaler, or the workload itself. */
  object: KubeObject;
  path: FieldPath;
  /** The field's value now; what the API server or KEDA takes when it is absent. */
  value: number;
  /** Most replicas the autoscaler allows; undefined on a plain workload. */
  max?: number;
}

export interface Refusal {
  reason:
    | "WorkloadNotFound"
    | "KindNotReadable"
    | "TargetNotFound"
    | "AmbiguousTarget"
    | "AutoscalerPresent"
    | "ScaledObjectPaused"
    | "ScaledToZero";
  message: string;
}

export interface Candidates {
  choice: Exclude<TargetChoice, "None">;
  ref: WorkloadRef;
  workload: Workload | undefined;
  /** All of the namespace that point at the workload. */
  hpas: readonly HorizontalPodAutoscaler[];
  scaledObjects: readonly ScaledObject[];
}

/** KEDA's own ways to pause a ScaledObject. */
export const PAUSE_ANNOTATIONS = [
  "autoscaling.keda.sh/paused",
  "autoscaling.keda.sh/paused-replicas",
  "autoscaling.keda.sh/paused-scale-out",
];
/** What KEDA takes for the two bounds when they are not given. */
const KEDA_DEFAULT_MIN = 0;
const KEDA_DEFAULT_MAX = 100;

/** Whether an autoscaler's target reference means this workload; the version part of apiVersion does not matter. */
export function pointsAt(target: { apiVersion?: string; kind?: string; name: string }, ref: WorkloadRef): boolean {
  return (
    target.name === ref.name &&
    (target.kind ?? "Deployment") === ref.kind &&
    groupOf(target.apiVersion ?? "apps/v1") === groupOf(ref.apiVersion)
  );
}

/** The group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

/** Chooses the field; the first check that fails is the answer. */
export function chooseTarget(candidates: Candidates): Target | Refusal {
  const { choice, ref, workload, scaledObjects } = candidates;
  // KEDA makes an HPA for each of its ScaledObjects and reverts what others write there.
  const hpas = candidates.hpas.filter((hpa) => !ownedByScaledObject(hpa));
  // In an order of their own: a message that follows the cache's would be news after each restart.
  const scalers = [
    ...scaledObjects.map(nameWithKind("ScaledObject")).toSorted(),
    ...hpas.map(nameWithKind("HorizontalPodAutoscaler")).toSorted(),
  ];

  if (!workload) {
    return refuse(
      "WorkloadNotFound",
      `spec.workload ${ref.kind}/${ref.name} (${ref.apiVersion}) does not exist in this namespace: create it or correct the reference`,
    );
  }
  const orphan = candidates.hpas.find((hpa) => ownedByScaledObject(hpa) && scaledObjects.length === 0);
  if (orphan) {
    return refuse(
      "TargetNotFound",
      `HorizontalPodAutoscaler/${orphan.metadata.name} belongs to a ScaledObject that was not found, and KEDA reverts what others write there: restore the ScaledObject or remove the HorizontalPodAutoscaler`,
    );
  }
  if (scalers.length > 1) {
    return refuse(
      "AmbiguousTarget",
      `${scalers.join(" and ")} scale ${ref.kind}/${ref.name} at the same time, which disables them or has them fight: keep one`,
    );
  }
  if (choice === "Scale" && scalers.length > 0) {
    return refuse(
      "AutoscalerPresent",
      `spec.scaling.target is Scale but ${scalers[0]} scales ${ref.kind}/${ref.name}: set target to Auto or remove it`,
    );
  }
  if (
    (choice === "HorizontalPodAutoscaler" && hpas.length === 0) ||
    (choice === "ScaledObject" && scaledObjects.length === 0)
  ) {
    const [found, mending] = scalers[0]
      ? [scalers[0], "set target to Auto"]
      : ["none", "create one or set target to Auto"];
    return refuse(
      "TargetNotFound",
      `spec.scaling.target is ${choice} but ${found} scales ${ref.kind}/${ref.name}: ${mending}`,
    );
  }
  const [scaledObject] = scaledObjects;
  const paused = scaledObject && pausedBy(scaledObject);
  if (paused) {
    return refuse(
      "ScaledObjectPaused",
      `ScaledObject/${scaledObject.metadata.name} is paused by its annotation ${paused}: remove it to resume`,
    );
  }
  if (workload.spec?.replicas === 0 && !scaledObject) {
    return refuse(
      "ScaledToZero",
      `${ref.kind}/${ref.name} was set to 0 replicas, which switches autoscaling off: scale it to 1 or more to resume`,
    );
  }
  if (scaledObject) return scaledObjectTarget(scaledObject);
  const [hpa] = hpas;
  if (hpa) return hpaTarget(hpa);
  return { kind: "Scale", object: workload, path: ["spec", "replicas"], value: workload.spec?.replicas ?? 1 };
}

/** The annotation that pauses a ScaledObject. */
export function pausedBy({ metadata }: KubeObject): string | undefined {
  return PAUSE_ANNOTATIONS.find((name) => {
    const value = metadata.annotations?.[name];
    return value !== undefined && value !== "false";
  });
}

/** The minimum of an HPA. */
export function hpaTarget(hpa: HorizontalPodAutoscaler): Target {
  return {
    kind: "HorizontalPodAutoscaler",
    object: hpa,
    path: ["spec", "minReplicas"],
    value: hpa.spec.minReplicas ?? 1,
    max: hpa.spec.maxReplicas,
  };
}

/** The minimum of a ScaledObject. */
export function scaledObjectTarget(scaledObject: ScaledObject): Target {
  return {
    kind: "ScaledObject",
    object: scaledObject,
    path: ["spec", "minReplicaCount"],
    value: scaledObject.spec.minReplicaCount ?? KEDA_DEFAULT_MIN,
    max: scaledObject.spec.maxReplicaCount ?? KEDA_DEFAULT_MAX,
  };
}

export function isRefusal(target: Target | Refusal): target is Refusal {
  return "reason" in target;
}

function ownedByScaledObject(hpa: HorizontalPodAutoscaler): boolean {
  return (hpa.metadata.ownerReferences ?? []).some(({ kind }) => kind === "ScaledObject");
}

function nameWithKind(kind: string): (object: KubeObject) => string {
  return ({ metadata }) => `${kind}/${metadata.name}`;
}

export function refuse(reason: Refusal["reason"], message: string): Refusal {
  return { reason, message };
}
