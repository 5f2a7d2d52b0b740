import { isForbidden, KubeError } from "../kube/errors.ts";
import { newer } from "../kube/newer.ts";
import { horizontalPodAutoscalers, type KubeObject, type Resource } from "../kube/resource.ts";
import { quotaRoom, type QuotaRoom } from "./quota.ts";
import { leadOf, type Lead } from "./lead.ts";
import {
  chooseTarget,
  isRefusal,
  refuse,
  type Refusal,
  type Target,
  type TargetChoice,
  type WorkloadRef,
} from "./target.ts";
import { startsOf, workloadKey, type CachedWorkload, type ScalingCaches, type WatchedKind } from "./watched.ts";
import type { ScaledObject } from "./target.ts";

/** The kinds that are found by name at run time: the workload's, and KEDA's when it is installed. */
export interface DiscoveredKinds {
  workloads(ref: WorkloadRef): Promise<WatchedKind<CachedWorkload> | undefined>;
  scaledObjects(): Promise<WatchedKind<ScaledObject> | undefined>;
}

export interface WorkloadState {
  target: Target | Refusal;
  /** The resource that the target's object is written through; absent with a refusal. */
  resource?: Resource;
  replicas: number;
  ready: number;
  lead: Lead;
  quota?: QuotaRoom;
}

export interface WorkloadQuestion {
  namespace: string;
  ref: WorkloadRef;
  choice: Exclude<TargetChoice, "None">;
  /** The lead that the user gave, ms. */
  userLeadMs?: number;
  /** Our last write, as the API server returned it; the cache may not have it yet. */
  written?: KubeObject;
}

/** One plain value of all that the scaling part wants to know about a workload, from caches alone. */
export async function observeWorkload(
  caches: ScalingCaches,
  kinds: DiscoveredKinds,
  { namespace, ref, choice, userLeadMs, written }: WorkloadQuestion,
): Promise<WorkloadState> {
  const served = await servedKinds(kinds, ref);
  if ("reason" in served) return { target: served, replicas: 0, ready: 0, lead: leadOf([], userLeadMs) };
  const { kind, keda } = served;
  const key = workloadKey(namespace, ref);
  const workload = newer(kind?.informer.get(`${namespace}/${ref.name}`), written);
  const hpas = caches.hpas.byIndex("workload", key).map((hpa) => newer(hpa, written));
  const scaledObjects = (keda?.informer.byIndex("workload", key) ?? []).map((object) => newer(object, written));
  const target = chooseTarget({ choice, ref, workload, hpas, scaledObjects });
  const resource = isRefusal(target) ? undefined : resourceOf(target, kind, keda);
  const current = workload?.status?.replicas ?? workload?.spec?.replicas ?? 0;
  const quotas = caches.quotas.byIndex("namespace", namespace).flatMap(({ metadata, spec, status }) =>
    // A quota with scopes counts only some pods; whether ours are among them is not for us to guess.
    spec?.scopes || spec?.scopeSelector
      ? []
      : [{ name: metadata.name, hard: status?.hard ?? spec?.hard ?? {}, used: status?.used ?? {} }],
  );
  const quota = workload?.cost && quotaRoom(quotas, workload.cost, current);
  return {
    target,
    ...(resource ? { resource } : {}),
    replicas: workload?.spec?.replicas ?? current,
    ready: workload?.status?.readyReplicas ?? 0,
    lead: leadOf(startsOf(caches, namespace, ref), userLeadMs),
    ...(quota ? { quota } : {}),
  };
}

interface ServedKinds {
  kind: WatchedKind<CachedWorkload> | undefined;
  keda: WatchedKind<ScaledObject> | undefined;
}

/** The kinds to look into, or why one of them must not be. Rejects when that could not be asked. */
async function servedKinds(kinds: DiscoveredKinds, ref: WorkloadRef): Promise<ServedKinds | Refusal> {
  const [kind, keda] = await Promise.all([
    kinds.workloads(ref).catch((error: unknown) => {
      const plural = pluralOf(error);
      const rights = `to get, list and watch ${plural} and to patch ${plural}/scale`;
      return notReadable(`spec.workload ${ref.kind}/${ref.name} (${ref.apiVersion}) cannot be read`, error, rights);
    }),
    kinds.scaledObjects().catch((error: unknown) => {
      const rights = "to get, list, watch and patch scaledobjects";
      return notReadable(`whether KEDA scales ${ref.kind}/${ref.name} cannot be seen`, error, rights);
    }),
  ]);
  if (kind && "reason" in kind) return kind;
  if (keda && "reason" in keda) return keda;
  return { kind, keda };
}

/** Throws the error again unless it is about rights. */
function notReadable(problem: string, error: unknown, rights: string): Refusal {
  if (!isForbidden(error)) throw error;
  return refuse(
    "KindNotReadable",
    `${problem}: ${(error as KubeError).message}: give the operator the rights ${rights}`,
  );
}

/** The resource that a request was refused for, as the API server names it. */
function pluralOf(error: unknown): string {
  return (error instanceof KubeError ? error.details?.kind : undefined) ?? "it";
}

function resourceOf(
  target: Target,
  kind: WatchedKind<CachedWorkload> | undefined,
  keda: WatchedKind<ScaledObject> | undefined,
): Resource | undefined {
  if (target.kind === "HorizontalPodAutoscaler") return horizontalPodAutoscalers;
  return target.kind === "ScaledObject" ? keda?.resource : kind?.resource;
}
