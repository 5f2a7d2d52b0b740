import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterConfig } from "../../src/kube/config.ts";
import type { Transport } from "../../src/kube/transport.ts";
import {
  clusterRules,
  leaseRules,
  namespaceRules,
  rules,
  stateRules,
  type PolicyRule,
} from "../../src/operator/rbac.ts";
import { answers, type Component } from "../cluster/component.ts";
import { freePort } from "../cluster/ports.ts";
import type { Manifest } from "./resources.ts";

/** The operator of this checkout as a process of its own, with the rights that it has in a cluster and no others. */

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const NAME = "invoiceops";
const RBAC = "rbac.authorization.k8s.io/v1";

/** Its ServiceAccount in `namespace`, with rights on the whole cluster, as an installation has them. */
export function clusterWideRights(namespace: string): Manifest[] {
  return [
    account(namespace),
    clusterRole(NAME, rules),
    clusterBinding(NAME, namespace),
    ...bound(namespace, `${NAME}-lease`, leaseRules(NAME)),
  ];
}

/** Its ServiceAccount with rights in `namespace` alone; beside them it may read FilingCalendars, which have no namespace. */
export function namespacedRights(
  namespace: string,
  clusterRoleName: string,
): { inside: Manifest[]; outside: Manifest[] } {
  return {
    inside: [account(namespace), ...bound(namespace, NAME, [...namespaceRules, ...stateRules, ...leaseRules(NAME)])],
    outside: [clusterRole(clusterRoleName, clusterRules), clusterBinding(clusterRoleName, namespace)],
  };
}

function account(namespace: string): Manifest {
  return { apiVersion: "v1", kind: "ServiceAccount", metadata: { namespace, name: NAME } };
}

function clusterRole(name: string, of: readonly PolicyRule[]): Manifest {
  return { apiVersion: RBAC, kind: "ClusterRole", metadata: { name }, rules: of };
}

function clusterBinding(name: string, namespace: string): Manifest {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
  return {
    apiVersion: RBAC,
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef,
    subjects: subjects(namespace),
  };
}

/** A Role in the namespace, given to the account. */
function bound(namespace: string, name: string, of: readonly PolicyRule[]): Manifest[] {
  const metadata = { namespace, name };
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name };
  return [
    { apiVersion: RBAC, kind: "Role", metadata, rules: of },
    { apiVersion: RBAC, kind: "RoleBinding", metadata, roleRef, subjects: subjects(namespace) },
  ];
}

function subjects(namespace: string): object[] {
  return [{ kind: "ServiceAccount", namespace, name: NAME }];
}

/** Writes a kubeconfig that speaks as the operator's ServiceAccount, with a fresh token of a day. */
export async function writeOperatorKubeconfig(
  path: string,
  transport: Transport,
  cluster: ClusterConfig,
  namespace: string,
): Promise<void> {
  const answer = (await transport.request({
    method: "POST",
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${NAME}/token`,
    body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 86_400 } },
    doing: `create serviceaccounts/token ${namespace}/${NAME}`,
  })) as { status: { token: string } };
  const { ca, servername, rejectUnauthorized } = (await cluster.credentials()).tls;
  const access = {
    server: cluster.server,
    ...(ca === undefined ? {} : { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(servername === undefined ? {} : { "tls-server-name": servername }),
    ...(rejectUnauthorized === false ? { "insecure-skip-tls-verify": true } : {}),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "demo", cluster: access }],
    users: [{ name: NAME, user: { token: answer.status.token } }],
    contexts: [{ name: "demo", context: { cluster: "demo", user: NAME, namespace } }],
    "current-context": "demo",
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
}

/** The process; ready when its caches are. */
export async function operatorProcess(kubeconfig: string, args: readonly string[] = []): Promise<Component> {
  const port = await freePort();
  return {
    name: "invoiceops",
    command: process.execPath,
    args: [
      MAIN,
      `--kubeconfig=${kubeconfig}`,
      "--host=127.0.0.1",
      `--port=${port}`,
      "--evaluation-interval=5s",
      ...args,
    ],
    ready: () => answers(`http://127.0.0.1:${port}/readyz`),
  };
}
