import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import { keyOf, type KubeObject, type Resource } from "../kube/resource.ts";
import { BASE_ANNOTATION, RAISED_FOR_ANNOTATION, type Write } from "./floor.ts";
import { ownershipOf, valueAt } from "./ownership.ts";
import { pausedBy, type Target } from "./target.ts";

/**
 * The only writes of the scaling part. Each is made against the object as it stands now: when somebody was
 * faster than we looked, nothing is written and the decision is taken again.
 */

/**
 * Writes the floor, or the count of a plain workload, and returns the object as written. `raisedFor` is the name of
 * the InvoiceService. Throws a Conflict KubeError when the decision rests on an old object: the next reconcile
 * decides on the new one.
 */
export async function writeFloor(
  client: Client,
  resource: Resource,
  target: Target,
  write: Write,
  { raisedFor, signal }: { raisedFor: string; signal: AbortSignal },
): Promise<KubeObject> {
  // NaN and Infinity are null in JSON, and null is the default: one replica.
  if (write.value !== undefined && !Number.isInteger(write.value))
    throw new RangeError(`${target.path.join(".")} must be a whole number, got ${write.value}`);
  const live = await client.get(resource, refOf(target.object), { signal });
  const decidedOn = target.object;
  const same =
    live.metadata.uid === decidedOn.metadata.uid &&
    valueAt(live, target.path) === valueAt(decidedOn, target.path) &&
    pausedBy(live) === pausedBy(decidedOn) &&
    JSON.stringify(ownershipOf(live, target.path)) === JSON.stringify(ownershipOf(decidedOn, target.path));
  if (!same) {
    throw new KubeError(`write the floor to ${resource.plural} ${keyOf(live)}: it changed since the decision`, {
      status: 409,
      reason: "Conflict",
    });
  }
  if (target.kind === "Scale") return writeScale(client, resource, live, write);

  // The resource version closes the gap between this look and the write; force is needed to take the field
  // from an Update owner, and cannot take it from an Apply owner whom the decision did not see.
  const { name, namespace, uid, resourceVersion } = live.metadata;
  const annotations =
    write.base === undefined
      ? undefined
      : { [BASE_ANNOTATION]: String(write.base), [RAISED_FOR_ANNOTATION]: raisedFor };
  const object = {
    metadata: { name, namespace, uid, resourceVersion, ...(annotations ? { annotations } : {}) },
    ...(write.value === undefined ? {} : nested(target.path, write.value)),
  };
  return client.apply(resource, object as unknown as KubeObject, { force: true });
}

async function writeScale(client: Client, resource: Resource, live: KubeObject, write: Write): Promise<KubeObject> {
  const body = {
    metadata: { resourceVersion: live.metadata.resourceVersion },
    spec: { replicas: write.value },
  };
  await client.patch(resource, refOf(live), body, { subresource: "scale" });
  return client.get(resource, refOf(live));
}

function refOf({ metadata }: KubeObject): { name: string; namespace?: string } {
  const { name, namespace } = metadata;
  return namespace === undefined ? { name } : { name, namespace };
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.toReversed().reduce<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}
