import { expect, it } from "vitest";
import type { Client } from "../../src/kube/client.ts";
import { deployments, events, pods, type Event, type KubeObject, type Pod } from "../../src/kube/resource.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { Observer } from "./observer.ts";

/** A client that reads what it is given, by plural name. */
function observerOf(objects: Record<string, KubeObject[]>): Observer {
  const client = {
    get: ({ plural }: { plural: string }) => Promise.resolve(objects[plural]?.[0]),
    list: ({ plural }: { plural: string }) => Promise.resolve({ items: objects[plural] ?? [], resourceVersion: "1" }),
  } as unknown as Client;
  const ref = { namespace: "billing", name: "vat" };
  return new Observer({ client, clock: new FakeClock(), service: ref, deployment: ref });
}

function event(name: string, overrides: Partial<Event>): Event {
  return {
    metadata: { name, uid: name },
    reportingController: "invoiceops",
    reason: "FloorRaised",
    note: "8 -> 23",
    regarding: { kind: "InvoiceService", name: "vat-issuing" },
    ...overrides,
  } as Event;
}

function pod(name: string, ready: string): Pod {
  return {
    metadata: { name, creationTimestamp: "2027-01-01T00:00:00Z" },
    status: { conditions: [{ type: "Ready", status: ready, lastTransitionTime: "2027-01-01T00:00:45Z" }] },
  };
}

it("a look has the replicas and the status as they are", async () => {
  const observer = observerOf({
    [deployments.plural]: [
      { metadata: { name: "vat" }, spec: { replicas: 8 }, status: { readyReplicas: 7 } } as KubeObject,
    ],
    [invoiceServices.plural]: [{ metadata: { name: "vat" }, status: { scaling: { floor: 8 } } } as KubeObject],
  });
  expect(await observer.look()).toEqual({
    at: Date.parse("2027-01-01T00:00:00Z"),
    replicas: 8,
    ready: 7,
    scaling: { floor: 8 },
    conditions: [],
  });
});

it("events of the operator and of the autoscaler are told once, in order, and again when they repeat", async () => {
  const rescale = event("rescale", {
    reportingController: "horizontal-pod-autoscaler",
    reason: "SuccessfulRescale",
    regarding: { kind: "HorizontalPodAutoscaler", name: "vat-api" },
    deprecatedLastTimestamp: "2027-01-01T00:00:20Z",
    deprecatedCount: 1,
  });
  const raised = event("raised", { eventTime: "2027-01-01T00:00:10.000000Z" });
  const scheduled = event("scheduled", { reportingController: "default-scheduler" });
  const all = [rescale, scheduled, raised];
  const observer = observerOf({ [events.plural]: all });
  expect((await observer.news()).map(({ about, reason }) => `${about} ${reason}`)).toEqual([
    "InvoiceService/vat-issuing FloorRaised",
    "HorizontalPodAutoscaler/vat-api SuccessfulRescale",
  ]);
  expect(await observer.news()).toEqual([]);
  all[0] = { ...rescale, deprecatedCount: 2 };
  expect(await observer.news()).toMatchObject([{ reason: "SuccessfulRescale" }]);
});

it("start durations are those of the pods that are ready", async () => {
  const observer = observerOf({ [pods.plural]: [pod("ready", "True"), pod("starting", "False")] });
  expect(await observer.startDurations()).toEqual([45_000]);
});
