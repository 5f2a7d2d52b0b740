import { rules as scaling } from "../scaling/part.ts";

/** A rule of RBAC, as in a ClusterRole. */
export interface PolicyRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
}

/** What the controllers themselves do, beside their parts. */
const controllers: readonly PolicyRule[] = [
  // `patch` on the object itself is for our finalizer alone.
  { apiGroups: ["invoiceops.dev"], resources: ["invoiceservices"], verbs: ["list", "watch", "patch"] },
  { apiGroups: ["invoiceops.dev"], resources: ["filingcalendars"], verbs: ["list", "watch"] },
  { apiGroups: ["invoiceops.dev"], resources: ["invoiceservices/status", "filingcalendars/status"], verbs: ["patch"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "patch"] },
];

/** Everything the operator does outside its own namespace: the ClusterRole of the chart is made of this. */
export const rules: readonly PolicyRule[] = [...controllers, ...scaling];

/** In the operator's own namespace: the Lease of the leader election. */
export const leaseRules: readonly PolicyRule[] = [
  { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"] },
];

/** In each namespace whose InvoiceServices name Secrets in spec.prometheus: those Secrets, or all of the namespace. */
export const secretRules: readonly PolicyRule[] = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
