import { describe, expect, test } from "vitest";

import { FakeClock } from "../../test/support/fake-clock.ts";
import { silentLogger } from "../runtime/logger.ts";
import type { Client } from "./client.ts";
import { KubeError } from "./errors.ts";
import { EventRecorder, type EventInput } from "./events.ts";
import type { Event, KubeObject, Ref } from "./resource.ts";

const object: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { namespace: "billing", name: "api", uid: "uid-1", resourceVersion: "7" },
};
const raised: EventInput = { type: "Normal", reason: "FloorRaised", action: "Scale", note: "2 to 12 replicas" };

function setUp(options: { failure?: KubeError } = {}) {
  const clock = new FakeClock();
  const created: Event[] = [];
  const patched: { ref: Ref; body: unknown }[] = [];
  const fail = (): void => {
    if (options.failure) throw options.failure;
  };
  const client = {
    create: async (_: unknown, event: Event) => {
      fail();
      created.push(event);
    },
    patch: async (_: unknown, ref: Ref, body: unknown) => {
      fail();
      patched.push({ ref, body });
    },
  } as unknown as Client;
  const recorder = new EventRecorder({ client, clock, log: silentLogger, instance: "host_1" });
  return { clock, created, patched, recorder, options };
}

test("an event says what happened to which object, and who says so", async () => {
  const { recorder, created } = setUp();
  recorder.event(object, raised);
  await recorder.flush();
  expect(created).toEqual([
    {
      metadata: { name: expect.stringMatching(/^api\.[0-9a-f]+$/), namespace: "billing" },
      eventTime: "2027-01-01T00:00:00.000000Z",
      reportingController: "invoiceops",
      reportingInstance: "host_1",
      type: "Normal",
      reason: "FloorRaised",
      action: "Scale",
      note: "2 to 12 replicas",
      regarding: {
        apiVersion: "apps/v1",
        kind: "Deployment",
        namespace: "billing",
        name: "api",
        uid: "uid-1",
        resourceVersion: "7",
      },
    },
  ]);
});

test("an event about an object without a namespace goes to default", async () => {
  const { recorder, created } = setUp();
  recorder.event({ kind: "FilingCalendar", metadata: { name: "x".repeat(253) } }, raised);
  await recorder.flush();
  expect(created[0]?.metadata.namespace).toBe("default");
  expect(created[0]?.metadata.name.length).toBeLessThanOrEqual(253);
});

test("a note is cut at 1024 bytes, not in the middle of a character", async () => {
  const { recorder, created } = setUp();
  recorder.event(object, { ...raised, note: `a${"票".repeat(1000)}` });
  await recorder.flush();
  expect(created[0]?.note).toBe(`a${"票".repeat(341)}`);
});

describe("repetitions", () => {
  test("are counted in the event that is there, one write a minute", async () => {
    const { recorder, clock, created, patched } = setUp();
    for (let i = 0; i < 5; i += 1) {
      recorder.event(object, raised);
      await clock.advance(10_000);
    }
    await clock.advance(20_000);
    expect(created).toHaveLength(1);
    expect(patched).toEqual([
      {
        ref: created[0]?.metadata,
        body: { series: { count: 5, lastObservedTime: "2027-01-01T00:00:40.000000Z" } },
      },
    ]);
  });

  test("begin anew after six minutes of silence", async () => {
    const { recorder, clock, created } = setUp();
    recorder.event(object, raised);
    await clock.advance(6 * 60_000);
    recorder.event(object, raised);
    await recorder.flush();
    expect(created).toHaveLength(2);
  });

  test.each<[string, KubeObject, Partial<EventInput>]>([
    ["note", object, { note: "12 to 24 replicas" }],
    ["reason", object, { reason: "FloorReleased" }],
    ["type", object, { type: "Warning" }],
    ["object", { ...object, metadata: { ...object.metadata, uid: "uid-2" } }, {}],
  ])("are none when the %s differs", async (_, other, change) => {
    const { recorder, created } = setUp();
    recorder.event(object, raised);
    recorder.event(other, { ...raised, ...change });
    await recorder.flush();
    expect(created).toHaveLength(2);
    expect(new Set(created.map((event) => event.metadata.name)).size).toBe(2);
  });

  test("of an event that has expired in the cluster are written as a new one", async () => {
    const { recorder, created, options } = setUp();
    recorder.event(object, raised);
    await recorder.flush();
    options.failure = new KubeError("gone", { status: 404, reason: "NotFound" });
    recorder.event(object, raised);
    const flushed = recorder.flush();
    // The patch fails, the create after it succeeds.
    await Promise.resolve().then(() => delete options.failure);
    await flushed;
    expect(created).toMatchObject([{}, { series: { count: 2 } }]);
  });

  test("wait for flush no longer than flush", async () => {
    const { recorder, clock, patched } = setUp();
    recorder.event(object, raised);
    recorder.event(object, raised);
    await recorder.flush();
    expect(patched).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});

test("an object gets 25 events at once and then one in five minutes; others are not touched", async () => {
  const { recorder, clock, created } = setUp();
  for (let i = 0; i < 100; i += 1) recorder.event(object, { ...raised, note: `${i} replicas` });
  await recorder.flush();
  expect(created).toHaveLength(25);
  recorder.event({ ...object, metadata: { ...object.metadata, uid: "uid-2" } }, raised);
  await clock.advance(300_000);
  recorder.event(object, raised);
  await recorder.flush();
  expect(created).toHaveLength(27);
});

test("an event that cannot be written is forgotten", async () => {
  const { recorder, created, options } = setUp({ failure: new KubeError("no", { status: 403, reason: "Forbidden" }) });
  recorder.event(object, raised);
  await recorder.flush();
  delete options.failure;
  recorder.event(object, { ...raised, reason: "FloorReleased" });
  await recorder.flush();
  expect(created.map((event) => event.reason)).toEqual(["FloorReleased"]);
});
