import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import type { ClusterAccess } from "../../dev/cluster/access.ts";
import type { FilingCalendar } from "../../src/api/v1alpha1/filing-calendar.ts";
import type { InvoiceService } from "../../src/api/v1alpha1/invoice-service.ts";
import type { Client } from "../../src/kube/client.ts";
import { invoiceServices } from "../../src/operator/kinds.ts";
import { adminClient } from "../support/admin-client.ts";
import { useCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { CRDS, installCrds, withValues } from "../support/crds.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
/** A new or changed kind is served a moment after it is stored. */
const PATIENCE_MS = 30_000;
const files = readdirSync(CRDS).map((name) => ({ name, text: readFileSync(join(CRDS, name), "utf8") }));

const fileOf = (name: string): string => files.find((file) => file.name === name)?.text ?? "";

let cluster: ClusterAccess;
let namespace: string;

beforeAll(async () => {
  cluster = await useCluster();
  await installCrds(cluster);
  namespace = await cluster.createNamespace("crds");
});

const service = {
  apiVersion: "invoiceops.dev/v1alpha1",
  kind: "InvoiceService",
  metadata: { name: "vat" },
  spec: {
    workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" },
    demand: { query: "sum(rate(http_requests_total[2m]))" },
    scaling: { minReplicas: 2, maxReplicas: 60 },
  },
};

async function applied(name: string, values: Record<string, unknown> = {}): Promise<InvoiceService> {
  const object = withValues(service, { "metadata.name": name, "metadata.namespace": namespace, ...values });
  await cluster.apply(object);
  return cluster.get<InvoiceService>("invsvc", name, namespace);
}

function connect(): Client {
  const client = adminClient(cluster);
  onTestFinished(() => client.transport.close());
  return client;
}

/** The same kinds under other names in everything: other tests, which use the cluster too, must not find these. */
function renamed(crd: string): string {
  return crd
    .replaceAll("invoiceops.dev", "apply-twice.example")
    .replaceAll(/invoiceservice/gi, (name) => (name === "InvoiceService" ? "TwiceService" : "twiceservice"))
    .replaceAll(/filingcalendar/gi, (name) => (name === "FilingCalendar" ? "TwiceCalendar" : "twicecalendar"))
    .replaceAll(/^(\s*)- (invsvc|fcal|invoiceops)$/gm, "$1- twice-$2");
}

describe("delivery", () => {
  test.each(files)("$name is under 64 KiB, and far from the limit of kubectl apply's annotation", ({ text }) => {
    expect(Buffer.byteLength(text)).toBeLessThan(64 * 1024);
    expect(JSON.stringify(parse(text)).length).toBeLessThan(200_000);
  });

  test("a client-side apply works twice, changes nothing the second time, and leaves no difference", async () => {
    const input = files.map(({ text }) => renamed(text)).join("---\n");
    // The API server takes its time to let a kind go, and nobody has to wait for that.
    onTestFinished(async () => void (await cluster.kubectl(["delete", "--wait=false", "-f", "-"], { input })));
    const [first, second] = [
      await cluster.kubectl(["apply", "-f", "-"], { input }),
      await cluster.kubectl(["apply", "-f", "-"], { input }),
    ];
    expect(first.stdout.match(/created/g)).toHaveLength(files.length);
    expect(second.stdout.match(/unchanged/g)).toHaveLength(files.length);
    expect((await cluster.kubectl(["diff", "-f", "-"], { input })).stdout).toBe("");
  });
});

describe("kubectl", () => {
  test.each([
    ["invsvc.spec.scaling.perReplica", "Requests/s that one replica serves"],
    ["invsvc.spec.scaling.release.grace", "A duration such as 300s, 10m, 24h or 1h30m"],
    ["invsvc.spec.scaling.target", "HorizontalPodAutoscaler: its minReplicas"],
    ["invsvc.status.scaling.leadSeconds", "in seconds"],
    ["fcal.spec.overrides.announcedAt", "When the authority announced it"],
  ])("explain %s says: %s", async (path, words) => {
    const { stdout } = await cluster.kubectl(["explain", path]);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(words);
  });

  test.each([
    ["spec.workload.name=found-api,spec.workload.kind=Deployment", ["invoiceservice.invoiceops.dev/found"]],
    ["spec.workload.name=found-api,spec.workload.kind=StatefulSet", []],
    ["spec.workload.name=found-api,spec.mode=Auto", ["invoiceservice.invoiceops.dev/found"]],
  ])("get --field-selector %s finds on the server %j", async (selector, names) => {
    await applied("found", { "spec.workload.name": "found-api" });
    const get = ["get", "invsvc", `--namespace=${namespace}`, `--field-selector=${selector}`, "--output=name"];
    expect((await cluster.kubectl(get)).stdout.split("\n").filter((name) => name !== "")).toEqual(names);
  });

  test("get --field-selector finds the FilingCalendars of a regime", async () => {
    // Calendars have no namespace, so those of other test files are there too.
    const name = `${namespace}-regime`;
    await cluster.apply({
      apiVersion: service.apiVersion,
      kind: "FilingCalendar",
      metadata: { name },
      spec: { regime: "GB" },
    });
    onTestFinished(async () => void (await cluster.kubectl(["delete", "fcal", name])));
    const of = async (regime: string): Promise<string[]> =>
      (await cluster.kubectl(["get", "fcal", `--field-selector=spec.regime=${regime}`, "--output=name"])).stdout.split(
        "\n",
      );
    expect(await of("GB")).toContain(`filingcalendar.invoiceops.dev/${name}`);
    expect(await of("PL")).not.toContain(`filingcalendar.invoiceops.dev/${name}`);
  });

  test("get shows the columns, and the category finds the object", async () => {
    await applied("columns");
    await connect().applyStatus(invoiceServices, {
      metadata: { name: "columns", namespace },
      status: {
        observedGeneration: 1,
        phase: "Healthy",
        conditions: [condition("Ready")],
        window: {
          calendar: "vat",
          opens: "2026-11-01T00:00:00Z",
          deadline: "2026-11-16T00:00:00Z",
          grade: "Published",
          inForce: true,
        },
        scaling: { owner: "HorizontalPodAutoscaler/vat-api", floor: 24, current: 12 },
      },
    });
    // Calendars have no namespace: those of other test files are in the category's list too.
    const category = await cluster.kubectl(["get", "invoiceops", `--namespace=${namespace}`, "--output=name"]);
    expect(category.stdout.split("\n")).toContain("invoiceservice.invoiceops.dev/columns");
    const { stdout } = await cluster.kubectl(["get", "invoiceservices", `--namespace=${namespace}`]);
    const [head = "", row = ""] = stdout.split("\n").filter((line) => /NAME|columns/.test(line));
    expect(head.split(/\s+/).slice(1)).toEqual(["READY", "PHASE", "OWNER", "FLOOR", "REPLICAS", "DEADLINE", "AGE"]);
    expect(row.split(/\s+/).slice(1, -1)).toEqual([
      "True",
      "Healthy",
      "HorizontalPodAutoscaler/vat-api",
      "24",
      "12",
      "2026-11-16T00:00:00Z",
    ]);
  });
});

const condition = (type: string): NonNullable<NonNullable<InvoiceService["status"]>["conditions"]>[number] => ({
  type,
  status: "True",
  reason: "AllPartsReady",
  message: "all is well",
  lastTransitionTime: "2026-11-15T12:00:00Z",
  observedGeneration: 1,
});

describe("objects", () => {
  test("what is left out has its default, and an unseen object says so", async () => {
    const { spec, status } = await applied("defaults");
    expect(spec).toEqual({
      mode: "Auto",
      workload: service.spec.workload,
      prometheus: { timeout: "5s" },
      demand: { ...service.spec.demand, emptyMeansZero: false },
      scaling: {
        minReplicas: 2,
        maxReplicas: 60,
        utilization: 0.7,
        expectedPeakFactor: 3,
        tolerance: 0.1,
        stabilization: { up: "0s", down: "300s" },
        lead: "auto",
        release: { grace: "24h", stepPercent: 20, every: "10m" },
        fallback: { afterFailures: 3 },
        target: "Auto",
        takeOver: false,
      },
    });
    expect(status).toEqual({ observedGeneration: -1 });
  });

  test("what is written is kept as it was written, and nothing is taken twice", async () => {
    const { spec } = await applied("as-written", {
      "spec.scaling.release": { grace: "8760h" },
      "spec.scaling.lead": "1h30m",
    });
    expect(spec.scaling).toMatchObject({ lead: "1h30m", release: { grace: "8760h", stepPercent: 20, every: "10m" } });
    const twice = [1, 2].map((replicas) => ({
      name: "a",
      timeZone: "UTC",
      start: "0 1 * * *",
      end: "0 2 * * *",
      replicas,
    }));
    await expect(applied("twice", { "spec.scaling.schedules": twice })).rejects.toThrow("Duplicate value");
    await expect(applied("typo", { "spec.scaling.maxReplica": 4 })).rejects.toThrow(
      /unknown field "(spec\.scaling\.)?maxReplica"/,
    );
  });

  test("conditions of others stay when ours are written, and ours that are not written again go", async () => {
    await applied("conditions");
    const client = connect();
    const write = (fieldManager: string, ...types: string[]): Promise<unknown> =>
      client.applyStatus(
        invoiceServices,
        {
          metadata: { name: "conditions", namespace },
          status: { observedGeneration: 1, conditions: types.map(condition) },
        },
        { fieldManager },
      );
    await write("somebody", "example.com/Reviewed");
    await write("invoiceops", "Ready", "Reconciling");
    await write("invoiceops", "Ready");
    const { status } = await cluster.get<InvoiceService>("invsvc", "conditions", namespace);
    expect(status?.conditions?.map(({ type }) => type).toSorted()).toEqual(["Ready", "example.com/Reviewed"]);
  });

  test("an object older than a rule can still be paused, labelled and reported on", async () => {
    // A kind of the test's own, which gets its rules after the object is there.
    const text = fileOf("filingcalendars.yaml").replaceAll("invoiceops.dev", "ratchet.example");
    const install = (crd: unknown): Promise<unknown> =>
      cluster.kubectl(["apply", "--server-side", "-f", "-"], { input: JSON.stringify(crd) });
    await install(withoutRules(parse(text)));
    onTestFinished(async () => void (await cluster.kubectl(["delete", "crd", "filingcalendars.ratchet.example"])));
    await cluster.kubectl(["wait", "--for=condition=Established", "crd/filingcalendars.ratchet.example"]);
    const old = {
      apiVersion: "ratchet.example/v1alpha1",
      kind: "FilingCalendar",
      metadata: { name: "old" },
      spec: { timeZone: "CST", monthly: { deadlineDay: 15, opensDay: 1 } },
    };
    await eventually(() => cluster.apply(old), PATIENCE_MS);
    await install(parse(text));
    await eventually(
      () => expect(cluster.apply({ ...old, metadata: { name: "new" } })).rejects.toThrow('"CST"'),
      PATIENCE_MS,
    );
    await cluster.kubectl(["label", "filingcalendars.ratchet.example", "old", "tax=vat"]);
    const { metadata } = await cluster.get<FilingCalendar>("filingcalendars.ratchet.example", "old");
    expect(metadata.labels).toEqual({ tax: "vat" });
  });
});

function withoutRules(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutRules);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([name]) => name !== "x-kubernetes-validations");
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutRules(value)]));
}

test.each(examples())("examples/%s is taken", async (path) => {
  await cluster.kubectl(["apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name: "billing" } }),
  });
  const { stdout } = await cluster.kubectl(["apply", "--dry-run=server", "-f", join(EXAMPLES, path)]);
  expect(stdout).toMatch(/(created|configured|unchanged) \(server dry run\)/);
});

function examples(): string[] {
  return readdirSync(EXAMPLES, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yaml"));
}
