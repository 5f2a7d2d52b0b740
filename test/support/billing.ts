import type { FilingCalendar, FilingCalendarManifest } from "../../src/api/v1alpha1/filing-calendar.ts";
import type { InvoiceService, InvoiceServiceManifest } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Deployment, HorizontalPodAutoscaler, KubeObject } from "../../src/kube/resource.ts";

/** Objects of the field cases' baseline S0: Deployment inv-api, InvoiceService inv, 2 to 20 replicas of 100 requests/s. */

type Spec = InvoiceServiceManifest["spec"];

/** The query of the main signal. */
export const RPS = "sum(rate(http_requests_total[2m]))";

interface ServiceOptions extends Partial<Omit<Spec, "demand" | "scaling">> {
  name?: string;
  annotations?: Record<string, string>;
  demand?: Partial<Spec["demand"]>;
  scaling?: Partial<Spec["scaling"]>;
}

/** The InvoiceService of S0; `scaling` and `demand` override field by field. It follows the Deployment `<name>-api`. */
export function invoiceService(options: ServiceOptions = {}): InvoiceService & KubeObject {
  const { name = "inv", annotations, demand, scaling, ...rest } = options;
  const manifest: InvoiceServiceManifest = {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "InvoiceService",
    metadata: { name, ...(annotations ? { annotations } : {}) },
    spec: {
      workload: { apiVersion: "apps/v1", kind: "Deployment", name: `${name}-api` },
      ...rest,
      demand: { query: RPS, ...demand },
      scaling: {
        minReplicas: 2,
        maxReplicas: 20,
        perReplica: 100,
        utilization: 1,
        tolerance: 0.1,
        stabilization: { up: "0s", down: "300s" },
        fallback: { afterFailures: 3, replicas: 6 },
        lead: "10m",
        ...scaling,
      },
    },
  };
  // The API server puts the defaults in.
  return manifest as InvoiceService & KubeObject;
}

/**
 * A Deployment with so many replicas. It is paused, so that nothing runs and its count is all there is to see; with
 * `pods` kwok's nodes run them.
 */
export function deployment(replicas: number, options: { name?: string; pods?: boolean } = {}): Deployment {
  const { name = "inv-api", pods = false } = options;
  const labels = { app: name };
  return {
    metadata: { name },
    spec: {
      replicas,
      paused: !pods,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "api", image: "registry.invalid/inv-api:1" }] } },
    },
  };
}

/** The autoscaler of a Deployment, with the minimum and maximum that its owner gave it. */
export function autoscaler(name: string, bounds: { min: number; max: number }): HorizontalPodAutoscaler {
  return {
    metadata: { name },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas: bounds.min,
      maxReplicas: bounds.max,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    },
  };
}

export function filingCalendar(name: string, spec: FilingCalendarManifest["spec"]): FilingCalendar & KubeObject {
  return { metadata: { name }, spec } as FilingCalendar & KubeObject;
}
