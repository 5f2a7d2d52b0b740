import { describe, expect, it } from "vitest";
import type { KubeObject, ManagedFieldsEntry } from "../kube/resource.ts";
import { declares, isOurs, LAST_APPLIED, managersOf, mendingOf, ownershipOf } from "./ownership.ts";

const MIN = ["spec", "minReplicas"];
const REPLICAS = ["spec", "replicas"];

const entry = (manager: string, operation: string, fieldsV1: object, subresource?: string): ManagedFieldsEntry => ({
  manager,
  operation,
  apiVersion: "autoscaling/v2",
  time: "2027-01-10T08:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1,
  ...(subresource === undefined ? {} : { subresource }),
});

/** What creating an HPA books for its creator: the defaulted minimum too, when it was no server-side apply. */
const hpaSpec = { "f:maxReplicas": {}, "f:metrics": {}, "f:minReplicas": {}, "f:scaleTargetRef": {} };
const annotation = { "f:annotations": { ".": {}, [`f:${LAST_APPLIED}`]: {} } };
const hpaStatus = entry(
  "kube-controller-manager",
  "Update",
  { "f:status": { "f:conditions": {}, "f:currentReplicas": {}, "f:desiredReplicas": {} } },
  "status",
);
const scaleBy = (manager: string): ManagedFieldsEntry =>
  entry(manager, "Update", { "f:spec": { "f:replicas": {} } }, "scale");

function hpa(managedFields: ManagedFieldsEntry[], lastApplied?: object | string): KubeObject {
  const text = typeof lastApplied === "string" ? lastApplied : JSON.stringify(lastApplied);
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: {
      name: "vat-api",
      managedFields,
      ...(lastApplied === undefined ? {} : { annotations: { [LAST_APPLIED]: text } }),
    },
  };
}

const clientApplied = (manager: string, spec: object = hpaSpec): ManagedFieldsEntry =>
  entry(manager, "Update", { "f:metadata": annotation, "f:spec": spec });

describe("ownershipOf", () => {
  it.each<[string, KubeObject, readonly string[], ReturnType<typeof ownershipOf>]>([
    ["nobody is booked", { metadata: { name: "vat-api" } }, MIN, { class: "Free" }],
    [
      "an HPA was made by kubectl create, which books the default for its creator",
      hpa([entry("kubectl-create", "Update", { "f:spec": hpaSpec }), hpaStatus]),
      MIN,
      { class: "Free" },
    ],
    [
      "an HPA was made by client-side apply without the field",
      hpa([clientApplied("kubectl-client-side-apply"), hpaStatus], { spec: { maxReplicas: 20 } }),
      MIN,
      { class: "Free" },
    ],
    [
      "an HPA was made by server-side apply without the field",
      hpa([entry("kubectl", "Apply", { "f:spec": { "f:maxReplicas": {} } }), hpaStatus]),
      MIN,
      { class: "Free" },
    ],
    [
      "it is ours alone",
      hpa([entry("invoiceops", "Apply", { "f:spec": { "f:minReplicas": {} } })]),
      MIN,
      { class: "Free" },
    ],
    ["we wrote the count of a Deployment", hpa([scaleBy("invoiceops")]), REPLICAS, { class: "Free" }],
    ["an HPA that is gone wrote it", hpa([scaleBy("kube-controller-manager")]), REPLICAS, { class: "Free" }],
    ["only the status belongs to the HPA controller", hpa([hpaStatus]), MIN, { class: "Free" }],
    ["last-applied is broken JSON", hpa([clientApplied("kubectl-client-side-apply")], "{"), MIN, { class: "Free" }],
    ["last-applied is no object", hpa([clientApplied("kubectl-client-side-apply")], "null"), MIN, { class: "Free" }],
    [
      "last-applied has the field as null",
      hpa([clientApplied("kubectl-client-side-apply")], { spec: { minReplicas: null } }),
      MIN,
      { class: "Free" },
    ],
    [
      "it stands in last-applied",
      hpa([clientApplied("kubectl-client-side-apply"), hpaStatus], { spec: { minReplicas: 2 } }),
      MIN,
      { class: "Declared", manager: "kubectl-client-side-apply" },
    ],
    [
      "it stands in last-applied while the value is ours",
      hpa(
        [
          clientApplied("kubectl-client-side-apply", { "f:maxReplicas": {} }),
          entry("invoiceops", "Apply", { "f:spec": { "f:minReplicas": {} } }),
        ],
        { spec: { minReplicas: 2 } },
      ),
      MIN,
      { class: "Declared", manager: "kubectl-client-side-apply" },
    ],
    [
      "it stands in last-applied and an autoscaler wrote the value: the manifest declares it, not the autoscaler",
      hpa([clientApplied("kubectl-client-side-apply", {}), scaleBy("kube-controller-manager")], {
        spec: { replicas: 2 },
      }),
      REPLICAS,
      { class: "Declared", manager: "kubectl-client-side-apply" },
    ],
    [
      "Argo CD applied it in its default way",
      hpa([clientApplied("argocd-controller")], { spec: { minReplicas: 2 } }),
      MIN,
      { class: "Declared", manager: "argocd-controller" },
    ],
    [
      "it stands in last-applied of a manager that is no longer booked",
      hpa([], { spec: { minReplicas: 2 } }),
      MIN,
      { class: "Declared", manager: "unknown" },
    ],
    ...["helm", "helm-controller", "Helm", "terraform-provider-helm_v3.0.2"].map(
      (manager): [string, KubeObject, readonly string[], ReturnType<typeof ownershipOf>] => [
        `${manager} updated it and left no annotation`,
        hpa([entry(manager, "Update", { "f:spec": hpaSpec })]),
        MIN,
        { class: "Declared", manager },
      ],
    ),
    [
      "Helm owns other fields only",
      hpa([entry("helm", "Update", { "f:spec": { "f:maxReplicas": {} } })]),
      MIN,
      { class: "Free" },
    ],
    [
      "a server-side apply owner holds it",
      hpa([entry("kustomize-controller", "Apply", { "f:spec": hpaSpec }), hpaStatus]),
      MIN,
      { class: "Enforced", manager: "kustomize-controller" },
    ],
    [
      "a server-side apply owner holds it together with us",
      hpa([
        entry("invoiceops", "Apply", { "f:spec": { "f:minReplicas": {} } }),
        entry("argocd-controller", "Apply", { "f:spec": hpaSpec }),
      ]),
      MIN,
      { class: "Enforced", manager: "argocd-controller" },
    ],
    [
      "Helm 4 holds it by server-side apply, whatever last-applied says",
      hpa([entry("helm", "Apply", { "f:spec": hpaSpec })], { spec: { minReplicas: 2 } }),
      MIN,
      { class: "Enforced", manager: "helm" },
    ],
    [
      "an owner has no name",
      hpa([{ operation: "Apply", fieldsV1: { "f:spec": hpaSpec } }]),
      MIN,
      { class: "Enforced", manager: "unknown" },
    ],
  ])("where %s", (_, object, path, expected) => {
    expect(ownershipOf(object, path)).toEqual(expected);
  });
});

describe("who owns the field", () => {
  const shared = hpa([
    entry("invoiceops", "Apply", { "f:spec": { "f:minReplicas": {} } }),
    entry("argocd-controller", "Apply", { "f:spec": hpaSpec }),
    hpaStatus,
  ]);

  it("names all of its managers and none of other fields", () => {
    expect(managersOf(shared, MIN)).toEqual(["invoiceops", "argocd-controller"]);
  });

  it("knows our value by our name", () => {
    expect(isOurs(shared, MIN)).toBe(true);
    expect(isOurs(shared, REPLICAS)).toBe(false);
    expect(isOurs(hpa([hpaStatus]), MIN)).toBe(false);
  });
});

describe("a client-side manifest", () => {
  const applied = hpa([clientApplied("argocd-controller"), hpaStatus], { spec: { minReplicas: 2 } });

  it.each<[string, KubeObject, string, boolean]>([
    ["has the field for whoever applied it", applied, "argocd-controller", true],
    ["does not have it for another one", applied, "cron-hpa", false],
    [
      "does not have it once it is left out, although the value is still that manager's",
      hpa([clientApplied("argocd-controller")], { spec: { maxReplicas: 20 } }),
      "argocd-controller",
      false,
    ],
    ["is none where Helm leaves no annotation", hpa([entry("helm", "Update", { "f:spec": hpaSpec })]), "helm", false],
  ])("%s", (_, object, manager, expected) => {
    expect(declares(manager, object, MIN)).toBe(expected);
  });
});

describe("mendingOf", () => {
  const byHand = hpa([entry("kubectl-edit", "Update", { "f:spec": { "f:minReplicas": {} } })]);

  it.each<[string, KubeObject, string[]]>([
    [
      "argocd-controller",
      hpa([]),
      [
        "ignoreDifferences: [{group: autoscaling, kind: HorizontalPodAutoscaler, jsonPointers: [/spec/minReplicas]}]",
        "RespectIgnoreDifferences=true",
        ", or leave spec.minReplicas out of the manifest in Git (the sync that takes it out sets it to its default for a moment)",
      ],
    ],
    [
      "argocd-controller",
      hpa([entry("argocd-controller", "Apply", { "f:spec": hpaSpec })]),
      ["RespectIgnoreDifferences=true] in the Application and spec.scaling.takeOver: true in the InvoiceService, or"],
    ],
    ["helm", hpa([]), ["leave spec.minReplicas out of the chart's HorizontalPodAutoscaler"]],
    ["terraform-provider-helm_v3.0.2", hpa([]), ["out of the chart's"]],
    [
      "helm",
      hpa([entry("helm", "Apply", { "f:spec": hpaSpec })]),
      ["set spec.scaling.takeOver: true first, then leave spec.minReplicas out of the chart's HorizontalPodAutoscaler"],
    ],
    ["kustomize-controller", hpa([]), ["leave spec.minReplicas out of the manifest in Git", "Flux"]],
    [
      "kubectl-client-side-apply",
      hpa([clientApplied("kubectl-client-side-apply")], { spec: { minReplicas: 2 } }),
      ["kubectl apply edit-last-applied", "remove spec.minReplicas there first, then from the manifest"],
    ],
    [
      "kubectl",
      hpa([entry("kubectl", "Apply", { "f:spec": hpaSpec })]),
      ["leave spec.minReplicas out of what kubectl applies and apply it once more"],
    ],
    ["kubectl-edit", byHand, ["have kubectl-edit leave spec.minReplicas alone"]],
    ["cron-hpa", hpa([]), ["have cron-hpa leave spec.minReplicas alone"]],
  ])("tells the user of %s what to change", (manager, object, parts) => {
    for (const part of parts) expect(mendingOf(manager, object, MIN)).toContain(part);
  });

  it("has an empty group for the core API", () => {
    const object: KubeObject = { apiVersion: "v1", kind: "ReplicationController", metadata: { name: "old" } };
    expect(mendingOf("argocd-controller", object, REPLICAS)).toContain('{group: "", kind: ReplicationController');
  });
});
