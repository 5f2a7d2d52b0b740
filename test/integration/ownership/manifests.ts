import type { InvoiceServiceManifest } from "../../../src/api/v1alpha1/invoice-service.ts";
import type { KubeObject } from "../../../src/kube/resource.ts";

/** What the stages are furnished with. The Deployment, its autoscaler and its InvoiceService have the same name. */

type Spec = InvoiceServiceManifest["spec"];
export type SpecChanges = Partial<Omit<Spec, "scaling">> & { scaling?: Partial<Spec["scaling"]> };
type Manifest = KubeObject & { spec: object };

/** The query of a service's demand. */
export function queryOf(name: string): string {
  return `demand{service="${name}"}`;
}

/** Between 2 and 20 replicas of 100 requests/s; nothing of it waits. */
export function invoiceService(name: string, { scaling, ...changes }: SpecChanges = {}): Spec {
  return {
    workload: { apiVersion: "apps/v1", kind: "Deployment", name },
    demand: { query: queryOf(name) },
    scaling: {
      minReplicas: 2,
      maxReplicas: 20,
      perReplica: 100,
      utilization: 1,
      lead: "0s",
      stabilization: { down: "0s" },
      release: { grace: "0s", every: "1s" },
      ...scaling,
    },
    ...changes,
  };
}

/** An event that has begun long ago and does not end, with so many replicas. */
export function floorOf(replicas: number): Pick<Spec, "events"> {
  return {
    events: [{ name: "peak", start: "2020-01-01T00:00", end: "2100-01-01T00:00", timeZone: "Etc/UTC", replicas }],
  };
}

export function deployment(name: string, replicas?: number): Manifest {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      ...(replicas === undefined ? {} : { replicas }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "api", image: "invoices" }] },
      },
    },
  };
}

export function autoscaler(name: string, minReplicas?: number, workload = name): Manifest {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: workload },
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas: 15,
    },
  };
}
