import { readFile } from "node:fs/promises";

/** One request as the API server's audit log tells it (audit.k8s.io/v1). */
export interface AuditEvent {
  auditID: string;
  stage: "ResponseStarted" | "ResponseComplete" | "Panic";
  requestURI: string;
  verb: string;
  /** Without a name while nobody is known yet: a connection that was not authenticated. */
  user: { username?: string; groups?: string[] };
  userAgent?: string;
  objectRef?: {
    resource?: string;
    namespace?: string;
    name?: string;
    apiGroup?: string;
    apiVersion?: string;
    subresource?: string;
  };
  /** What was sent, on writes of workloads, autoscalers and our own kinds. */
  requestObject?: unknown;
  responseStatus?: { code?: number; reason?: string };
  /** When the request came in, and when this stage was reached; RFC 3339 with microseconds. */
  requestReceivedTimestamp: string;
  stageTimestamp: string;
}

/** What is left out matches everything. */
export interface AuditFilter {
  /** Such as `system:serviceaccount:billing:operator`. */
  user?: string;
  verb?: string | readonly string[];
  /** The plural, such as `deployments`. */
  resource?: string;
  subresource?: string;
  namespace?: string;
  name?: string;
}

/** Counts what people and ServiceAccounts ask; the control plane's own talk and health probes are left out. */
export const auditPolicy = {
  apiVersion: "audit.k8s.io/v1",
  kind: "Policy",
  omitStages: ["RequestReceived"],
  rules: [
    {
      level: "None",
      users: ["system:apiserver", "system:kube-controller-manager", "system:kube-scheduler", "system:kwok"],
    },
    { level: "None", userGroups: ["system:serviceaccounts:kube-system", "system:nodes"] },
    { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/openapi*", "/version"] },
    {
      level: "Request",
      verbs: ["create", "update", "patch"],
      resources: ["apps", "autoscaling", "keda.sh", "invoiceops.dev"].map((group) => ({ group })),
    },
    { level: "Metadata" },
  ],
};

/** The requests in the audit log that match, in the order in which they came in; each once, at its last stage. */
export async function readAuditLog(path: string, filter: AuditFilter = {}): Promise<AuditEvent[]> {
  const text = await readFile(path, "utf8");
  const requests = new Map<string, AuditEvent>();
  // What follows the last line end is still being written.
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    if (line === "") continue;
    const event = JSON.parse(line) as AuditEvent;
    if (matches(event, filter)) requests.set(event.auditID, event);
  }
  return [...requests.values()].toSorted((a, b) =>
    a.requestReceivedTimestamp < b.requestReceivedTimestamp
      ? -1
      : Number(a.requestReceivedTimestamp > b.requestReceivedTimestamp),
  );
}

function matches(event: AuditEvent, filter: AuditFilter): boolean {
  const verbs = typeof filter.verb === "string" ? [filter.verb] : filter.verb;
  const pairs: [wanted: string | undefined, is: string | undefined][] = [
    [filter.user, event.user.username],
    [filter.resource, event.objectRef?.resource],
    [filter.subresource, event.objectRef?.subresource],
    [filter.namespace, event.objectRef?.namespace],
    [filter.name, event.objectRef?.name],
  ];
  return (verbs?.includes(event.verb) ?? true) && pairs.every(([wanted, is]) => wanted === undefined || wanted === is);
}
