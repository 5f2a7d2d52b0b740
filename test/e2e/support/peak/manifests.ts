import type { FilingCalendarManifest } from "../../../../src/api/v1alpha1/filing-calendar.ts";
import type { InvoiceServiceManifest } from "../../../../src/api/v1alpha1/invoice-service.ts";
import type { Manifest } from "../../../../dev/demo/resources.ts";
import { EXPECTED_FACTOR, type Timeline } from "./timeline.ts";

/** The sample service as it is scaled here. Times are those of a timeline: seconds where life has days. */

export const NAMESPACE = "billing";
/** Of the Deployment, its Service, its autoscaler and its InvoiceService. */
export const NAME = "invoice-server";

/** Requests/s that one replica serves (examples/invoice-server), and the share of it to plan with. */
export const PER_REPLICA = 20;
export const UTILIZATION = 0.7;
export const BOUNDS = { minReplicas: 2, maxReplicas: 10 };

export const METRIC = "http_requests_per_second";
export const QUERY = "sum by (namespace, service) (rate(http_requests_total[1m]))";
export const SERIES = { namespace: NAMESPACE, service: NAME };

/** Scales by the load alone. Whoever has invoiceops leaves out `minReplicas`, which is its field. */
export function autoscaler(minReplicas?: number): Manifest {
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas: BOUNDS.maxReplicas,
      metrics: [
        {
          type: "External",
          external: {
            metric: { name: METRIC, selector: { matchLabels: { service: NAME } } },
            target: { type: "AverageValue", averageValue: String(PER_REPLICA * UTILIZATION) },
          },
        },
      ],
    },
  };
}

/** As someone scales it by KEDA who has put the right date into a cron trigger: so many replicas from `from` to `to`, by the minute. */
export function scaledObject(prometheusUrl: string, cron: { from: number; to: number; replicas: number }): object {
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      scaleTargetRef: { name: NAME },
      minReplicaCount: BOUNDS.minReplicas,
      maxReplicaCount: BOUNDS.maxReplicas,
      triggers: [
        {
          type: "prometheus",
          metadata: { serverAddress: prometheusUrl, query: QUERY, threshold: String(PER_REPLICA * UTILIZATION) },
        },
        {
          type: "cron",
          metadata: {
            timezone: "UTC",
            start: minute(cron.from),
            end: minute(cron.to),
            desiredReplicas: String(cron.replicas),
          },
        },
      ],
    },
  };
}

export function filingCalendar({ opens, deadline }: Timeline): Manifest & FilingCalendarManifest {
  const MONTH_MS = 28 * 86_400_000;
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "FilingCalendar",
    metadata: { name: "vat" },
    spec: {
      timeZone: "UTC",
      dates: [
        { period: "now", opens: localTime(opens), deadline: localTime(deadline) },
        // A calendar without a window ahead is one that somebody forgot.
        { period: "next", opens: localTime(opens + MONTH_MS), deadline: localTime(deadline + MONTH_MS) },
      ],
    },
  };
}

export function invoiceService(): Manifest & InvoiceServiceManifest {
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "InvoiceService",
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      workload: { apiVersion: "apps/v1", kind: "Deployment", name: NAME },
      demand: { query: QUERY, select: { ...SERIES } },
      calendars: [{ name: "vat" }],
      scaling: {
        ...BOUNDS,
        perReplica: PER_REPLICA,
        utilization: UTILIZATION,
        expectedPeakFactor: EXPECTED_FACTOR,
        quantile: 0.5,
        release: { grace: "60s", stepPercent: 34, every: "10s" },
      },
    },
  };
}

function localTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}

/** As cron has it, in UTC. */
function minute(at: number): string {
  const time = new Date(at);
  return `${time.getUTCMinutes()} ${time.getUTCHours()} ${time.getUTCDate()} ${time.getUTCMonth() + 1} *`;
}
