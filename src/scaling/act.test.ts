import { describe, expect, test } from "vitest";
import { LiveField } from "../../test/support/live-field.ts";
import type { Client } from "../kube/client.ts";
import { isConflict } from "../kube/errors.ts";
import { deployments, horizontalPodAutoscalers, type KubeObject } from "../kube/resource.ts";
import { writeFloor } from "./act.ts";
import type { Write } from "./floor.ts";
import type { Target } from "./target.ts";

const signal = new AbortController().signal;

/** An object that stands on the API server as a field does, and the requests that were made about it. */
function bench(field: LiveField, annotations: Record<string, string> = {}) {
  const requests: object[] = [];
  const live = (): KubeObject => {
    const object = field.object();
    const path = field.target().path;
    return {
      ...object,
      metadata: {
        ...object.metadata,
        annotations: { ...object.metadata.annotations, ...annotations },
        resourceVersion: "7",
      },
      [path[0]!]: { [path[1]!]: field.value },
    };
  };
  const client = {
    get: async () => live(),
    apply: async (_: unknown, object: KubeObject, options: object) => {
      requests.push({ apply: object, ...options });
      return live();
    },
    patch: async (_: unknown, ref: object, body: object, options: object) => {
      requests.push({ patch: body, ref, ...options });
      return {};
    },
  } as unknown as Client;
  const resource = field.kind === "Scale" ? deployments : horizontalPodAutoscalers;
  /** The target as it was when the decision was taken. */
  const seen = (): Target => ({ ...field.target(), object: live() });
  const write = (target: Target, what: Write) =>
    writeFloor(client, resource, target, what, { raisedFor: "inv", signal });
  return { requests, seen, write };
}

const metadata = { name: "vat-api", namespace: "billing", uid: "1", resourceVersion: "7" };

describe("a minimum", () => {
  test("is applied by force to the version that was looked at, with its base and whom it is raised for", async () => {
    const { requests, seen, write } = bench(new LiveField("HorizontalPodAutoscaler", 2));
    expect(await write(seen(), { value: 5, base: 2 })).toMatchObject({ metadata });
    const annotations = { "invoiceops.dev/base-replicas": "2", "invoiceops.dev/raised-for": "inv" };
    expect(requests).toEqual([
      { apply: { metadata: { ...metadata, annotations }, spec: { minReplicas: 5 } }, force: true },
    ]);
  });

  test("that goes back to its base leaves no note", async () => {
    const { requests, seen, write } = bench(new LiveField("HorizontalPodAutoscaler", 5));
    await write(seen(), { value: 2 });
    expect(requests).toEqual([{ apply: { metadata, spec: { minReplicas: 2 } }, force: true }]);
  });

  test("that is somebody else's by now is left to them: the note alone is withdrawn", async () => {
    const { requests, seen, write } = bench(new LiveField("HorizontalPodAutoscaler", 5));
    await write(seen(), {});
    expect(requests).toEqual([{ apply: { metadata }, force: true }]);
  });
});

describe("a count", () => {
  test("is patched through /scale, at the version that was looked at and nothing beside it", async () => {
    const { requests, seen, write } = bench(new LiveField("Scale", 2));
    expect(await write(seen(), { value: 5 })).toMatchObject({ metadata });
    expect(requests).toEqual([
      {
        patch: { metadata: { resourceVersion: "7" }, spec: { replicas: 5 } },
        ref: { name: "vat-api", namespace: "billing" },
        subresource: "scale",
      },
    ]);
  });
});

describe("nothing is written", () => {
  test.each<[string, (field: LiveField) => void]>([
    ["when somebody has changed the value since", (field) => field.update("somebody", 3)],
    ["when somebody has begun to apply it since", (field) => field.apply("argocd-controller", 2)],
    ["when it has come into somebody's manifest since", (field) => field.clientApply(2)],
  ])("%s: the decision rests on an old look", async (_, change) => {
    const field = new LiveField("HorizontalPodAutoscaler", 2);
    const { requests, seen, write } = bench(field);
    const target = seen();
    change(field);
    const error: unknown = await write(target, { value: 5, base: 2 }).catch((thrown: unknown) => thrown);
    expect(isConflict(error)).toBe(true);
    expect(String(error)).toContain(
      "write the floor to horizontalpodautoscalers billing/vat-api: it changed since the decision",
    );
    expect(requests).toEqual([]);
  });

  test.each(["autoscaling.keda.sh/paused", "autoscaling.keda.sh/paused-replicas"])(
    "to a ScaledObject that %s has paused since",
    async (annotation) => {
      const annotations: Record<string, string> = { [annotation]: "false" };
      const { requests, seen, write } = bench(new LiveField("ScaledObject", 2), annotations);
      const target = seen();
      annotations[annotation] = "true";
      await expect(write(target, { value: 5, base: 2 })).rejects.toSatisfy(isConflict);
      expect(requests).toEqual([]);
    },
  );

  test("to a namesake that was made since", async () => {
    const { requests, seen, write } = bench(new LiveField("HorizontalPodAutoscaler", 2));
    const target = seen();
    const older = { ...target.object, metadata: { ...target.object.metadata, uid: "0" } };
    await expect(write({ ...target, object: older }, { value: 5, base: 2 })).rejects.toSatisfy(isConflict);
    expect(requests).toEqual([]);
  });

  test.each([
    ["HorizontalPodAutoscaler", Number.NaN],
    ["HorizontalPodAutoscaler", Infinity],
    ["Scale", 2.5],
  ] as const)("to a %s when the value is %d, which JSON has no room for or the API no use", async (kind, value) => {
    const { requests, seen, write } = bench(new LiveField(kind, 2));
    await expect(write(seen(), { value, base: 2 })).rejects.toThrow(RangeError);
    expect(requests).toEqual([]);
  });
});
