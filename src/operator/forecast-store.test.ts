import { describe, expect, test } from "vitest";
import { ConfigMapShelf, refusal } from "../../test/support/config-map-shelf.ts";
import { learntState, seenWindow } from "../../test/support/learnt.ts";
import { stateText } from "../forecast/state.ts";
import type { ConfigMap } from "../kube/resource.ts";
import { configMapOf, ForecastStore, refOf, STATE_KEY } from "./forecast-store.ts";

const owner = { name: "vat", namespace: "billing", uid: "a" };
const state = learntState({ windows: [seenWindow()] });
const text = stateText(state);
const notes = { searched: { vat: 5 }, question: "q" };

function bench(present?: ConfigMap) {
  const shelf = new ConfigMapShelf();
  if (present) shelf.put(present);
  return { shelf, store: new ForecastStore(shelf.client) };
}

describe("what was learnt", () => {
  test("is kept in a ConfigMap beside the service, which owns it, and comes back as it was", async () => {
    const { shelf, store } = bench();
    const version = await store.write(owner, text, notes, undefined);
    expect(shelf.objects.get("billing/vat-forecast")?.metadata).toMatchObject({
      labels: { "app.kubernetes.io/managed-by": "invoiceops" },
      ownerReferences: [{ apiVersion: "invoiceops.dev/v1alpha1", kind: "InvoiceService", name: "vat", uid: "a" }],
    });
    expect(await store.read(owner)).toEqual({ ok: true, kept: { state, notes }, version });
  });

  test("is nothing where there is no ConfigMap", async () => {
    expect(await bench().store.read(owner)).toEqual({ ok: true });
  });

  test("is written over only as it was read", async () => {
    const { shelf, store } = bench();
    const version = await store.write(owner, text, notes, undefined);
    shelf.put(configMapOf(owner, text));
    await expect(store.write(owner, text, notes, version)).rejects.toMatchObject({ reason: "Conflict" });
    await expect(store.write(owner, text, notes, undefined)).rejects.toMatchObject({ reason: "AlreadyExists" });
  });

  test("has a name that fits, however long the service's is, and another one for another service", () => {
    const names = ["x", "y"].map((end) => refOf({ ...owner, name: "long.".repeat(50) + end }).name);
    for (const name of names) expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])$/);
    expect(names[0]).not.toBe(names[1]);
  });

  test("without its notes is a state all the same", async () => {
    const object = configMapOf(owner, text, notes);
    const { store } = bench({ ...object, data: { ...object.data, "notes.json": "{" } });
    expect(await store.read(owner)).toMatchObject({ ok: true, kept: { notes: { searched: {} } } });
  });
});

describe("a ConfigMap that cannot be used is told", () => {
  const ours = configMapOf(owner, text, notes);
  const withText = (other: string): ConfigMap => ({ ...ours, data: { [STATE_KEY]: other } });
  const { labels: _labels, ...unlabelled } = ours.metadata;

  test.each<[string, ConfigMap, RegExp, boolean]>([
    ["when it is somebody else's", { ...ours, metadata: unlabelled }, /vat-forecast is not ours .* rename it/, false],
    [
      "when an earlier service of the name owned it",
      configMapOf({ ...owner, uid: "b" }, text),
      /belongs to an earlier InvoiceService vat: export .* delete it, and import/,
      false,
    ],
    ["when it is damaged", withText('{"version":1'), /left as it is: it is no JSON.*; delete it to learn anew/, true],
    ["when it is empty", { ...ours, data: {} }, /it has no forecast\.json/, true],
    ["when a newer version wrote it", withText('{"version":2}'), /written by a newer version \(2\)/, false],
  ])("%s", async (_, present, message, replaceable) => {
    const { shelf, store } = bench(present);
    const stored = await store.read(owner);
    expect(stored).toMatchObject({ ok: false, reason: "StateUnusable", message: expect.stringMatching(message) });
    expect("ours" in stored).toBe(replaceable);
    expect(shelf.writes).toEqual([]);
  });

  test("when the right to read it is missing", async () => {
    const { shelf, store } = bench();
    shelf.refusal = refusal(403, "Forbidden");
    expect(await store.read(owner)).toMatchObject({ ok: false, reason: "StateNotKept" });
  });

  test("but not when the API server gives no answer: then nobody knows", async () => {
    const { shelf, store } = bench();
    shelf.refusal = refusal(503, "ServiceUnavailable");
    await expect(store.read(owner)).rejects.toMatchObject({ status: 503 });
  });
});
