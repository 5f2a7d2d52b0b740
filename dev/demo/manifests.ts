import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { FilingCalendarManifest } from "../../src/api/v1alpha1/filing-calendar.ts";
import type { InvoiceServiceManifest } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Deployment, HorizontalPodAutoscaler } from "../../src/kube/resource.ts";
import type { FilingWindow } from "./replay.ts";
import type { Manifest } from "./resources.ts";
import type { Tempo } from "./tempo.ts";

/** What the demo applies: the files of examples/filing-peak, made to fit into minutes. */

const ROOT = join(import.meta.dirname, "../..");
const DAY_MS = 86_400_000;

export interface Example {
  deployment: Manifest & Deployment;
  autoscaler: Manifest & HorizontalPodAutoscaler;
  calendar: Manifest & FilingCalendarManifest;
  service: Manifest & InvoiceServiceManifest;
}

export function readExample(): Example {
  return {
    deployment: read("examples/filing-peak/deployment.yaml"),
    autoscaler: read("examples/filing-peak/autoscaler.yaml"),
    calendar: read("examples/filing-peak/filing-calendar.yaml"),
    service: read("examples/filing-peak/invoice-service.yaml"),
  } as Example;
}

function read(file: string): unknown {
  return parse(readFileSync(join(ROOT, file), "utf8"));
}

/** The CustomResourceDefinitions of this checkout. */
export function readCrds(): Manifest[] {
  const files = readdirSync(join(ROOT, "crds")).filter((file) => file.endsWith(".yaml"));
  return files.map((file) => read(`crds/${file}`) as Manifest);
}

/**
 * The example where weeks are minutes: the calendar has a window that is near, and what comes after a deadline (grace, steps
 * down, the autoscaler's own wait) takes seconds instead of hours. How long pods take to start stays as it is.
 */
export function inAHurry(example: Example, window: FilingWindow, tempo: Tempo, prometheusUrl: string): Example {
  const { autoscaler, calendar, service } = example;
  return {
    ...example,
    autoscaler: {
      ...autoscaler,
      spec: { ...autoscaler.spec, behavior: { scaleDown: { stabilizationWindowSeconds: tempo.settleSeconds } } },
    },
    calendar: {
      ...calendar,
      spec: {
        timeZone: "UTC",
        dates: [
          { period: "now", opens: localTime(window.opens), deadline: localTime(window.deadline) },
          // A calendar without a window ahead is one that somebody forgot.
          {
            period: "next",
            opens: localTime(window.opens + 20 * DAY_MS),
            deadline: localTime(window.deadline + 34 * DAY_MS),
          },
        ],
      },
    },
    service: {
      ...service,
      spec: {
        ...service.spec,
        prometheus: { url: prometheusUrl },
        scaling: {
          ...service.spec.scaling,
          stabilization: { down: `${tempo.settleSeconds}s` },
          release: { grace: tempo.grace, stepPercent: 34, every: tempo.every },
        },
      },
    },
  };
}

/** The example under other names, for a cluster that is not ours: nothing there is met by accident. */
export function elsewhere(example: Example, names: { namespace: string; calendar: string }): Example {
  const { namespace } = names;
  const { deployment, autoscaler, calendar, service } = example;
  const moved = <T extends Manifest>(manifest: T): T => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace },
  });
  return {
    deployment: moved(deployment),
    autoscaler: moved(autoscaler),
    calendar: { ...calendar, metadata: { name: names.calendar } },
    service: {
      ...moved(service),
      spec: {
        ...service.spec,
        calendars: [{ name: names.calendar }],
        demand: { ...service.spec.demand, select: { ...service.spec.demand.select, namespace } },
      },
    },
  };
}

/** Pods that cost next to nothing and stay up: on a real cluster some twenty of them must find room. */
export function small(deployment: Example["deployment"], image: string): Example["deployment"] {
  const { template, ...spec } = deployment.spec!;
  const containers = template.spec!.containers.map((container) => ({
    ...container,
    image,
    resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "32Mi" } },
  }));
  return { ...deployment, spec: { ...spec, template: { ...template, spec: { ...template.spec, containers } } } };
}

function localTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
