import { parse } from "yaml";
import {
  defineResource,
  deployments,
  horizontalPodAutoscalers,
  type KubeObject,
  type Resource,
} from "../../../src/kube/resource.ts";
import { autoscaler, deployment, floorOf, invoiceService, type SpecChanges } from "../ownership/manifests.ts";
import { applicationOf, type Application } from "./applications.ts";
import { readDeploy } from "./deploy.ts";

/** Who may write the field, for each way in which a team may have it in Git and Argo CD may apply it. */

/** What Git says, what the floor is, and what the floor becomes later on. */
export const IN_GIT = 2;
export const FLOOR = 5;
export const HIGHER = 7;

/** An annotation that is none of the operator's business. */
export const NOTE = "example.com/note";

const kinds = {
  Deployment: { short: "deploy", field: "replicas", file: "deployment", resource: deployments as Resource },
  StatefulSet: {
    short: "stateful",
    field: "replicas",
    file: "statefulset",
    resource: defineResource({
      group: "apps",
      version: "v1",
      kind: "StatefulSet",
      plural: "statefulsets",
      namespaced: true,
    }),
  },
  HorizontalPodAutoscaler: {
    short: "hpa",
    field: "minReplicas",
    file: "autoscaler",
    resource: horizontalPodAutoscalers as Resource,
  },
  ScaledObject: {
    short: "keda",
    field: "minReplicaCount",
    file: "scaledobject",
    resource: defineResource({
      group: "keda.sh",
      version: "v1alpha1",
      kind: "ScaledObject",
      plural: "scaledobjects",
      namespaced: true,
    }),
  },
} as const;

export interface Case {
  /** Of the Application, its namespace, folder and objects. */
  name: string;
  says: string;
  kind: keyof typeof kinds;
  /** Below `spec`. */
  field: string;
  resource: Resource;
  apply: "client" | "server";
  /** Whether the field is in Git. */
  declared: boolean;
  /** Whether the Application has what deploy/argocd/ignore-differences says. */
  ignored: boolean;
  takeOver: boolean;
  /** What the field is at where nobody gives a value; undefined where it is not there then. */
  default: 1 | undefined;
  /** What FloorApplied comes to. */
  outcome: "Applied" | "DeclaredElsewhere" | "Contested";
  /** How often the operator writes the field until the floor changes; a contest has at most two resets. */
  writes: number;
}

type Row = [apply: Case["apply"], git: keyof typeof inGit, outcome: Case["outcome"], writes: number];

const inGit = {
  omitted: "not in Git",
  declared: "in Git",
  ignored: "in Git and ignored",
  taken: "in Git and ignored, with takeOver",
};

const declaredRows: Row[] = [
  // Reset, raised again, reset: two writes, and then never again.
  ["client", "declared", "Contested", 2],
  // Argo CD applies it with force: it is not even tried.
  ["server", "declared", "Contested", 0],
  ["client", "ignored", "DeclaredElsewhere", 1],
  // Argo CD applies the live value, and so still owns it.
  ["server", "ignored", "Contested", 0],
  ["server", "taken", "Applied", 1],
];
const omittedRows: Row[] = [
  ["client", "omitted", "Applied", 1],
  ["server", "omitted", "Applied", 1],
];

export const cases: readonly Case[] = [
  ...[...omittedRows, ...declaredRows].map((row) => caseOf("Deployment", row)),
  ...[...omittedRows, ...declaredRows].map((row) => caseOf("HorizontalPodAutoscaler", row)),
  // Its count is one as that of a Deployment; what differs is the block that ignores it.
  ...declaredRows.filter(([, , outcome]) => outcome !== "Contested").map((row) => caseOf("StatefulSet", row)),
  // Without a minimum KEDA takes its workload to zero.
  ...declaredRows.map((row) => caseOf("ScaledObject", row)),
];

function caseOf(kind: Case["kind"], [apply, git, outcome, writes]: Row): Case {
  const { short, field, resource } = kinds[kind];
  return {
    name: `${short}-${git}-${apply}`,
    says: `${kind} with ${field} ${inGit[git]}, applied ${apply}-side`,
    kind,
    field,
    resource,
    apply,
    declared: git !== "omitted",
    ignored: git === "ignored" || git === "taken",
    takeOver: git === "taken",
    default: kind === "ScaledObject" ? undefined : 1,
    outcome,
    writes,
  };
}

/** The objects in Git. `note` is something to change beside the field; `declared` overrides the case's own. */
export function objectsOf(
  { name, kind, takeOver, ...one }: Case,
  { floor = FLOOR, note = "first", declared = one.declared } = {},
): object[] {
  const count = declared ? IN_GIT : undefined;
  const workload = kind === "StatefulSet" ? statefulSet(name, count) : deployment(name, ownCount(kind, count));
  const changes: SpecChanges = {
    ...floorOf(floor),
    workload: { apiVersion: "apps/v1", kind: workload.kind!, name },
    ...(takeOver ? { scaling: { takeOver } } : {}),
  };
  return [
    noted(workload, { [NOTE]: note }),
    ...(kind === "HorizontalPodAutoscaler"
      ? // There are no metrics in this cluster, which Argo CD holds against an autoscaler.
        [noted(autoscaler(name, count), { [NOTE]: note, "argocd.argoproj.io/ignore-healthcheck": "true" })]
      : []),
    ...(kind === "ScaledObject" ? [noted(scaledObject(name, count), { [NOTE]: note })] : []),
    {
      apiVersion: "invoiceops.dev/v1alpha1",
      kind: "InvoiceService",
      metadata: { name },
      spec: invoiceService(name, changes),
    },
  ];
}

export async function applicationFor({ name, kind, apply, ignored }: Case): Promise<Application> {
  const syncOptions = apply === "server" ? ["ServerSideApply=true"] : [];
  if (!ignored) return applicationOf(name, { syncOptions });
  const text = await readDeploy(`ignore-differences/${kinds[kind].file}.yaml`);
  const { spec } = parse(text) as Pick<Application, "spec">;
  return applicationOf(name, {
    syncOptions: [...syncOptions, ...(spec.syncPolicy.syncOptions ?? [])],
    ...(spec.ignoreDifferences ? { ignoreDifferences: spec.ignoreDifferences } : {}),
  });
}

function ownCount(kind: Case["kind"], count: number | undefined): number | undefined {
  return kind === "Deployment" ? count : undefined;
}

function statefulSet(name: string, replicas: number | undefined): KubeObject {
  const { spec, ...rest } = deployment(name, replicas);
  return { ...rest, kind: "StatefulSet", spec: { ...spec, serviceName: name } } as KubeObject;
}

/** Its trigger is not active, so KEDA holds the minimum. */
function scaledObject(name: string, minReplicaCount: number | undefined): KubeObject {
  const trigger = { timezone: "Etc/UTC", start: "0 0 1 1 *", end: "1 0 1 1 *", desiredReplicas: "4" };
  const spec = {
    scaleTargetRef: { name },
    ...(minReplicaCount === undefined ? {} : { minReplicaCount }),
    maxReplicaCount: 15,
    triggers: [{ type: "cron", metadata: trigger }],
  };
  return { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", metadata: { name }, spec } as KubeObject;
}

function noted<T extends KubeObject>(object: T, annotations: Record<string, string>): T {
  return { ...object, metadata: { ...object.metadata, annotations } };
}
