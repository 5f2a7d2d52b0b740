import { describe, expect, test } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import type { KubeObject } from "../kube/resource.ts";
import { managersOf, mendingOf, ownershipOf } from "./ownership.ts";
import { trimMetadata } from "./trim.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
const path = ["spec", "minReplicas"];

const trimmed = (object: KubeObject, ...keep: string[]): KubeObject => ({
  ...object,
  metadata: trimMetadata(object, path, keep),
});

const object = (metadata: Partial<KubeObject["metadata"]>): KubeObject => ({
  apiVersion: "autoscaling/v2",
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "vat-api", ...metadata },
});

describe("metadata that is cut down", () => {
  test("keeps what names the object, and absent stays absent", () => {
    const metadata = {
      name: "vat-api",
      namespace: "billing",
      uid: "1",
      resourceVersion: "7",
      generation: 2,
      creationTimestamp: "2027-01-12T08:00:00Z",
      deletionTimestamp: "2027-01-13T08:00:00Z",
      ownerReferences: [{ apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "vat", uid: "2" }],
    };
    expect(trimmed(object({ ...metadata, labels: { app: "vat" }, finalizers: ["x/y"] })).metadata).toEqual(metadata);
    expect(trimmed(object({})).metadata).toEqual({ name: "vat-api" });
  });

  test("keeps our notes and the annotations that are asked for, and no others", () => {
    const ours = { "invoiceops.dev/base-replicas": "2", "invoiceops.dev/raised-for": "inv" };
    const paused = { "autoscaling.keda.sh/paused": "true" };
    const annotations = { ...ours, ...paused, "example.com/large": "x".repeat(10_000) };
    expect(trimmed(object({ annotations })).metadata.annotations).toEqual(ours);
    expect(trimmed(object({ annotations }), "autoscaling.keda.sh/paused").metadata.annotations).toEqual({
      ...ours,
      ...paused,
    });
  });

  test.each<[string, string, string]>([
    ["the field alone", '{"spec":{"minReplicas":2,"maxReplicas":9,"metrics":[]}}', '{"spec":{"minReplicas":2}}'],
    ["nothing where it has no such field", '{"spec":{"maxReplicas":9}}', "{}"],
    ["nothing of what is no JSON", "{not json", ""],
    ["nothing of JSON that is no object", "[1]", "{}"],
  ])("keeps of a last-applied configuration %s", (_, text, kept) => {
    expect(trimmed(object({ annotations: { [LAST_APPLIED]: text } })).metadata.annotations).toEqual({
      [LAST_APPLIED]: kept,
    });
  });

  test("keeps of each manager what it holds of the field and of the last-applied configuration", () => {
    const time = "2027-01-12T08:00:00Z";
    const managedFields = [
      {
        manager: "flux",
        operation: "Apply",
        apiVersion: "v1",
        time,
        fieldsV1: { "f:spec": { "f:minReplicas": {}, "f:metrics": {} } },
      },
      { manager: "hpa-controller", operation: "Update", subresource: "status", fieldsV1: { "f:status": {} } },
      {
        manager: "kubectl",
        operation: "Update",
        fieldsV1: { "f:metadata": { "f:annotations": { [`f:${LAST_APPLIED}`]: {} } }, "f:spec": {} },
      },
      { manager: "odd" },
    ];
    expect(trimmed(object({ managedFields })).metadata.managedFields).toEqual([
      { manager: "flux", operation: "Apply", fieldsV1: { "f:spec": { "f:minReplicas": {} } } },
      {
        manager: "kubectl",
        operation: "Update",
        fieldsV1: { "f:metadata": { "f:annotations": { [`f:${LAST_APPLIED}`]: {} } } },
      },
    ]);
  });
});

describe("the ladder sees the same on what is kept", () => {
  test.each<[string, (field: LiveField) => void]>([
    ["of a field that nobody holds", () => {}],
    ["of one that somebody has written", (it) => it.update("somebody", 3)],
    ["of one in a client-side manifest", (it) => it.clientApply(3)],
    ["of one that Helm holds", (it) => it.update("helm", 3)],
    ["of one that is applied", (it) => it.apply("argocd-controller", 3)],
    ["of one that is ours beside that", (it) => (it.apply("argocd-controller", 3), it.write({ value: 3, base: 2 }))],
    [
      "of one that an autoscaler wrote over a manifest",
      (it) => (it.clientApply(3), it.update("kube-controller-manager", 4)),
    ],
  ])("%s", (_, happen) => {
    const live = new LiveField("HorizontalPodAutoscaler", 2);
    happen(live);
    const whole = live.object();
    const kept = trimmed(whole);
    expect(ownershipOf(kept, path)).toEqual(ownershipOf(whole, path));
    expect(managersOf(kept, path)).toEqual(managersOf(whole, path));
    for (const manager of managersOf(whole, path)) {
      expect(mendingOf(manager, kept, path)).toBe(mendingOf(manager, whole, path));
    }
  });
});
