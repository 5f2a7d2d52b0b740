import { describe, expect, test } from "vitest";
import type { Condition } from "../api/v1alpha1/conditions.ts";
import type { Client } from "../kube/client.ts";
import type { KubeObject } from "../kube/resource.ts";
import { invoiceServices } from "./kinds.ts";
import { StatusWriter } from "./status-writer.ts";

type Service = (typeof invoiceServices)["_type"] & KubeObject;
type Status = NonNullable<Service["status"]>;

const condition = (type: string, changes: Partial<Condition> = {}): Condition => ({
  type,
  status: "True",
  reason: "Available",
  message: "as it should be",
  lastTransitionTime: "2027-01-12T08:00:00Z",
  observedGeneration: 1,
  ...changes,
});

const statusOf = (changes: Partial<Status> = {}): Status => ({
  observedGeneration: 1,
  phase: "Healthy",
  conditions: [condition("Ready"), condition("MetricsAvailable")],
  ...changes,
});

const service = (resourceVersion: number, status?: Status, uid = "1"): Service =>
  ({
    metadata: { namespace: "billing", name: "inv", uid, resourceVersion: String(resourceVersion) },
    ...(status ? { status } : {}),
  }) as Service;

/** A writer, what it has applied, and an API server that counts versions. */
function bench(): { writer: StatusWriter<Service>; applied: Service[] } {
  const applied: Service[] = [];
  const client = {
    applyStatus: async (_: unknown, object: Service) => {
      applied.push(object);
      return { ...object, metadata: { ...object.metadata, resourceVersion: String(100 + applied.length) } };
    },
  } as unknown as Client;
  return { writer: new StatusWriter<Service>(client, invoiceServices), applied };
}

describe("a status", () => {
  test("is applied to the object by uid, with nothing beside it", async () => {
    const { writer, applied } = bench();
    expect(await writer.write(service(1), statusOf())).toBe(true);
    expect(applied).toEqual([{ metadata: { name: "inv", namespace: "billing", uid: "1" }, status: statusOf() }]);
  });

  test("that stands there already is not written", async () => {
    const { writer, applied } = bench();
    expect(await writer.write(service(1, statusOf()), statusOf())).toBe(false);
    expect(applied).toEqual([]);
  });

  test("is compared with what was written last while the cache does not have that yet", async () => {
    const { writer, applied } = bench();
    await writer.write(service(1), statusOf());
    expect(await writer.write(service(1), statusOf())).toBe(false);
    expect(writer.latest(service(1))).toEqual(statusOf());
    // By now somebody has changed it, and the cache knows.
    expect(await writer.write(service(200, statusOf({ phase: "Degraded" })), statusOf())).toBe(true);
    expect(applied).toHaveLength(2);
  });

  test("of a namesake that is gone says nothing about this one", async () => {
    const { writer } = bench();
    await writer.write(service(1), statusOf());
    expect(writer.latest(service(1, undefined, "2"))).toBeUndefined();
  });

  test("that could not be written is written the next time", async () => {
    const { applied } = bench();
    let down = true;
    const client = {
      applyStatus: async (_: unknown, object: Service) => {
        if (down) throw new Error("no answer");
        applied.push(object);
        return object;
      },
    } as unknown as Client;
    const writer = new StatusWriter<Service>(client, invoiceServices);
    await expect(writer.write(service(1), statusOf())).rejects.toThrow("no answer");
    down = false;
    expect(await writer.write(service(1), statusOf())).toBe(true);
    expect(applied).toHaveLength(1);
  });
});

describe("conditions of other writers", () => {
  const foreign = condition("example.com/Audited");

  test("are no reason to write", async () => {
    const { writer } = bench();
    const present = statusOf({ conditions: [...(statusOf().conditions ?? []), foreign] });
    expect(await writer.write(service(1, present), statusOf())).toBe(false);
  });

  test("are not written along with ours, which would make them ours", async () => {
    const { writer, applied } = bench();
    await writer.write(service(1), statusOf({ conditions: [condition("Ready"), foreign] }));
    expect(applied[0]?.status?.conditions?.map(({ type }) => type)).toEqual(["Ready"]);
  });
});

/** Whether a change of this one condition is written. */
const wants = async (type: string, before: Partial<Condition>, after: Partial<Condition>): Promise<boolean> => {
  const { writer } = bench();
  const present = statusOf({ conditions: [condition(type, before)] });
  return writer.write(service(1, present), statusOf({ conditions: [condition(type, after)] }));
};

describe("a message alone", () => {
  test.each([
    ["MetricsAvailable", "Prometheus's words differ each time"],
    ["ForecastReady", "so do the hours of history"],
    ["CapacityReady", "and the pods that are ready, which stand in status.scaling"],
    ["Ready", "it repeats another condition"],
    ["Reconciling", "it repeats another condition"],
    ["Degraded", "the need at a peak grows with each look"],
  ])("of %s is no news: %s", async (type) => {
    expect(await wants(type, { message: "trace 1a2b" }, { message: "trace 3c4d" })).toBe(false);
  });

  test.each(["Stalled", "CalendarConfirmed", "FloorApplied", "CapacityShortfall"])(
    "of %s is news: it says what stands nowhere else",
    async (type) => {
      expect(await wants(type, { message: "held at 3" }, { message: "held at 4" })).toBe(true);
    },
  );

  test("of a refused write is no news: it quotes the API server", async () => {
    const reason = "WriteFailed";
    expect(await wants("FloorApplied", { reason, message: "request 1" }, { reason, message: "request 2" })).toBe(false);
  });

  test.each<[string, Partial<Condition>]>([
    ["another status", { status: "False" }],
    ["another reason", { reason: "Timeout" }],
    ["another generation", { observedGeneration: 2 }],
  ])("with %s is news, and comes along", async (_, changes) => {
    expect(await wants("MetricsAvailable", {}, { ...changes, message: "new words" })).toBe(true);
  });

  test("comes along with whatever else is news", async () => {
    const { writer, applied } = bench();
    const conditions = [condition("MetricsAvailable", { message: "trace 3c4d" })];
    await writer.write(service(1, statusOf()), statusOf({ phase: "Degraded", conditions }));
    expect(applied[0]?.status?.conditions).toEqual(conditions);
  });
});

test("What was written is let go of once the cache has it, and when the object is gone", async () => {
  const { writer } = bench();
  await writer.write(service(1), statusOf());
  expect(writer.latest(service(300, statusOf({ phase: "Degraded" })))?.phase).toBe("Degraded");
  // Nothing is left that could count as newer than an older version.
  expect(writer.latest(service(1, statusOf({ phase: "Suspended" })))?.phase).toBe("Suspended");

  await writer.write(service(1), statusOf());
  writer.forget({ namespace: "billing", name: "inv" });
  expect(writer.latest(service(1))).toBeUndefined();
});
