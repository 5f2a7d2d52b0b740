import { expect, test } from "vitest";
import type { Condition } from "../../api/v1alpha1/conditions.ts";
import type { InvoiceServiceStatus } from "../../api/v1alpha1/invoice-service.ts";
import { outOfGit } from "./out-of-git.ts";

type Scaling = NonNullable<InvoiceServiceStatus["scaling"]>;

const AT = "2026-11-12T07:00:00Z";
const floor = (reason: string, status: Condition["status"] = "True"): Condition => ({
  type: "FloorApplied",
  status,
  reason,
  message: "",
  lastTransitionTime: AT,
});
const contest = (cause: "Resets" | "Manifest" | "Applied"): Pick<Scaling, "contest"> => ({
  contest: { manager: "argocd-controller", since: AT, generation: 1, cause },
});
const declared = (cause: "Applied" | "Updated"): Pick<Scaling, "declared"> => ({
  declared: { manager: "helm", since: AT, cause },
});
const HPA = "HorizontalPodAutoscaler/vat-api";
const contested = floor("Contested", "False");

test.each<[string, Scaling, Condition | undefined, boolean | undefined, RegExp]>([
  ["that we hold", { owner: HPA, base: 2 }, floor("Applied"), true, /^invoiceops holds it/],
  ["of a plain count that we hold", { owner: "Deployment/vat-api" }, floor("Applied"), true, /^invoiceops holds it/],
  ["as its owner set it, no more than ours", { owner: HPA, base: 4 }, floor("AtBase"), true, /minReplicas is kept, 4/],
  [
    "as its owner set it, above ours",
    { owner: HPA, base: 6 },
    floor("AtBase"),
    false,
    /^the 6 .*, which is 4, to that/,
  ],
  ["raised above a base that is above ours", { owner: HPA, base: 6 }, floor("Applied"), false, /^the 6 /],
  [
    "of an autoscaler in a manifest",
    { owner: HPA, base: 2 },
    floor("DeclaredElsewhere"),
    true,
    /raised again at once$/,
  ],
  ["of a plain count in a manifest", { owner: "StatefulSet/a" }, floor("DeclaredElsewhere"), false, /which stops pods/],
  [
    "of a plain count in a chart that is upgraded server-side",
    { owner: "Deployment/vat-api", ...declared("Applied") },
    floor("DeclaredElsewhere"),
    true,
    /leaves it alone$/,
  ],
  [
    "of a plain count in a chart that is upgraded client-side",
    { owner: "Deployment/vat-api", ...declared("Updated") },
    floor("DeclaredElsewhere"),
    false,
    /which stops pods/,
  ],
  [
    "contested by a manifest",
    { owner: HPA, base: 2, ...contest("Manifest") },
    contested,
    true,
    /^that ends the contest/,
  ],
  ["contested by an apply owner", { owner: HPA, base: 2, ...contest("Applied") }, contested, true, /^that ends the/],
  ["contested by resets", { owner: HPA, base: 2, ...contest("Resets") }, contested, false, /before a refresh/],
  ["contested, above ours", { owner: HPA, base: 6, ...contest("Manifest") }, contested, false, /^the 6 /],
  ["changed by admission", { owner: HPA, base: 2 }, contested, false, /does not write it: Contested/],
  ["that is paused", { owner: HPA, base: 2 }, floor("Paused", "False"), false, /does not write it: Paused/],
  ["that there is none of", {}, floor("WorkloadNotFound", "False"), undefined, /^$/],
  ["of which nothing is known yet", { owner: HPA, base: 2 }, undefined, undefined, /^$/],
])("a field %s: %j", (_, scaling, applied, safe, why) => {
  const found = outOfGit(scaling, applied, 4);
  expect(found?.safe).toBe(safe);
  expect(found?.why ?? "").toMatch(why);
});

test.each([
  ["HorizontalPodAutoscaler/a", "spec.minReplicas"],
  ["ScaledObject/a", "spec.minReplicaCount"],
  ["Deployment/a", "spec.replicas"],
])("of %s it is %s", (owner, field) => {
  expect(outOfGit({ owner }, floor("Applied"), 4)?.field).toBe(field);
});
