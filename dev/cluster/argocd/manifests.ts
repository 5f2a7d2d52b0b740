import { randomBytes } from "node:crypto";

export const ARGOCD_NAMESPACE = "argocd";
/** As whom it works in the cluster; its writes are told from others' by it. */
export const CONTROLLER_ACCOUNT = "argocd-application-controller";

/** What Argo CD's own install brings beside its CRDs and its pods, as far as it is read. */
export function argoCdManifests(settings: Readonly<Record<string, string>>): object[] {
  const metadata = (name: string): object => ({
    name,
    namespace: ARGOCD_NAMESPACE,
    labels: { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "argocd" },
  });
  const configMap = (name: string, data: object = {}): object => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(name),
    data,
  });
  const role = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: ARGOCD_NAMESPACE } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata(CONTROLLER_ACCOUNT) },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: CONTROLLER_ACCOUNT },
      roleRef: role,
      subjects: [{ kind: "ServiceAccount", namespace: ARGOCD_NAMESPACE, name: CONTROLLER_ACCOUNT }],
    },
    configMap("argocd-cm", settings),
    ...["argocd-rbac-cm", "argocd-tls-certs-cm", "argocd-ssh-known-hosts-cm", "argocd-gpg-keys-cm"].map((name) =>
      configMap(name),
    ),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata("argocd-secret"),
      stringData: { "server.secretkey": randomBytes(32).toString("base64") },
    },
  ];
}
