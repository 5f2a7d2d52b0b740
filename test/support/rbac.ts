import assert from "node:assert/strict";
import type { Client } from "../../src/kube/client.ts";
import type { ClusterConfig } from "../../src/kube/config.ts";
import { defineResource, namespaces, pathOf, type KubeObject, type Resource } from "../../src/kube/resource.ts";
import type { Transport } from "../../src/kube/transport.ts";
import {
  clusterRules,
  leaseRules,
  namespaceRules,
  rules,
  secretRules,
  stateRules,
  type PolicyRule,
} from "../../src/operator/rbac.ts";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { eventually } from "./eventually.ts";

export const SERVICE_ACCOUNT = "invoiceops";
/** The operator's default --lease-name. */
const LEASE = "invoiceops";

const rbac = { group: "rbac.authorization.k8s.io", version: "v1" };
const kindOf = (place: { group: string; version: string }, kind: string, namespaced: boolean): Resource =>
  defineResource({ ...place, kind, plural: `${kind.toLowerCase()}s`, namespaced });
const serviceAccounts = kindOf({ group: "", version: "v1" }, "ServiceAccount", true);
const accessReviews = kindOf({ group: "authorization.k8s.io", version: "v1" }, "SubjectAccessReview", false);

export interface Rights {
  /** Default: the one that all tests of a namespace share. */
  account?: string;
  /** For an operator that watches all namespaces; default: this one alone. */
  everywhere?: boolean;
}

/**
 * The objects that give a ServiceAccount exactly the rights that the operator's rooms say they need. Of one that
 * watches this namespace alone, those of the cluster are about kinds without a namespace.
 */
function operatorIdentity(
  namespace: string,
  { account = SERVICE_ACCOUNT, everywhere = false }: Rights,
): [Resource, KubeObject][] {
  const metadata = { name: account, namespace };
  const unplaced = { name: `${account}-${namespace}` };
  const subjects = [{ kind: "ServiceAccount", ...metadata }];
  const roleRef = (kind: string, name: string): object => ({ apiGroup: rbac.group, kind, name });
  const objects: [Resource, KubeObject & { rules?: readonly PolicyRule[]; subjects?: object[]; roleRef?: object }][] = [
    [serviceAccounts, { metadata }],
    [kindOf(rbac, "ClusterRole", false), { metadata: unplaced, rules: everywhere ? rules : clusterRules }],
    [
      kindOf(rbac, "ClusterRoleBinding", false),
      { metadata: unplaced, subjects, roleRef: roleRef("ClusterRole", unplaced.name) },
    ],
    [
      kindOf(rbac, "Role", true),
      {
        metadata,
        rules: [...(everywhere ? [] : [...namespaceRules, ...stateRules]), ...leaseRules(LEASE), ...secretRules],
      },
    ],
    [kindOf(rbac, "RoleBinding", true), { metadata, subjects, roleRef: roleRef("Role", metadata.name) }],
  ];
  return objects;
}

/** Makes a ServiceAccount that may do what the operator does, in a namespace that is there. */
export async function giveRights(admin: Client, namespace: string, rights: Rights = {}): Promise<void> {
  for (const [resource, object] of operatorIdentity(namespace, rights)) await admin.create(resource, object);
  const user = `system:serviceaccount:${namespace}:${rights.account ?? SERVICE_ACCOUNT}`;
  const given = [
    { group: "invoiceops.dev", resource: "filingcalendars", verb: "list" },
    { namespace, resource: "secrets", verb: "get" },
  ];
  // The API server learns of new rights from a watch of its own.
  await eventually(async () => {
    for (const right of given) assert.ok(await mayDo(admin, user, right), `${right.verb} ${right.resource}`);
  });
}

/** Makes the namespace and the operator's ServiceAccount in it, and gives what speaks as that one. */
export async function becomeOperator(
  cluster: ClusterAccess,
  admin: Client & { transport: Transport },
  namespace: string,
): Promise<ClusterConfig> {
  await admin.create(namespaces, { metadata: { name: namespace } });
  await giveRights(admin, namespace);
  const answer = await admin.transport.request({
    method: "POST",
    path: pathOf(serviceAccounts, { namespace, name: SERVICE_ACCOUNT }, "token"),
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 86_400 } },
    doing: "ask for a token",
  });
  const { token } = (answer as { status: { token: string } }).status;
  const { server, ca } = cluster.connection;
  const credentials = { headers: { authorization: `Bearer ${token}` }, tls: { ca } };
  return { server, namespace, credentials: async () => credentials };
}

async function mayDo(admin: Client, user: string, resourceAttributes: object): Promise<boolean> {
  const review = { metadata: { name: "" }, spec: { user, resourceAttributes } };
  const answer = await admin.create(accessReviews, review);
  return (answer as { status?: { allowed?: boolean } }).status?.allowed ?? false;
}
