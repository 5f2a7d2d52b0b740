import { clusterWideRights } from "../../../dev/demo/operator.ts";
import { OPERATOR_IMAGE } from "./images.ts";

/**
 * The operator as someone runs it who writes his own manifests: with the rights that the code names, under the
 * restricted Pod Security profile, with all else as Kubernetes gives it.
 */

export interface OperatorPodOptions {
  namespace: string;
  env?: Readonly<Record<string, string>>;
  args?: readonly string[];
  replicas?: number;
}

const labels = { "app.kubernetes.io/name": "invoiceops" };

/** A namespace in which only pods of the restricted profile are let in. */
export function restrictedNamespace(name: string): object {
  const enforced = { "pod-security.kubernetes.io/enforce": "restricted" };
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: enforced } };
}

/**
 * A Service and a Deployment of one replica, both named invoiceops: Kubernetes then gives the pod variables such as
 * INVOICEOPS_PORT, which look like ours.
 */
export function operatorManifests({ namespace, env = {}, args = [], replicas = 1 }: OperatorPodOptions): object[] {
  const metadata = { name: "invoiceops", namespace };
  const variables = Object.entries(env).map(([name, value]) => ({ name, value }));
  return [
    ...clusterWideRights(namespace),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 8080, targetPort: "http" }] },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: "invoiceops", ...podSpec(variables, args) } },
      },
    },
  ];
}

function podSpec(env: readonly object[], args: readonly string[]): object {
  return {
    terminationGracePeriodSeconds: 60,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: "invoiceops",
        image: OPERATOR_IMAGE,
        imagePullPolicy: "IfNotPresent",
        args,
        env,
        ports: [{ name: "http", containerPort: 8080 }],
        livenessProbe: { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 2 },
        readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 1 },
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "512Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
      },
    ],
  };
}
