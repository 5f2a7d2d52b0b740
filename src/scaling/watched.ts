import type { Informer } from "../kube/informer.ts";
import {
  horizontalPodAutoscalers,
  keyOf,
  pods,
  resourceQuotas,
  type KubeObject,
  type Pod,
  type Resource,
  type ResourceQuota,
} from "../kube/resource.ts";
import { RAISED_FOR_ANNOTATION } from "./floor.ts";
import type { PodStart } from "./lead.ts";
import { podCost, type PodCost } from "./quota.ts";
import {
  groupOf,
  PAUSE_ANNOTATIONS,
  type HorizontalPodAutoscaler,
  type ScaledObject,
  type TargetKind,
  type Workload,
  type WorkloadRef,
} from "./target.ts";
import { trimMetadata } from "./trim.ts";

/** What the scaling part reads of the cluster, always from caches, and how little of each object it keeps. */

/** Opens the informer of a kind; the operator runs it and waits for it. */
export type OpenInformer = <T extends KubeObject>(
  resource: Resource<T>,
  options: { indexes?: Record<string, (object: T) => readonly string[]>; transform?: (object: T) => T },
) => Informer<T>;

/** A kind that may not be installed: undefined while the API server does not serve it. */
export interface WatchedKind<T extends KubeObject> {
  resource: Resource<T>;
  informer: Informer<T>;
}

export interface CachedWorkload extends Workload {
  cost?: PodCost;
}

interface CachedPod extends KubeObject {
  start?: PodStart;
  /** `namespace/name` of the workload, as far as owner references tell. */
  workload?: string;
}

export interface ScalingCaches {
  hpas: Informer<HorizontalPodAutoscaler>;
  pods: Informer<CachedPod>;
  quotas: Informer<ResourceQuota>;
}

/** Index key of a workload: what an autoscaler's target reference and an InvoiceService's workload have in common. */
export function workloadKey(
  namespace: string | undefined,
  ref: { apiVersion?: string; kind?: string; name: string },
): string {
  return `${namespace}/${groupOf(ref.apiVersion ?? "apps/v1")}/${ref.kind ?? "Deployment"}/${ref.name}`;
}

export function openCaches(open: OpenInformer): ScalingCaches {
  return {
    hpas: open(horizontalPodAutoscalers as unknown as Resource<HorizontalPodAutoscaler>, {
      indexes: {
        workload: ({ metadata, spec }) => [workloadKey(metadata.namespace, spec.scaleTargetRef)],
        raisedFor: raisedBy,
      },
      transform: trimHpa,
    }),
    pods: open(pods as unknown as Resource<CachedPod>, {
      indexes: { workload: ({ workload }) => (workload === undefined ? [] : [workload]) },
      transform: trimPod,
    }),
    quotas: open(resourceQuotas, { indexes: { namespace: ({ metadata }) => [metadata.namespace ?? ""] } }),
  };
}

/** The informer of a workload kind or of ScaledObjects, which are not known before somebody names them. */
export function openWorkloads(open: OpenInformer, resource: Resource<CachedWorkload>): Informer<CachedWorkload> {
  return open(resource, { transform: trimWorkload });
}

export function openScaledObjects(open: OpenInformer, resource: Resource<ScaledObject>): Informer<ScaledObject> {
  return open(resource, {
    indexes: {
      workload: ({ metadata, spec }) => [workloadKey(metadata.namespace, spec.scaleTargetRef)],
      raisedFor: raisedBy,
    },
    transform: trimScaledObject,
  });
}

/** The InvoiceService, `namespace/name`, for which an autoscaler's minimum is raised. */
export function raisedBy({ metadata }: KubeObject): string[] {
  const name = metadata.annotations?.[RAISED_FOR_ANNOTATION];
  return name === undefined ? [] : [`${metadata.namespace}/${name}`];
}

export function startsOf(caches: ScalingCaches, namespace: string, ref: WorkloadRef): PodStart[] {
  return caches.pods.byIndex("workload", `${namespace}/${ref.name}`).flatMap(({ start }) => (start ? [start] : []));
}

/** An object as its cache would keep it, for one that did not come through it. */
export function trimmed(kind: TargetKind, object: KubeObject): KubeObject {
  if (kind === "HorizontalPodAutoscaler") return trimHpa(object as HorizontalPodAutoscaler);
  return kind === "ScaledObject" ? trimScaledObject(object as ScaledObject) : trimWorkload(object);
}

function trimHpa(hpa: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  return {
    ...typeOf(hpa),
    metadata: trimMetadata(hpa, ["spec", "minReplicas"]),
    spec: pick(hpa.spec, ["scaleTargetRef", "minReplicas", "maxReplicas"]),
  };
}

/** Without the status, of which KEDA writes the times anew all the while. */
function trimScaledObject(object: ScaledObject): ScaledObject {
  return {
    ...typeOf(object),
    metadata: trimMetadata(object, ["spec", "minReplicaCount"], PAUSE_ANNOTATIONS),
    spec: pick(object.spec, ["scaleTargetRef", "minReplicaCount", "maxReplicaCount"]),
  };
}

function trimWorkload(workload: CachedWorkload): CachedWorkload {
  const template = (workload.spec as { template?: { spec?: { containers?: [] } } } | undefined)?.template;
  return {
    ...typeOf(workload),
    metadata: trimMetadata(workload, ["spec", "replicas"]),
    spec: pick(workload.spec ?? {}, ["replicas"]),
    status: pick(workload.status ?? {}, ["replicas", "readyReplicas"]),
    cost: podCost(template?.spec?.containers ?? []),
  };
}

function typeOf({ apiVersion, kind }: KubeObject): { apiVersion?: string; kind?: string } {
  return { ...(apiVersion === undefined ? {} : { apiVersion }), ...(kind === undefined ? {} : { kind }) };
}

function trimPod(object: CachedPod): CachedPod {
  const pod = object as unknown as Pod;
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const start = podStart(pod);
  const workload = workloadOfPod(pod);
  return {
    metadata: {
      name,
      ...(namespace ? { namespace } : {}),
      ...(uid ? { uid } : {}),
      ...(resourceVersion ? { resourceVersion } : {}),
    },
    ...(start ? { start } : {}),
    ...(workload ? { workload } : {}),
  };
}

/** Created and first ready; a pod that restarted has become ready more than once and tells nothing. */
function podStart({ metadata, status }: Pod): PodStart | undefined {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  if (ready?.status !== "True" || !ready.lastTransitionTime || !metadata.creationTimestamp) return undefined;
  if ((status?.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0)) return undefined;
  return { createdAt: Date.parse(metadata.creationTimestamp), readyAt: Date.parse(ready.lastTransitionTime) };
}

/** A Deployment's pods belong to a ReplicaSet whose name is the Deployment's and a hash. */
function workloadOfPod({ metadata }: Pod): string | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return undefined;
  const name = owner.kind === "ReplicaSet" ? owner.name.replace(/-[^-]+$/, "") : owner.name;
  return keyOf({ name, ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }) });
}

function pick<T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]])) as Pick<
    T,
    K
  >;
}
