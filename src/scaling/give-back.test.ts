import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { CachedObjects } from "../../test/support/cached-objects.ts";
import { LiveField } from "../../test/support/live-field.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import type { KubeObject } from "../kube/resource.ts";
import { RAISED_FOR_ANNOTATION } from "./floor.ts";
import { giveBack, stillMeant } from "./give-back.ts";
import type { DiscoveredKinds } from "./observe.ts";
import { hpaTarget, type HorizontalPodAutoscaler } from "./target.ts";
import { openCaches, trimmed } from "./watched.ts";

const workload = { apiVersion: "apps/v1", kind: "Deployment", name: "vat-api" };
const signal = new AbortController().signal;

function service(name = "inv"): InvoiceService {
  const plain = invoiceService({ name });
  return { ...plain, metadata: { ...plain.metadata, namespace: "billing" } };
}

/** An HPA with a minimum of 5, raised from 2 for the service. */
function raised(
  name: string,
  version: number,
  { raisedFor = "inv", takenBy, sharedBy }: { raisedFor?: string; takenBy?: string; sharedBy?: string } = {},
): HorizontalPodAutoscaler {
  const field = new LiveField("HorizontalPodAutoscaler", 2);
  field.write({ value: 5, base: 2 });
  if (takenBy !== undefined) field.update(takenBy, 4);
  if (sharedBy !== undefined) field.apply(sharedBy, 5);
  const object = field.object();
  const annotations = { ...object.metadata.annotations, [RAISED_FOR_ANNOTATION]: raisedFor };
  return {
    ...object,
    metadata: { ...object.metadata, name, uid: name, resourceVersion: String(version), annotations },
    spec: { scaleTargetRef: workload, minReplicas: field.value, maxReplicas: 10 },
  };
}

/** A namespace whose HPAs the cache knows as `cached`, and the API server as `live`. */
function bench(cached: readonly HorizontalPodAutoscaler[], live: readonly HorizontalPodAutoscaler[] = cached) {
  const objects = new CachedObjects();
  const caches = openCaches(objects.open);
  objects.put("horizontalpodautoscalers", ...cached);
  const writes: object[] = [];
  const client = {
    get: async (_: unknown, { name }: { name: string }) => live.find(({ metadata }) => metadata.name === name),
    apply: async (_: unknown, { metadata, ...rest }: KubeObject) => {
      writes.push({ name: metadata.name, annotations: metadata.annotations, ...rest });
    },
  } as unknown as Client;
  const kinds = { scaledObjects: async () => undefined } as unknown as DiscoveredKinds;
  return { dependencies: { client, caches, kinds }, writes };
}

const nothing = { meant: () => false, signal };

describe("a base goes back", () => {
  test("to each autoscaler that is raised for the service and not meant any more; the others are counted", async () => {
    const { dependencies, writes } = bench([
      raised("old", 1),
      raised("new", 2),
      raised("other", 3, { raisedFor: "else" }),
    ]);
    const meant = stillMeant(workload, hpaTarget(raised("new", 2)));
    expect(await giveBack(dependencies, service(), { meant, signal })).toBe(1);
    expect(writes).toEqual([{ name: "old", annotations: undefined, spec: { minReplicas: 2 } }]);
  });

  test("not where somebody else has written since: our notes are withdrawn, and nothing else", async () => {
    const { dependencies, writes } = bench([raised("old", 1, { takenBy: "somebody" })]);
    await giveBack(dependencies, service(), nothing);
    expect(writes).toEqual([{ name: "old", annotations: undefined }]);
  });

  test("not where somebody else applies the same value: it stays as theirs", async () => {
    const { dependencies, writes } = bench([raised("old", 1, { sharedBy: "argocd-controller" })]);
    await giveBack(dependencies, service(), nothing);
    expect(writes).toEqual([{ name: "old", annotations: undefined }]);
  });

  test("to one that was raised a moment ago, which the cache does not know yet", async () => {
    const before = raised("vat", 1, { raisedFor: "" });
    const now = raised("vat", 2);
    const { dependencies, writes } = bench([before], [now]);
    const written = trimmed("HorizontalPodAutoscaler", now);
    expect(await giveBack(dependencies, service(), { ...nothing, written })).toBe(0);
    expect(writes).toEqual([{ name: "vat", annotations: undefined, spec: { minReplicas: 2 } }]);
  });

  test("once, although the cache does not know yet that it did", async () => {
    const before = raised("vat", 1);
    const now = { ...before, metadata: { ...before.metadata, resourceVersion: "2", annotations: {} } };
    const { dependencies, writes } = bench([before], [now]);
    expect(await giveBack(dependencies, service(), { ...nothing, written: now })).toBe(0);
    expect(writes).toEqual([]);
  });
});

const at = (name: string) => {
  const object = raised(name, 1);
  return { target: hpaTarget(object), resource: undefined as never, workload: object.spec.scaleTargetRef };
};

describe("an autoscaler stays raised", () => {
  test("while it is the chosen one", () => {
    const meant = stillMeant(workload, hpaTarget(raised("vat", 1)));
    expect([meant(at("vat")), meant(at("old"))]).toEqual([true, false]);
  });

  test("while none can be chosen for its workload", () => {
    const refusal = { reason: "AmbiguousTarget", message: "keep one" } as const;
    expect(stillMeant(workload, refusal)(at("vat"))).toBe(true);
    expect(stillMeant({ ...workload, name: "other" }, refusal)(at("vat"))).toBe(false);
  });

  test("not when none is wanted", () => {
    expect(stillMeant(workload, undefined)(at("vat"))).toBe(false);
  });
});
