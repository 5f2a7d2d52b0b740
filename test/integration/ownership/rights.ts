import type { AuditEvent } from "../../../dev/cluster/audit-log.ts";
import { leaseRules, rules, secretRules, type PolicyRule } from "../../../src/operator/rbac.ts";

/** Each right of the operator on its own, such as `patch apps/deployments/scale`. */
export const listedRights: readonly string[] = [...rules, ...leaseRules("invoiceops"), ...secretRules]
  .flatMap(rightsOf)
  .toSorted();

/** The rights that requests needed, each once. */
export function rightsUsed(requests: readonly AuditEvent[]): string[] {
  return [...new Set(requests.flatMap((request) => rightOf(request) ?? []))].toSorted();
}

function rightsOf({ apiGroups, resources, verbs }: PolicyRule): string[] {
  return apiGroups.flatMap((group) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`)),
  );
}

/** Undefined for what everybody may ask, such as which kinds are served. */
function rightOf({ verb, objectRef }: AuditEvent): string | undefined {
  if (!objectRef?.resource) return undefined;
  const { apiGroup = "", resource, subresource } = objectRef;
  return `${verb} ${apiGroup}/${resource}${subresource === undefined ? "" : `/${subresource}`}`;
}
