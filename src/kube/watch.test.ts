import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { eventually } from "../../test/support/eventually.ts";
import { FakeApiServer } from "../../test/support/fake-api-server.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { RequestFault, StreamFault } from "../../test/support/fake-faults.ts";
import { configMaps, type ConfigMap } from "./resource.ts";
import { createTransport, type Transport } from "./transport.ts";
import { watch, type WatchEvent, type WatchOptions } from "./watch.ts";

const NOTHING = { requests: 0, timers: 0, listeners: 0 };
const COLLECTION = "/configmaps";

/** Reads to the end; `told` grows as events come. */
function follow(events: AsyncGenerator<WatchEvent<ConfigMap>, void>): { told: string[]; ended: Promise<unknown> } {
  const told: string[] = [];
  const read = async (): Promise<string> => {
    for await (const { type, object } of events) told.push(`${type} ${object.metadata.name ?? ""}`.trim());
    return "ended";
  };
  return { told, ended: read().catch((error: unknown) => error) };
}

describe("watch", () => {
  let server: FakeApiServer;
  let clock: FakeClock;
  let transport: Transport;
  let stop: AbortController;

  beforeEach(async () => {
    server = await FakeApiServer.start({ resources: [configMaps] });
    clock = new FakeClock();
    stop = new AbortController();
    transport = createTransport({ config: server.config, clock });
  });

  afterEach(async () => {
    stop.abort();
    await transport.close();
    await server.close();
  });

  function open(options: Partial<WatchOptions> = {}): AsyncGenerator<WatchEvent<ConfigMap>, void> {
    const resourceVersion = String(server.store.revision);
    return watch(transport, configMaps, { resourceVersion, signal: stop.signal, clock, random: () => 0.5, ...options });
  }

  const put = (name: string, labels: Record<string, string> = {}) =>
    server.store.create(COLLECTION, { metadata: { namespace: "a", name, labels } });

  const opened = () => eventually(() => expect(server.openWatches).toBe(1));
  const nothingLeft = (): Promise<void> =>
    eventually(() => {
      const listeners = getEventListeners(stop.signal, "abort").length;
      expect({ requests: server.unanswered, timers: clock.pending, listeners }).toEqual(NOTHING);
    });

  it("tells what has changed since the version, and then each change as it happens", async () => {
    const from = String(server.store.revision);
    put("before");
    const { told } = follow(open({ resourceVersion: from }));
    await opened();
    server.store.mergePatch(COLLECTION, { namespace: "a", name: "before" }, { data: { x: "1" } });
    server.store.delete(COLLECTION, { namespace: "a", name: "before" });
    await eventually(() => expect(told).toEqual(["ADDED before", "MODIFIED before", "DELETED before"]));
  });

  it("asks for bookmarks and for an end after 5 to 10 minutes", async () => {
    const { told } = follow(open({ namespace: "a", labelSelector: "app=x", fieldSelector: "metadata.name=y" }));
    await opened();
    expect(Object.fromEntries(server.calls[0]?.query ?? [])).toEqual({
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: "450",
      resourceVersion: String(server.store.revision),
      labelSelector: "app=x",
      fieldSelector: "metadata.name=y",
    });
    expect(server.calls[0]?.namespace).toBe("a");
    server.sendBookmarks();
    await eventually(() => expect(told).toEqual(["BOOKMARK"]));
  });

  it("tells of an object that leaves the selection as deleted", async () => {
    const { told } = follow(open({ labelSelector: "app=x" }));
    await opened();
    put("one", { app: "x" });
    put("other", { app: "y" });
    server.store.mergePatch(COLLECTION, { namespace: "a", name: "one" }, { metadata: { labels: { app: "y" } } });
    await eventually(() => expect(told).toEqual(["ADDED one", "DELETED one"]));
  });

  it("ends when the server ends it, and leaves nothing behind", async () => {
    const { ended } = follow(open());
    await opened();
    server.disturb("end");
    expect(await ended).toBe("ended");
    await nothingLeft();
  });

  it.each<[string, RequestFault | StreamFault, object]>([
    ["an expired version told as an event is a 410", "expire", { status: 410, reason: "Expired" }],
    ["an expired version told as a status is a 410", { status: 410, reason: "Gone" }, { status: 410, reason: "Gone" }],
    ["a line that is not JSON is an error", "garble", { status: 0, reason: "MalformedEvent" }],
    ["an end in the middle of a line is an error", "cut", { status: 0, reason: "MalformedEvent" }],
    ["a dropped connection is an error", "drop", { status: 0, reason: "ConnectionReset" }],
    ["a refusal is an error", { status: 403, reason: "Forbidden" }, { status: 403, reason: "Forbidden" }],
  ])("%s", async (_, fault, expected) => {
    server.fail("watch", fault);
    const { ended } = follow(open());
    expect(await ended).toMatchObject({
      name: "KubeError",
      message: expect.stringMatching(/^watch configmaps: /),
      ...expected,
    });
    await nothingLeft();
  });

  it.each([
    ["an event of an unknown type", { type: "RENAMED", object: { metadata: { resourceVersion: "1" } } }],
    ["an event without an object", { type: "ADDED" }],
    ["an object without a version", { type: "ADDED", object: { metadata: { name: "secret-name" } } }],
    ["null", null],
  ])("%s is an error that does not quote it", async (_, event) => {
    const chunks = async function* () {
      yield Buffer.from(`${JSON.stringify(event)}\n`);
    };
    const stub: Transport = { ...transport, stream: () => Promise.resolve(chunks()) };
    const { ended } = follow(watch(stub, configMaps, { resourceVersion: "1", signal: stop.signal, clock }));
    const error = await ended;
    expect(error).toMatchObject({ reason: "MalformedEvent" });
    expect(String(error)).not.toContain("secret-name");
  });

  it("gives up on a server that has said nothing for 75 s", async () => {
    const { ended } = follow(open());
    await opened();
    server.disturb("silence");
    await clock.advance(75_000);
    expect(await ended).toMatchObject({ status: 0, reason: "Inactive" });
    await nothingLeft();
  });

  it("is kept alive by bookmarks, and reports every word from the server", async () => {
    const onContact = vi.fn<() => void>();
    const { told } = follow(open({ onContact }));
    await opened();
    await eventually(() => expect(onContact).toHaveBeenCalledTimes(1));
    for (let minute = 1; minute <= 5; minute += 1) {
      await clock.advance(60_000);
      server.sendBookmarks();
      await eventually(() => expect(told).toHaveLength(minute));
    }
    expect(onContact).toHaveBeenCalledTimes(6);
  });

  it("does not count the time in which its consumer works", async () => {
    const events = open();
    const first = events.next();
    await opened();
    put("one");
    await first;
    put("two");
    await clock.advance(600_000);
    expect((await events.next()).value).toMatchObject({ object: { metadata: { name: "two" } } });
  });

  it.each<[string, RequestFault | undefined]>([
    ["while it is open", undefined],
    ["while it is connecting", "hang"],
  ])("stops %s with the signal's reason and leaves nothing behind", async (_, fault) => {
    if (fault) server.fail("watch", fault);
    const { ended } = follow(open());
    await eventually(() => expect(server.count("watch")).toBe(1));
    if (!fault) await opened();
    stop.abort(new Error("enough"));
    expect(await ended).toMatchObject({ message: "enough" });
    await nothingLeft();
  });

  it("closes the connection when its consumer stops reading", async () => {
    const events = open();
    const first = events.next();
    await opened();
    put("one");
    await first;
    await events.return();
    await eventually(() => expect(server.openWatches).toBe(0));
    await nothingLeft();
  });
});
