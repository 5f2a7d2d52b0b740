import assert from "node:assert/strict";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import type { FilingCalendar } from "../../src/api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Deployment, HorizontalPodAutoscaler, KubeObject, Lease } from "../../src/kube/resource.ts";
import { CRDS } from "../support/crds.ts";
import { eventually } from "../support/eventually.ts";
import { OPERATOR_IMAGE } from "./support/images.ts";
import { startNode } from "./support/node.ts";
import { operatorManifests, restrictedNamespace } from "./support/operator-pod.ts";

/** The field cases that a bundle, a slim base or a container's environment could break, in the image that ships. */

const SYSTEM = "invoiceops-system";
const BILLING = "billing";

let node: RealNode;
let appliedTwice: string;

beforeAll(async () => {
  node = await startNode({ audit: true });
  // As a user does it who knows nothing of server-side apply, and once more as his pipeline does it.
  await node.cluster.kubectl(["apply", "-f", CRDS]);
  await node.cluster.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  appliedTwice = (await node.cluster.kubectl(["apply", "-f", CRDS])).stdout;
  await node.cluster.apply(restrictedNamespace(SYSTEM));
  const env = { TZ: "Pacific/Auckland" };
  await node.cluster.apply(operatorManifests({ namespace: SYSTEM, env, args: ["--evaluation-interval=1s"] }));
  await node.cluster.kubectl(["create", "namespace", BILLING]);
  await node.cluster.kubectl(["rollout", "status", "deployment/invoiceops", `--namespace=${SYSTEM}`]);
});
afterAll(() => node?.stop());

const BOUNDS = { minReplicas: 2, maxReplicas: 20, perReplica: 100 };

/** An event that has begun long ago and does not end. */
function always(name: string, timeZone: string, replicas: number): object {
  return { name, timeZone, start: "2020-01-01T00:00", end: "2100-01-01T00:00", replicas };
}

function service(name: string, spec: object): object {
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind: "InvoiceService",
    metadata: { name, namespace: BILLING },
    spec: {
      workload: { apiVersion: "apps/v1", kind: "Deployment", name: `${name}-api` },
      demand: { query: "sum(rate(http_requests_total[2m]))" },
      ...spec,
    },
  };
}

function calendarOf(name: string): { apiVersion: string; kind: string; metadata: { name: string } } {
  return { apiVersion: "invoiceops.dev/v1alpha1", kind: "FilingCalendar", metadata: { name } };
}

/** Its pods are never started: their count is all there is to see. */
function workload(name: string): object {
  const labels = { app: name };
  const containers = [{ name: "api", image: OPERATOR_IMAGE, imagePullPolicy: "IfNotPresent" }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `${name}-api`, namespace: BILLING },
    spec: { paused: true, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

function autoscaler(name: string): object {
  const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: `${name}-api` };
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: `${name}-api`, namespace: BILLING },
    spec: { scaleTargetRef, maxReplicas: 20 },
  };
}

const read = (name: string): Promise<InvoiceService & KubeObject> =>
  node.cluster.get<InvoiceService & KubeObject>("invoiceservice", name, BILLING);

async function metrics(): Promise<string> {
  const script = 'fetch("http://127.0.0.1:8080/metrics").then((answer) => answer.text()).then(console.log)';
  const where = ["deployment/invoiceops", `--namespace=${SYSTEM}`];
  return (await node.cluster.kubectl(["exec", ...where, "--", "/nodejs/bin/node", "-e", script])).stdout;
}

async function evaluations(): Promise<number> {
  const counts = [...(await metrics()).matchAll(/^invoiceops_evaluations_total\{.*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

const plain = (name: string): string => name.replace(/^f:/, "");

/** The first two steps of the path of each field below one of an object's; the status as a whole. */
function pathsBelow([name, fields]: [string, object]): string[] {
  const next = name === "f:status" ? [] : Object.keys(fields);
  return next.length === 0 ? [plain(name)] : next.map((field) => `${plain(name)}.${plain(field)}`);
}

/** What the operator has set. */
function fieldsOf({ metadata }: KubeObject): string[] {
  const own = (metadata.managedFields ?? []).filter(({ manager }) => manager === "invoiceops");
  return own.flatMap(({ fieldsV1 = {} }) => Object.entries(fieldsV1 as Record<string, object>).flatMap(pathsBelow));
}

describe("B37: objects under the care of Argo CD", () => {
  const labels = { "argocd.argoproj.io/instance": "billing", "app.kubernetes.io/instance": "billing" };
  const annotations = { "argocd.argoproj.io/tracking-id": "billing:invoiceops.dev/InvoiceService:billing/tracked" };
  /** The last one is what `kubectl apply` leaves on them. */
  const tracking = [...Object.keys({ ...labels, ...annotations }), "kubectl.kubernetes.io/last-applied-configuration"];
  const tracked = (object: object): object => {
    const { metadata, ...rest } = object as KubeObject;
    return { ...rest, metadata: { ...metadata, labels, annotations } };
  };
  const carried = ({ metadata }: KubeObject): string[] =>
    tracking.filter((name) => name in { ...metadata.labels, ...metadata.annotations });

  beforeAll(async () => {
    const dates = [{ period: "one", opens: "2027-07-01T08:00", deadline: "2027-07-20T18:00" }];
    const calendar = { ...calendarOf("tracked"), spec: { timeZone: "UTC", dates } };
    const spec = { scaling: BOUNDS, events: [always("peak", "UTC", 3)], calendars: [{ name: "tracked" }] };
    await node.cluster.apply(["tracked", "tracked-plain"].map(workload));
    await node.cluster.apply(autoscaler("tracked"));
    await node.cluster.apply([calendar, service("tracked", spec), service("tracked-plain", spec)].map(tracked));
    assert.deepEqual(carried(await read("tracked")), tracking);
    await eventually(async () => {
      const stored = await Promise.all([
        node.cluster.get<HorizontalPodAutoscaler>("hpa", "tracked-api", BILLING),
        node.cluster.get<Deployment>("deployment", "tracked-plain-api", BILLING),
        node.cluster.get<FilingCalendar>("filingcalendar", "tracked"),
      ]);
      assert.deepEqual([stored[0].spec?.minReplicas, stored[1].spec?.replicas], [3, 3]);
      assert.ok(stored[2].status?.next);
      const { stdout } = await node.cluster.kubectl([
        "get",
        "events.events.k8s.io",
        `--namespace=${BILLING}`,
        "-o=name",
      ]);
      assert.notEqual(stdout.trim(), "");
    }, 60_000);
  });

  test("nothing that the operator has created carries what marks them", async () => {
    const user = `system:serviceaccount:${SYSTEM}:invoiceops`;
    const creations = await node.cluster.auditEvents({ user, verb: "create" });
    const created = creations.filter(({ responseStatus }) => responseStatus?.code === 201);
    expect(new Set(created.map(({ objectRef }) => objectRef?.resource))).toEqual(new Set(["leases", "events"]));
    for (const { objectRef: { resource, apiGroup, namespace, name = "" } = {} } of created) {
      expect(carried(await node.cluster.get<KubeObject>(`${resource}.${apiGroup}`, name, namespace))).toEqual([]);
    }
  });

  test("of what it has written to at all it has marked nothing", async () => {
    const kinds = (await node.cluster.kubectl(["api-resources", "--verbs=list,get", "--output=name"])).stdout.trim();
    const args = ["--all-namespaces", "--output=json", "--show-managed-fields"];
    const { stdout } = await node.cluster.kubectl(["get", kinds.replaceAll("\n", ","), ...args]);
    const { items } = JSON.parse(stdout) as { items: KubeObject[] };
    const written = items.filter((object) => fieldsOf(object).length > 0);
    const ours = ["Lease", "Event", "InvoiceService", "FilingCalendar"];
    const others = ["Deployment", "HorizontalPodAutoscaler"];
    expect(new Set(written.map(({ kind }) => kind))).toEqual(new Set([...ours, ...others]));
    const fields = new Set(written.flatMap(fieldsOf));
    expect(fields).not.toContain("metadata.labels");
    expect(fields).not.toContain("metadata.ownerReferences");
    for (const { metadata } of written) {
      const own = JSON.stringify(metadata.managedFields?.filter(({ manager }) => manager === "invoiceops"));
      expect(tracking.filter((name) => own.includes(name))).toEqual([]);
    }
  });

  test("a Lease that somebody deletes is there again, and its holder is the same", async () => {
    const lease = (): Promise<Lease> => node.cluster.get<Lease>("lease", "invoiceops", SYSTEM);
    const before = await lease();
    await node.cluster.kubectl(["delete", "lease", "invoiceops", `--namespace=${SYSTEM}`]);
    await eventually(async () => {
      const after = await lease();
      assert.notEqual(after.metadata.uid, before.metadata.uid);
      assert.equal(after.spec?.holderIdentity, before.spec?.holderIdentity);
    }, 60_000);
  });
});

describe("B45: what is in Git stays as it is", () => {
  const manifest = service("settled", {
    events: [always("peak", "UTC", 3)],
    scaling: {
      ...BOUNDS,
      schedules: [
        { name: "office", timeZone: "Asia/Shanghai", start: "0 8 * * 1-5", end: "0 20 * * 1-5", replicas: 2 },
      ],
      release: { grace: "8760h" },
    },
  });
  let before: InvoiceService & KubeObject;

  beforeAll(async () => {
    // An autoscaler's minimum is given back in the end, which takes a finalizer.
    await node.cluster.apply([workload("settled"), autoscaler("settled"), manifest]);
    before = await read("settled");
    await eventually(async () => assert.equal((await read("settled")).status?.scaling?.floor, 3), 60_000);
    const sofar = await evaluations();
    await eventually(async () => assert.ok((await evaluations()) > sofar + 10), 60_000);
  });

  test("a client-side apply of the CRDs works twice, and the second changes nothing", () => {
    const lines = appliedTwice.trim().split("\n");
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter((line) => !line.endsWith(" unchanged"))).toEqual([]);
  });

  test("after ten evaluations kubectl diff shows nothing", async () => {
    // It ends with code 1 when there is a difference.
    expect((await node.cluster.kubectl(["diff", "-f", "-"], { input: JSON.stringify(manifest) })).stdout).toBe("");
  });

  test("the spec is the one that was applied, word for word", async () => {
    const { spec } = await read("settled");
    expect(spec).toEqual(before.spec);
    expect(spec.scaling.release.grace).toBe("8760h");
    expect(spec.scaling.schedules?.[0]?.start).toBe("0 8 * * 1-5");
  });

  test("the operator owns the status, its finalizer and nothing else", async () => {
    const args = ["--output=json", "--show-managed-fields", `--namespace=${BILLING}`];
    const { stdout } = await node.cluster.kubectl(["get", "invoiceservice/settled", ...args]);
    expect(fieldsOf(JSON.parse(stdout) as KubeObject).toSorted()).toEqual(["metadata.finalizers", "status"]);
  });
});

describe("B47: time zones in a container whose TZ is Pacific/Auckland", () => {
  test("the process believes that it is there", async () => {
    const where = ["deployment/invoiceops", `--namespace=${SYSTEM}`, "--", "/nodejs/bin/node", "-p"];
    const { stdout } = await node.cluster.kubectl(["exec", ...where, "new Date('2027-07-01T00:00:00Z').getHours()"]);
    expect(stdout.trim()).toBe("12");
  });

  test.each([
    ["America/Mexico_City", "2027-07-01T08:00", "2027-07-01T14:00:00Z"],
    ["America/Mexico_City", "2027-01-14T08:00", "2027-01-14T14:00:00Z"],
    ["EST", "2027-07-01T08:00", "2027-07-01T13:00:00Z"],
    ["EST", "2027-01-14T08:00", "2027-01-14T13:00:00Z"],
    ["Asia/Kathmandu", "2027-07-01T08:00", "2027-07-01T02:15:00Z"],
  ])("in %s a window that opens at %s opens at %s", async (timeZone, opens, utc) => {
    const name = `zone-${utc.slice(0, 10)}-${timeZone.toLowerCase().replaceAll(/[^a-z]/g, "-")}`;
    const dates = [{ period: "one", opens, deadline: `${opens.slice(0, 7)}-20T18:00` }];
    await node.cluster.apply({ ...calendarOf(name), spec: { timeZone, dates } });
    await eventually(async () => {
      const { status } = await node.cluster.get<FilingCalendar>("filingcalendar", name);
      expect(status?.next?.opens).toBe(utc);
    }, 60_000);
  });

  test("a zone that does not exist is named, has no floor and is not taken for UTC; the rest of the object works", async () => {
    const events = [always("good", "Etc/UTC", 4), always("bad", "Europe/Berlim", 9)];
    await node.cluster.apply([workload("typo"), service("typo", { scaling: BOUNDS, events })]);
    await eventually(async () => {
      const { status } = await read("typo");
      const stalled = status?.conditions?.find(({ type }) => type === "Stalled");
      expect(stalled).toMatchObject({ status: "True", reason: "InvalidSpec" });
      expect(stalled?.message).toContain("Europe/Berlim");
      expect(status?.scaling?.floor).toBe(4);
    }, 60_000);
  });

  test.each(["Local", "CST", "GMT+8"])("%s is refused before it is stored, by name", async (zone) => {
    const events = [always("bad", zone, 9)];
    await expect(node.cluster.apply(service("refused", { scaling: BOUNDS, events }))).rejects.toThrow(
      new RegExp(zone.replace("+", "[+]")),
    );
  });

  test("the version of the zone rules is that of the image's Node.js", async () => {
    expect(await metrics()).toContain(`invoiceops_tzdata_info{version="${process.versions.tz}"} 1`);
  });
});
