import { afterAll, beforeAll, expect, test } from "vitest";
import type { FilingCalendar } from "../../../src/api/v1alpha1/filing-calendar.ts";
import { deployments, resourceQuotas, type KubeObject } from "../../../src/kube/resource.ts";
import { filingCalendars } from "../../../src/operator/kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { autoscaler, deployment, type SpecChanges } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const DAY = 86_400_000;
const NEEDED = 18;

let stage: Stage;
let writers: Writers;
beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  writers = new Writers(stage);
  await stage.launch(await stage.account()).ready();
});
afterAll(() => stage.close());

/** The day, or the day and the minute, so far from now, as specs of zone Etc/UTC have it. */
const ahead = (ms: number, length = 16): string => new Date(Date.now() + ms).toISOString().slice(0, length);

const tomorrow = (): SpecChanges => ({
  events: [{ name: "peak", start: ahead(DAY), end: ahead(2 * DAY), timeZone: "Etc/UTC", replicas: NEEDED }],
});

/** What is told of a shortfall, while the floor is still at its base. */
async function shortfall(name: string, reason: string): Promise<{ message: string; numbers: unknown }> {
  const message = await stage.told(name, "CapacityShortfall", "True", reason);
  const { floor, floorReason, shortfall: numbers } = (await stage.service(name)).status?.scaling ?? {};
  expect({ floor, floorReason }).toEqual({ floor: 2, floorReason: "base" });
  return { message, numbers };
}

const none = (name: string): Promise<string> => stage.told(name, "CapacityShortfall", "False", "None");

test.concurrent("the peak of a coming window needs more than maxReplicas", async () => {
  const name = "max";
  const calendar = `${stage.namespace}-ahead`;
  const dates = [{ period: "next", opens: ahead(5 * DAY, 10), deadline: ahead(9 * DAY, 10) }];
  const manifest = { metadata: { name: calendar }, spec: { timeZone: "Etc/UTC", dates } };
  await stage.client.create(filingCalendars, manifest as unknown as FilingCalendar & KubeObject);
  await writers.create(deployment(name, 2));
  stage.demands(name, 150);
  await stage.serve(name, { calendars: [{ name: calendar }], scaling: { expectedPeakFactor: 20, quantile: 0.5 } });
  expect(await shortfall(name, "MaxReplicas")).toEqual({
    message: `window ${calendar} next needs 30 replicas, spec.scaling.maxReplicas allows 20: raise it in time`,
    numbers: { needed: 30, limit: 20, limitedBy: "spec.scaling.maxReplicas" },
  });
  await stage.change(name, { spec: { scaling: { maxReplicas: 30 } } });
  expect(await none(name)).toContain("fits under every limit");
});

test.concurrent("a coming event needs more than the HPA's maximum", async () => {
  const name = "hpa";
  await writers.apply("setup", deployments, deployment(name));
  await writers.create(autoscaler(name, 2));
  await stage.serve(name, tomorrow());
  const limitedBy = `the maximum of HorizontalPodAutoscaler/${name}`;
  expect(await shortfall(name, "AutoscalerMaximum")).toEqual({
    message: `event peak needs ${NEEDED} replicas, ${limitedBy} allows 15: raise it in time`,
    numbers: { needed: NEEDED, limit: 15, limitedBy },
  });
});

test.concurrent("a coming event needs more than a ResourceQuota leaves", async () => {
  const name = "quota";
  const hard = { "requests.cpu": "2" };
  await writers.apply("setup", resourceQuotas, { metadata: { name: "team" }, spec: { hard } } as KubeObject);
  const { spec, ...manifest } = deployment(name, 2);
  const containers = [{ name: "api", image: "invoices", resources: { requests: { cpu: "250m" } } }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  await writers.apply("setup", deployments, { ...manifest, spec: { ...spec, template } } as KubeObject);
  await stage.becomes(deployments, name, { status: { readyReplicas: 2 } });
  await stage.serve(name, tomorrow());
  const limitedBy = "ResourceQuota team requests.cpu";
  expect(await shortfall(name, "ResourceQuota")).toEqual({
    message: `event peak needs ${NEEDED} replicas, ${limitedBy} allows 8: raise it in time`,
    numbers: { needed: NEEDED, limit: 8, limitedBy },
  });
});
