import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import type { Informer } from "../kube/informer.ts";
import { newer } from "../kube/newer.ts";
import { horizontalPodAutoscalers, keyOf, type KubeObject, type Ref, type Resource } from "../kube/resource.ts";
import { writeFloor } from "./act.ts";
import { baseOf, releaseOf } from "./floor.ts";
import type { DiscoveredKinds } from "./observe.ts";
import {
  hpaTarget,
  isRefusal,
  pointsAt,
  scaledObjectTarget,
  type Refusal,
  type ScaledObject,
  type Target,
  type WorkloadRef,
} from "./target.ts";
import { raisedBy, type ScalingCaches } from "./watched.ts";

/** The base goes back to autoscalers that a service has raised and no longer means. */

/** An autoscaler that stands raised for a service, and the resource to write it through. */
interface Raised {
  target: Target;
  resource: Resource;
  /** What it scales. */
  workload: ScaledObject["spec"]["scaleTargetRef"];
}

/** All autoscalers whose minimum is raised for a service, whether or not it still means them. */
async function raisedFor(
  caches: ScalingCaches,
  kinds: DiscoveredKinds,
  service: Ref,
  written: KubeObject | undefined,
): Promise<Raised[]> {
  const keda = await kinds.scaledObjects();
  return [
    ...standing(caches.hpas, service, written).map((hpa) => ({
      target: hpaTarget(hpa),
      resource: horizontalPodAutoscalers,
      workload: hpa.spec.scaleTargetRef,
    })),
    ...standing(keda?.informer, service, written).map((object) => ({
      target: scaledObjectTarget(object),
      resource: keda?.resource as Resource,
      workload: object.spec.scaleTargetRef,
    })),
  ];
}

/** Those of one kind that stand raised for the service, with what our last write says, which the cache may not have. */
function standing<T extends KubeObject>(
  informer: Pick<Informer<T>, "get" | "byIndex"> | undefined,
  service: Ref,
  written: KubeObject | undefined,
): readonly T[] {
  const cached = informer?.byIndex("raisedFor", keyOf(service)) ?? [];
  const before = written && informer?.get(keyOf(written));
  const latest = newer(before, written);
  if (!latest || latest === before) return cached;
  const others = cached.filter(({ metadata }) => metadata.uid !== latest.metadata.uid);
  return raisedBy(latest).includes(keyOf(service)) ? [...others, latest] : others;
}

/**
 * Puts the base of those autoscalers back that are raised for the service and that it no longer means; gives the
 * number of the others.
 */
export async function giveBack(
  { client, caches, kinds }: { client: Client; caches: ScalingCaches; kinds: DiscoveredKinds },
  service: InvoiceService,
  options: { meant: (raised: Raised) => boolean; written?: KubeObject; signal: AbortSignal },
): Promise<number> {
  const { meant, written, signal } = options;
  const { name, namespace } = service.metadata;
  const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
  const noted = await raisedFor(caches, kinds, ref, written);
  // A copied note is nobody's floor, as on the HPA that KEDA makes of a ScaledObject.
  const raised = noted.filter(({ target }) => baseOf(target).raised);
  const unmeant = raised.filter((autoscaler) => !meant(autoscaler));
  for (const { target, resource } of unmeant) {
    await writeFloor(client, resource, target, releaseOf(target), { raisedFor: name, signal });
  }
  return raised.length - unmeant.length;
}

/**
 * Which autoscalers stay raised: the chosen one; as long as none can be chosen, those of the workload; and when none
 * is wanted, none.
 */
export function stillMeant(workload: WorkloadRef, chosen: Target | Refusal | undefined): (raised: Raised) => boolean {
  if (!chosen) return () => false;
  if (isRefusal(chosen)) return (raised) => pointsAt(raised.workload, workload);
  return ({ target }) => target.object.metadata.uid === chosen.object.metadata.uid;
}
