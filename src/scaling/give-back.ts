import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { horizontalPodAutoscalers, keyOf, type Ref, type Resource } from "../kube/resource.ts";
import { writeFloor } from "./act.ts";
import { baseOf } from "./floor.ts";
import type { DiscoveredKinds } from "./observe.ts";
import { isOurs } from "./ownership.ts";
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
import type { ScalingCaches } from "./watched.ts";

/** The base goes back to autoscalers that a service has raised and no longer means. */

/** An autoscaler that stands raised for a service, and the resource to write it through. */
interface Raised {
  target: Target;
  resource: Resource;
  /** What it scales. */
  workload: ScaledObject["spec"]["scaleTargetRef"];
}

/** All autoscalers whose minimum is raised for a service, whether or not it still means them. */
async function raisedFor(caches: ScalingCaches, kinds: DiscoveredKinds, service: Ref): Promise<Raised[]> {
  const keda = await kinds.scaledObjects();
  const key = keyOf(service);
  return [
    ...caches.hpas.byIndex("raisedFor", key).map((hpa) => ({
      target: hpaTarget(hpa),
      resource: horizontalPodAutoscalers,
      workload: hpa.spec.scaleTargetRef,
    })),
    ...(keda?.informer.byIndex("raisedFor", key) ?? []).map((object) => ({
      target: scaledObjectTarget(object),
      resource: keda?.resource as Resource,
      workload: object.spec.scaleTargetRef,
    })),
  ];
}

/**
 * Puts the base of those autoscalers back that are raised for the service and that it no longer means; gives the
 * number of the others.
 */
export async function giveBack(
  { client, caches, kinds }: { client: Client; caches: ScalingCaches; kinds: DiscoveredKinds },
  service: InvoiceService,
  { meant, signal }: { meant: (raised: Raised) => boolean; signal: AbortSignal },
): Promise<number> {
  const { name, namespace } = service.metadata;
  const ref = { name, ...(namespace === undefined ? {} : { namespace }) };
  const noted = await raisedFor(caches, kinds, ref);
  // A copied note is nobody's floor, as on the HPA that KEDA makes of a ScaledObject.
  const raised = noted.filter(({ target }) => baseOf(target).raised);
  const unmeant = raised.filter((autoscaler) => !meant(autoscaler));
  for (const { target, resource } of unmeant) {
    // Where somebody else has written the field since, only our notes on it are withdrawn.
    const write = isOurs(target.object, target.path) ? { value: baseOf(target).replicas } : {};
    await writeFloor(client, resource, target, write, { raisedFor: name, signal });
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
