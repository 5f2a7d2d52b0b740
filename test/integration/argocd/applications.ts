import { ARGOCD_NAMESPACE } from "../../../dev/cluster/argocd/manifests.ts";
import { defineResource, type KubeObject } from "../../../src/kube/resource.ts";

/** Argo CD's kinds, as far as the tests read them. */

export interface Application extends KubeObject {
  spec: {
    project: string;
    source: {
      repoURL: string;
      path: string;
      targetRevision: string;
      helm?: { releaseName?: string; valuesObject?: Record<string, unknown> };
    };
    destination: { server: string; namespace: string };
    ignoreDifferences?: object[];
    syncPolicy: { automated?: { prune: boolean; selfHeal: boolean }; syncOptions?: string[] };
  };
  status?: {
    sync?: { status: string; revision?: string; comparedTo?: { ignoreDifferences?: object[] } };
    health?: { status: string };
    conditions?: { type: string; message: string }[];
    operationState?: {
      phase: string;
      message?: string;
      finishedAt?: string;
      syncResult?: { revision: string };
    };
    summary?: { externalURLs?: string[] };
    history?: object[];
    resources?: { kind: string; name: string; status?: string; health?: { status: string; message?: string } }[];
  };
}

export const applications = defineResource<Application>({
  group: "argoproj.io",
  version: "v1alpha1",
  kind: "Application",
  plural: "applications",
  namespaced: true,
});

/** Deleting such an Application deletes what it brought. */
export const CASCADE = "resources-finalizer.argocd.argoproj.io";

/** The Application of a case: its folder in Git, its namespace, self-heal and pruning on. */
export function applicationOf(
  name: string,
  more: { syncOptions?: readonly string[]; ignoreDifferences?: object[] } = {},
): Application {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: ARGOCD_NAMESPACE, finalizers: [CASCADE] },
    spec: {
      project: "default",
      source: { repoURL: "", path: `apps/${name}`, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: name },
      ...(more.ignoreDifferences ? { ignoreDifferences: more.ignoreDifferences } : {}),
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ["CreateNamespace=true", ...(more.syncOptions ?? [])],
      },
    },
  };
}
