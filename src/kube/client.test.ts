import { describe, expect, test, vi } from "vitest";

import { createClient } from "./client.ts";
import { KubeError } from "./errors.ts";
import { deployments, namespaces, pods, type Deployment } from "./resource.ts";
import type { Transport, TransportRequest } from "./transport.ts";

/** A transport that keeps what it was asked and answers from a list; an Error in it is thrown. */
function recording(...answers: unknown[]): Transport & { asked: TransportRequest[] } {
  const asked: TransportRequest[] = [];
  return {
    asked,
    request: async (request) => {
      asked.push(request);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    stream: () => Promise.reject(new Error("not in this test")),
    close: async () => undefined,
  };
}

const ref = { namespace: "billing", name: "api" };
const path = "/apis/apps/v1/namespaces/billing/deployments/api";
const failed = (status: number, reason: string): KubeError => new KubeError("no", { status, reason });

describe("a request", () => {
  const object: Deployment = { metadata: ref };
  test.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>, Partial<TransportRequest>]>([
    ["get", (c) => c.get(deployments, ref), { method: "GET", path, doing: "get deployments billing/api" }],
    [
      "get of a subresource",
      (c) => c.get(deployments, ref, { subresource: "scale" }),
      { path: `${path}/scale`, doing: "get deployments/scale billing/api" },
    ],
    [
      "create, sent to the collection with its type",
      (c) => c.create(deployments, object),
      {
        method: "POST",
        path: "/apis/apps/v1/namespaces/billing/deployments",
        query: { fieldManager: "invoiceops", fieldValidation: "Strict" },
        body: { apiVersion: "apps/v1", kind: "Deployment", metadata: ref },
      },
    ],
    [
      "apply, without force",
      (c) => c.apply(deployments, { metadata: ref, spec: { replicas: 3 } }),
      {
        method: "PATCH",
        path,
        contentType: "application/apply-patch+yaml",
        query: { fieldManager: "invoiceops", force: "false", fieldValidation: "Strict", dryRun: undefined },
        body: { apiVersion: "apps/v1", kind: "Deployment", metadata: ref, spec: { replicas: 3 } },
      },
    ],
    [
      "apply to /scale, as a Scale",
      (c) => c.apply(deployments, { metadata: ref, spec: { replicas: 3 } }, { subresource: "scale", dryRun: true }),
      {
        path: `${path}/scale`,
        query: { fieldManager: "invoiceops", force: "false", fieldValidation: "Strict", dryRun: "All" },
        body: { apiVersion: "autoscaling/v1", kind: "Scale", metadata: ref, spec: { replicas: 3 } },
      },
    ],
    [
      "applyStatus, with force",
      (c) => c.applyStatus(deployments, { metadata: ref, status: { replicas: 3 } }, { fieldManager: "other" }),
      {
        path: `${path}/status`,
        query: { fieldManager: "other", force: "true", fieldValidation: "Strict", dryRun: undefined },
      },
    ],
    [
      "merge patch",
      (c) => c.patch(deployments, ref, { spec: { replicas: 1 } }),
      { method: "PATCH", contentType: "application/merge-patch+json", body: { spec: { replicas: 1 } } },
    ],
    [
      "JSON patch",
      (c) => c.patch(deployments, ref, [], { type: "json" }),
      { contentType: "application/json-patch+json", body: [] },
    ],
    ["replace", (c) => c.replace(deployments, object), { method: "PUT", path }],
    [
      "delete with preconditions",
      (c) => c.delete(deployments, ref, { uid: "u", resourceVersion: "7", propagationPolicy: "Orphan" }),
      {
        method: "DELETE",
        path,
        body: {
          apiVersion: "v1",
          kind: "DeleteOptions",
          preconditions: { uid: "u", resourceVersion: "7" },
          propagationPolicy: "Orphan",
        },
      },
    ],
  ])("%s", async (_, act, expected) => {
    const transport = recording({});
    await act(createClient(transport));
    expect(transport.asked).toMatchObject([expected]);
  });

  test("to create what needs a namespace and has none is refused before it is sent", async () => {
    const transport = recording();
    await expect(createClient(transport).create(pods, { metadata: { name: "a" } })).rejects.toThrow(RangeError);
    expect(transport.asked).toEqual([]);
  });
});

function page(names: string[], token?: string): object {
  const items = names.map((name) => ({ metadata: { name } }));
  return { items, metadata: { resourceVersion: "42", ...(token && { continue: token }) } };
}

describe("list", () => {
  test("reads page after page and gives each item its type", async () => {
    const transport = recording(page(["a", "b"], "t1"), page(["c"]));
    const { items, resourceVersion } = await createClient(transport).list(namespaces, { labelSelector: "x=y" });
    expect(items.map((item) => item.metadata.name)).toEqual(["a", "b", "c"]);
    expect(items[2]).toMatchObject({ apiVersion: "v1", kind: "Namespace" });
    expect(resourceVersion).toBe("42");
    expect(transport.asked.map((request) => request.query)).toMatchObject([
      { labelSelector: "x=y", limit: "500", continue: undefined },
      { labelSelector: "x=y", limit: "500", continue: "t1" },
    ]);
    expect(transport.asked[0]?.timeoutMs).toBe(60_000);
  });

  test("begins again without pages when the continue token has expired", async () => {
    const transport = recording(page(["a"], "t1"), failed(410, "Expired"), page(["a", "b"]));
    const { items } = await createClient(transport).list(namespaces);
    expect(items.map((item) => item.metadata.name)).toEqual(["a", "b"]);
    expect(transport.asked[2]?.query).toMatchObject({ limit: undefined, continue: undefined });
  });

  test("of nothing is an empty list", async () => {
    const transport = recording({ items: null, metadata: { resourceVersion: "1" } });
    expect(await createClient(transport).list(namespaces)).toEqual({ items: [], resourceVersion: "1" });
  });
});

test("deleting what is gone already is success, any other failure is not", async () => {
  const client = createClient(recording(failed(404, "NotFound"), failed(409, "Conflict")));
  await expect(client.delete(deployments, ref)).resolves.toBeUndefined();
  await expect(client.delete(deployments, ref)).rejects.toMatchObject({ reason: "Conflict" });
});

test("every write carries the guard, and no read does", async () => {
  const transport = recording({}, {}, {}, {}, {}, {}, page([]));
  const beforeWrite = vi.fn<() => void>();
  const client = createClient(transport, { beforeWrite });
  await client.create(deployments, { metadata: ref });
  await client.apply(deployments, { metadata: ref });
  await client.patch(deployments, ref, {});
  await client.replace(deployments, { metadata: ref });
  await client.delete(deployments, ref);
  await client.get(deployments, ref);
  await client.list(deployments);
  const guarded = transport.asked.map((request) => request.beforeSend === beforeWrite);
  expect(guarded).toEqual([true, true, true, true, true, false, false]);
});
