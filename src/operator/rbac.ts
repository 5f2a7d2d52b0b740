import { rules as scaling } from "../scaling/part.ts";
import { rules as forecastStore } from "./forecast-store.ts";

/** A rule of RBAC, as in a ClusterRole. */
export interface PolicyRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
  /** Left out, it is about objects of every name. */
  resourceNames?: readonly string[];
}

/** On kinds that have no namespace: a ClusterRole, also when the operator watches some namespaces alone. */
export const clusterRules: readonly PolicyRule[] = [
  { apiGroups: ["invoiceops.dev"], resources: ["filingcalendars"], verbs: ["list", "watch"] },
  { apiGroups: ["invoiceops.dev"], resources: ["filingcalendars/status"], verbs: ["patch"] },
];

/** In each namespace that is watched: what the controllers themselves do, and their parts. */
export const namespaceRules: readonly PolicyRule[] = [
  // `patch` on the object itself is for our finalizer alone.
  { apiGroups: ["invoiceops.dev"], resources: ["invoiceservices"], verbs: ["list", "watch", "patch"] },
  { apiGroups: ["invoiceops.dev"], resources: ["invoiceservices/status"], verbs: ["patch"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
  ...scaling,
];

/**
 * In each namespace that is watched, unless somebody would rather have it learn anew after each start: the ConfigMaps
 * of what was learnt.
 */
export const stateRules: readonly PolicyRule[] = forecastStore;

/** Everything the operator does outside its own namespace when it watches all of them. */
export const rules: readonly PolicyRule[] = [...clusterRules, ...namespaceRules, ...stateRules];

/** In the operator's own namespace: the Lease of the leader election. A `create` cannot be held to a name. */
export function leaseRules(name: string): readonly PolicyRule[] {
  const lease = { apiGroups: ["coordination.k8s.io"], resources: ["leases"] };
  return [
    { ...lease, verbs: ["create"] },
    { ...lease, resourceNames: [name], verbs: ["get", "update"] },
  ];
}

/** In each namespace whose InvoiceServices name Secrets in spec.prometheus: those Secrets, or all of the namespace. */
export const secretRules: readonly PolicyRule[] = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];

/** In the namespace of each project of --argocd-projects: that one. Nothing of Argo CD's is ever written. */
export const projectRules: readonly PolicyRule[] = [
  { apiGroups: ["argoproj.io"], resources: ["appprojects"], verbs: ["get"] },
];
