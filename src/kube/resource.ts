import type {
  EventsV1Event,
  V1ConfigMap,
  V1Deployment,
  V1Lease,
  V1Namespace,
  V1Pod,
  V1ResourceQuota,
  V1Secret,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";

interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Who set which fields last; `fieldsV1` is the nested `f:name` form of the API. */
export interface ManagedFieldsEntry {
  manager?: string;
  operation?: string;
  subresource?: string;
  apiVersion?: string;
  time?: string;
  fieldsType?: string;
  fieldsV1?: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  finalizers?: string[];
  creationTimestamp?: string;
  deletionTimestamp?: string;
  ownerReferences?: OwnerReference[];
  managedFields?: ManagedFieldsEntry[];
}

/** What every object of the API has, as the wire has it: times are strings. */
export interface KubeObject {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
}

/** A kind of the API and where it lives. `group` is "" for the core group; `_type` exists for the compiler alone. */
export interface Resource<T extends KubeObject = KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly namespaced: boolean;
  readonly _type?: T;
}

/** Names one object of a kind. */
export interface Ref {
  namespace?: string;
  name: string;
}

/** A Ref, or what is known of one: without a name it is a collection. */
type Place = { namespace?: string | undefined; name?: string | undefined };

export function defineResource<T extends KubeObject>(resource: Omit<Resource, "_type">): Resource<T> {
  return Object.freeze({ ...resource });
}

/** `group/version`, or `v1` alone in the core group. */
export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** "namespace/name", or "name" for what has no namespace: the key of caches and queues. */
export function keyOf(of: Ref | KubeObject): string {
  const { namespace, name } = "metadata" in of ? of.metadata : of;
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/**
 * The path of a collection (no `name`), an object or one of its subresources. A namespaced collection without
 * a namespace spans all of them. Throws a RangeError for an object that lacks the namespace its kind needs.
 */
export function pathOf(resource: Resource, ref: Place = {}, subresource?: string): string {
  if (resource.namespaced && ref.name !== undefined && ref.namespace === undefined)
    throw new RangeError(`${resource.plural} ${ref.name}: a namespace is needed`);
  return [
    resource.group === "" ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`,
    ...(resource.namespaced && ref.namespace !== undefined ? ["namespaces", ref.namespace] : []),
    resource.plural,
    ...(ref.name === undefined ? [] : [encodeURIComponent(ref.name)]),
    ...(subresource === undefined ? [] : [subresource]),
  ].join("/");
}

/** What is being done, for messages and logs: "apply deployments/scale billing/inv-api". */
export function describe(verb: string, resource: Resource, ref: Place = {}, subresource?: string): string {
  const what = subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`;
  const which = [ref.namespace, ref.name].filter((part) => part !== undefined).join("/");
  return which === "" ? `${verb} ${what}` : `${verb} ${what} ${which}`;
}

/**
 * A model type of client-node as the wire has it: dates are strings, and the names that its generator had to
 * escape with an underscore are back.
 */
type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer U)[]
    ? Wire<U>[]
    : T extends object
      ? { [K in keyof T as K extends `_${infer Name}` ? Name : K]: Wire<T[K]> }
      : T;

type BuiltIn<T> = KubeObject & Wire<Omit<T, keyof KubeObject>>;

export type Pod = BuiltIn<V1Pod>;
export type Event = BuiltIn<EventsV1Event>;
export type Lease = BuiltIn<V1Lease>;
export type Deployment = BuiltIn<V1Deployment>;
export type HorizontalPodAutoscaler = BuiltIn<V2HorizontalPodAutoscaler>;
export type ResourceQuota = BuiltIn<V1ResourceQuota>;
export type Secret = BuiltIn<V1Secret>;
export type ConfigMap = BuiltIn<V1ConfigMap>;
export type Namespace = BuiltIn<V1Namespace>;

const core = { group: "", version: "v1", namespaced: true };

export const pods = defineResource<Pod>({ ...core, kind: "Pod", plural: "pods" });
export const resourceQuotas = defineResource<ResourceQuota>({
  ...core,
  kind: "ResourceQuota",
  plural: "resourcequotas",
});
export const secrets = defineResource<Secret>({ ...core, kind: "Secret", plural: "secrets" });
export const configMaps = defineResource<ConfigMap>({ ...core, kind: "ConfigMap", plural: "configmaps" });
export const namespaces = defineResource<Namespace>({
  ...core,
  namespaced: false,
  kind: "Namespace",
  plural: "namespaces",
});
export const events = defineResource<Event>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  namespaced: true,
});
export const leases = defineResource<Lease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
});
export const deployments = defineResource<Deployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  namespaced: true,
});
export const horizontalPodAutoscalers = defineResource<HorizontalPodAutoscaler>({
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  namespaced: true,
});
