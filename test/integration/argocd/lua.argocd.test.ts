import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import { pauseOf, PAUSED, PREWARM, prewarmOf, REFRESH, refreshedAt } from "../../../src/operator/annotations.ts";
import { DEPLOY, readDeploy } from "./deploy.ts";
import { Scripts, type Changed } from "./scripts.ts";

/** Each run of the command starts a program of 200 MB. */
const SLOW = 120_000;

let folder: string;
let scripts: Scripts;

beforeAll(async () => {
  const { argocd } = await provideBinaries(["argocd"]);
  folder = await mkdtemp(join(tmpdir(), "invoiceops-lua-"));
  scripts = new Scripts(argocd, folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

type Conditions = Readonly<Record<string, string>>;

/** An object of ours at generation 3; the conditions are said as `{ Ready: "True" }`. */
function object(kind: string, status: unknown, conditions?: Conditions, metadata: object = {}): object {
  const list = Object.entries(conditions ?? {}).map(([type, is]) => ({ type, status: is, message: `about ${type}` }));
  return {
    apiVersion: "invoiceops.dev/v1alpha1",
    kind,
    metadata: { name: "vat", namespace: "billing", generation: 3, ...metadata },
    spec: { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "vat" } },
    ...(status === undefined ? {} : { status: { ...(status as object), ...(conditions && { conditions: list }) } }),
  };
}

const seen = { observedGeneration: 3 };
const unseen = "the operator has not looked at this version of the object yet";

describe.each(["InvoiceService", "FilingCalendar"])("health of a %s", (kind) => {
  test.each<[string, unknown, Conditions | undefined, string, string?]>([
    ["no status", undefined, undefined, "Progressing", unseen],
    ["the status that the API server gives it", { observedGeneration: -1 }, undefined, "Progressing", unseen],
    ["a status of nothing", {}, undefined, "Progressing", unseen],
    ["no conditions", seen, undefined, "Progressing"],
    ["an empty list of conditions", seen, {}, "Progressing"],
    ["an older version that was ready", { observedGeneration: 2 }, { Ready: "True" }, "Progressing", unseen],
    ["an older version that was stalled", { observedGeneration: 2 }, { Stalled: "True" }, "Progressing", unseen],
    ["conditions of somebody else alone", seen, { Synced: "True" }, "Progressing"],
    ["Ready=Unknown", seen, { Ready: "Unknown" }, "Progressing"],
    ["Ready=True", seen, { Ready: "True" }, "Healthy", "about Ready"],
    ["Stalled=True", seen, { Ready: "False", Stalled: "True" }, "Degraded", "about Stalled"],
  ])(
    "%s: %j",
    async (_, status, conditions, health, message) => {
      const found = await scripts.health(object(kind, status, conditions));
      expect(found).toMatchObject({ status: health, ...(message === undefined ? {} : { message }) });
    },
    SLOW,
  );

  test("being deleted: Progressing, whatever was before", { timeout: SLOW }, async () => {
    const deleted = { deletionTimestamp: "2026-11-25T10:00:00Z", finalizers: ["invoiceops.dev/release-floor"] };
    const found = await scripts.health(object(kind, seen, { Stalled: "True" }, deleted));
    expect(found.status).toBe("Progressing");
  });
});

describe("health of an InvoiceService alone", () => {
  test("paused and stalled is Degraded", { timeout: SLOW }, async () => {
    const found = await scripts.health(
      object("InvoiceService", { ...seen, phase: "Suspended" }, { Ready: "False", Stalled: "True" }),
    );
    expect(found).toEqual({ status: "Degraded", message: "about Stalled" });
  });

  test(
    "is one of four whatever the conditions are, and never Healthy before this version was seen",
    { timeout: SLOW },
    async () => {
      for (const observedGeneration of [3, 2]) {
        for (const ready of ["True", "False", "Unknown", "nonsense"]) {
          for (const other of [{}, { Degraded: "True" }, { Reconciling: "True", Stalled: "False" }, { "": "True" }]) {
            const { status } = await scripts.health(
              object("InvoiceService", { observedGeneration }, { Ready: ready, ...other }),
            );
            const possible = ["Healthy", "Progressing", "Degraded", "Suspended"];
            expect(observedGeneration === 3 ? possible : ["Progressing"]).toContain(status);
          }
        }
      }
    },
  );
});

const annotationsOf = ({ metadata }: Changed): Record<string, string> => metadata.annotations ?? {};

/** What an action makes of a service that nobody has touched. */
async function made(action: string, params?: Record<string, string>) {
  const { metadata } = await scripts.act(object("InvoiceService", seen, { Ready: "True" }), action, params);
  return { ...metadata, name: "vat" };
}

/** The function of an action that reckons time. */
async function timestampOf(action: string): Promise<string> {
  const path = `resource_customizations/invoiceops.dev/InvoiceService/actions/${action}/action.lua`;
  const text = await readFile(join(DEPLOY, path), "utf8");
  return text.slice(text.indexOf("local function timestamp"), text.indexOf("\nend\n"));
}

describe("actions on an InvoiceService", () => {
  const service = object("InvoiceService", seen, { Ready: "True" });
  const annotated = (annotations: Record<string, string>): object =>
    object("InvoiceService", seen, { Ready: "True" }, { annotations });

  test("five are offered; resume only while it is paused", { timeout: SLOW }, async () => {
    const rest = ["pause", "prewarm", "refresh", "rotate"];
    expect(await scripts.offered(service)).toEqual({ enabled: rest, disabled: ["resume"] });
    const paused = annotated({ [PAUSED]: "2026-11-25T10:00:00Z" });
    expect((await scripts.offered(paused)).enabled.toSorted()).toEqual([...rest, "resume"].toSorted());
  });

  test.each<[string, Record<string, string>, string]>([
    ["pause", {}, PAUSED],
    ["pause", { minutes: "90" }, PAUSED],
    ["prewarm", { replicas: "12" }, PREWARM],
    ["refresh", {}, REFRESH],
    ["rotate", {}, "invoiceops.dev/rotate"],
  ])(
    "%s %j sets one annotation and nothing else, also the second time",
    async (action, params, annotation) => {
      const once = await scripts.act(annotated({ team: "tax" }), action, params);
      expect(Object.keys(annotationsOf(once)).toSorted()).toEqual([annotation, "team"].toSorted());
      const value = annotationsOf(once)[annotation]!;
      expect(once).toEqual(annotated({ team: "tax", [annotation]: value }));
      const twice = await scripts.act(once, action, params);
      expect(twice).toEqual(annotated({ team: "tax", [annotation]: annotationsOf(twice)[annotation]! }));
    },
    SLOW,
  );

  test("resume takes the pause away and leaves the rest", { timeout: SLOW }, async () => {
    const paused = annotated({ [PAUSED]: "2026-11-25T10:00:00Z", team: "tax" });
    expect(annotationsOf(await scripts.act(paused, "resume"))).toEqual({ team: "tax" });
    expect(annotationsOf(await scripts.act(service, "resume"))).toEqual({});
  });

  test("the operator reads what they write: until when, how many, since when", { timeout: SLOW }, async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const between = (at: number | undefined, minutes: number): void => {
      expect(at).toBeGreaterThanOrEqual(before + minutes * 60_000);
      expect(at).toBeLessThanOrEqual(Date.now() + minutes * 60_000);
    };
    const pause = pauseOf(await made("pause", { minutes: "90" }), before);
    expect(pause.paused).toBe(true);
    between(pause.until, 90);
    between(pauseOf(await made("pause"), before).until, 60);
    // As long as it goes, which crosses the end of a month at most times.
    between(pauseOf(await made("pause", { minutes: "10080" }), before).until, 10_080);
    const { prewarm, problem } = prewarmOf(await made("prewarm", { replicas: "12", minutes: "30" }));
    expect(problem).toBeUndefined();
    expect(prewarm?.replicas).toBe(12);
    between(prewarm?.until, 30);
    between(refreshedAt(await made("refresh"), Date.now()), 0);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["pause", { minutes: "0" }, /minutes: give a whole number from 1 to 10080/],
    ["pause", { minutes: "1.5" }, /minutes: give a whole number/],
    ["pause", { minutes: "forever" }, /minutes: give a whole number/],
    ["pause", { minutes: "10081" }, /minutes: give a whole number/],
    ["prewarm", {}, /replicas: give a whole number from 1 to 100000/],
    ["prewarm", { replicas: "-3" }, /replicas: give a whole number/],
    ["prewarm", { replicas: "3", minutes: "x" }, /minutes: give a whole number/],
  ])(
    "%s %j is refused in words",
    async (action, params, words) => {
      await expect(scripts.act(service, action, params)).rejects.toThrow(words);
    },
    SLOW,
  );

  test("pause and prewarm reckon time by the same lines", async () => {
    expect((await timestampOf("pause")).length).toBeGreaterThan(200);
    expect(await timestampOf("prewarm")).toBe(await timestampOf("pause"));
  });
});

test("the values for the Helm chart argo-cd say the same as the ConfigMap", async () => {
  const { data } = parse(await readDeploy("argocd-cm.yaml")) as { data: object };
  expect(parse(await readDeploy("values.yaml"))).toEqual({ configs: { cm: data } });
});
