import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import type { InvoiceService } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { KubeObject } from "../kube/resource.ts";
import { FINALIZER, holdFinalizer } from "./finalizer.ts";

const named = { name: "inv", namespace: "billing", uid: "1" };
const service = (metadata: Partial<InvoiceService["metadata"]> = {}): InvoiceService => ({
  ...invoiceService(),
  metadata: { ...named, ...metadata },
});
const held = { finalizers: ["example.com/other", FINALIZER] };

/** Holds or gives up, and tells what was applied. */
async function applied(object: InvoiceService, wanted: boolean, failure?: KubeError): Promise<KubeObject[]> {
  const objects: KubeObject[] = [];
  const client = {
    apply: async (_: unknown, what: KubeObject) => {
      objects.push(what);
      if (failure) throw failure;
      return what;
    },
  } as unknown as Client;
  await holdFinalizer(client, object, wanted);
  return objects;
}

const failing = (status: number, reason: string) =>
  new KubeError("apply invoiceservices billing/inv", { status, reason });

describe("the finalizer", () => {
  test("is set on this very object, and others' are not in what we apply", async () => {
    expect(await applied(service({ finalizers: ["example.com/other"] }), true)).toEqual([
      { metadata: { ...named, finalizers: [FINALIZER] } },
    ]);
  });

  test("is given up by applying without it", async () => {
    expect(await applied(service(held), false)).toEqual([{ metadata: named }]);
  });

  test.each<[string, Partial<InvoiceService["metadata"]>, boolean]>([
    ["set when it stands", held, true],
    ["given up when it does not", {}, false],
    ["set on what is being deleted, which takes no new one", { deletionTimestamp: "2027-01-12T08:00:00Z" }, true],
  ])("is not %s", async (_, metadata, wanted) => {
    expect(await applied(service(metadata), wanted)).toEqual([]);
  });

  test("is given up when the object is gone", async () => {
    expect(await applied(service(held), false, failing(404, "NotFound"))).toHaveLength(1);
  });

  test.each([
    ["cannot be set on an object that is gone", true, failing(404, "NotFound")],
    ["cannot be given up without the right to", false, failing(403, "Forbidden")],
  ] as const)("%s", async (_, wanted, failure) => {
    await expect(applied(service(wanted ? {} : held), wanted, failure)).rejects.toBe(failure);
  });
});
