import { pino } from "pino";
import { afterEach, describe, expect, it, vi } from "vitest";

import { eventually } from "../../test/support/eventually.ts";
import { InformerBench } from "../../test/support/informer-bench.ts";
import { Informer } from "./informer.ts";
import type { ConfigMap } from "./resource.ts";

const ignore = (): void => undefined;

let bench: InformerBench;
afterEach(() => bench.close());

async function openBench(options: Parameters<typeof InformerBench.create>[0] = {}): Promise<void> {
  bench = await InformerBench.create(options);
  for (const name of ["kept", "dropped", "reborn"]) bench.create(name);
  await bench.open();
}

describe("the informer catches up", () => {
  interface Case {
    /** Strikes before anything changes. */
    before: (bench: InformerBench) => void;
    /** Strikes after the changes. */
    after?: (bench: InformerBench) => void;
    /** How often it lists, the first time included; default once. */
    lists?: number;
  }

  it.each<[string, Case]>([
    ["when nothing goes wrong", { before: ignore }],
    ["after the server has ended the watch", { before: ({ server }) => server.disturb("end") }],
    ["after the watch was cut in the middle of a line", { before: ({ server }) => server.disturb("cut") }],
    ["after a line that is not JSON", { before: ({ server }) => server.disturb("garble") }],
    ["after the connection was reset", { before: ({ server }) => server.disturb("drop") }],
    ["after the connection went silent", { before: ({ server }) => server.disturb("silence") }],
    ["while every event comes twice", { before: ({ server }) => server.disturb("repeat") }],
    [
      "after the server has refused all tries for a while",
      {
        before: ({ server }) => {
          server.disturb("drop");
          server.fail("watch", { status: 500, reason: "InternalError" }, 6);
        },
      },
    ],
    [
      "after new watches were accepted and never answered",
      {
        before: ({ server }) => {
          server.disturb("end");
          server.fail("watch", "hang", 2);
        },
      },
    ],
    [
      "after new watches were opened and stayed silent",
      {
        before: ({ server }) => {
          server.disturb("end");
          server.fail("watch", "silence", 2);
        },
      },
    ],
    [
      "after new connections were reset",
      {
        before: ({ server }) => {
          server.disturb("drop");
          server.fail("watch", "reset", 7);
        },
      },
    ],
    [
      "after its token has expired",
      {
        before: ({ server }) => {
          server.disturb("end");
          server.fail("watch", { status: 401, reason: "Unauthorized" });
        },
      },
    ],
    [
      "after the server was too busy and said for how long",
      {
        before: ({ server }) => {
          server.disturb("end");
          server.fail("watch", { status: 429, reason: "TooManyRequests", retryAfter: 3 }, 7);
        },
      },
    ],
    [
      "by listing again when an event says that its version is too old",
      { before: ({ server }) => server.disturb("expire"), lists: 2 },
    ],
    [
      "by listing again when a status says that its version is too old",
      {
        before: ({ server }) => {
          server.disturb("end");
          server.fail("watch", { status: 410, reason: "Gone" });
        },
        lists: 2,
      },
    ],
    [
      "by listing again when the history of its changes is gone",
      {
        before: ({ server }) => server.disturb("drop"),
        after: ({ server }) => server.compact(),
        lists: 2,
      },
    ],
    [
      "by listing again, as often as the list fails too",
      {
        before: ({ server }) => {
          server.disturb("expire");
          server.fail("list", "hang");
          server.fail("list", { status: 503, reason: "ServiceUnavailable" }, 6);
        },
        lists: 1 + 1 + 6 + 1,
      },
    ],
  ])("%s", async (_, { before, after, lists = 1 }) => {
    await openBench();
    before(bench);
    bench.changeEverything();
    after?.(bench);

    await bench.passTimeUntil(() => bench.caughtUp);
    const { server, store, replayed } = bench.states;
    expect({ store, replayed }).toEqual({ store: server, replayed: server });
    expect(bench.replay.contradictions).toEqual([]);
    expect(bench.replay.told.toSorted()).toEqual([
      "added dropped@uid-2",
      "added kept@uid-1",
      "added new@uid-5",
      "added reborn@uid-3",
      "added reborn@uid-4",
      "deleted dropped@uid-2",
      "deleted reborn@uid-3",
      "updated kept@uid-1",
    ]);
    expect(bench.server.count("list")).toBe(lists);
  });
});

it("ignores what it is told again, after all that came since", async () => {
  await openBench();
  bench.create("brief");
  bench.delete("brief");
  bench.changeEverything();
  await bench.passTimeUntil(() => bench.caughtUp);
  const told = [...bench.replay.told];
  bench.server.disturb("repeat");
  bench.update("kept", { version: "3" });
  await bench.passTimeUntil(() => bench.caughtUp);
  expect(bench.replay.told).toEqual([...told, "updated kept@uid-1"]);
});

describe("the informer's rhythm", () => {
  it("watches again at once when the server ends a watch that has stood for a while", async () => {
    await openBench();
    await bench.clock.advance(1000);
    bench.server.disturb("end");
    await eventually(() => expect(bench.server.count("watch")).toBe(2));
  });

  it("begins no two watches within a second, even when each is ended as it opens", async () => {
    await openBench();
    bench.server.fail("watch", "end", 1000);
    bench.server.disturb("end");
    const opened = bench.server.count("watch");
    await bench.passTimeUntil(() => bench.clock.monotonic() >= 20_000);
    expect(bench.server.count("watch") - opened).toBeLessThanOrEqual(20);
    expect(bench.server.count("list")).toBe(1);
  });

  it("backs off from a server that only refuses, and comes back when it recovers", async () => {
    await openBench();
    bench.server.fail("watch", { status: 500, reason: "InternalError" }, 1000);
    bench.server.disturb("drop");
    await bench.passTimeUntil(() => bench.clock.monotonic() >= 600_000);
    // With random 0.5 the waits are 1.2 s, 2 s, 3.6 s, 6.8 s, 13.2 s and then 15.4 s each: 42 tries in ten minutes.
    expect(bench.server.count("watch")).toBeGreaterThan(20);
    expect(bench.server.count("watch")).toBeLessThan(45);
    expect(bench.server.count("list")).toBe(1);

    bench.server.forgive();
    bench.changeEverything();
    await bench.passTimeUntil(() => bench.caughtUp);
  });

  it("backs off from a server whose own list is too old to watch from", async () => {
    await openBench();
    bench.server.fail("watch", "expire", 1000);
    bench.server.disturb("expire");
    await bench.passTimeUntil(() => bench.clock.monotonic() >= 600_000);
    expect(bench.server.count("list")).toBeLessThan(45);
  });

  it("goes on from the last bookmark when the history before it is gone", async () => {
    await openBench();
    bench.server.store.create("/secrets", { metadata: { namespace: "x", name: "busy-neighbour" } });
    await bench.clock.advance(60_000);
    bench.server.sendBookmarks();
    await eventually(() => expect(bench.informer.lastContact).toBe(bench.clock.now()));
    bench.server.compact();
    bench.server.disturb("end");
    await bench.passTimeUntil(() => bench.server.openWatches === 1);
    bench.changeEverything();
    await bench.passTimeUntil(() => bench.caughtUp);
    expect(bench.server.count("list")).toBe(1);
  });

  it("counts lists and the ends of watches by their reason", async () => {
    const seen: string[] = [];
    await openBench({
      metrics: {
        listed: (reason) => seen.push(`listed: ${reason}`),
        watchEnded: (reason) => seen.push(`ended: ${reason}`),
        faulted: () => seen.push("faulted"),
      },
    });
    const faults = ["end", "silence", "expire", "garble"] as const;
    for (const [index, fault] of faults.entries()) {
      bench.server.disturb(fault);
      await bench.passTimeUntil(() => bench.server.count("watch") === index + 2 && bench.server.openWatches === 1);
    }
    expect(seen).toEqual([
      "listed: start",
      "ended: closed",
      "ended: inactive",
      "ended: expired",
      "listed: expired",
      "ended: error",
    ]);
  });
});

describe("stopping the informer", () => {
  it.each<[string, (bench: InformerBench) => Promise<void>]>([
    [
      "while the list is not answered",
      async (stopped) => {
        stopped.server.fail("list", "hang");
        stopped.start();
        await eventually(() => expect(stopped.server.count("list")).toBe(1));
      },
    ],
    [
      "while the watch is connecting",
      async (stopped) => {
        stopped.server.fail("watch", "hang");
        stopped.start();
        await eventually(() => expect(stopped.server.count("watch")).toBe(1));
      },
    ],
    ["while the watch is open", (stopped) => stopped.open()],
    [
      "while it waits for its next try",
      async (stopped) => {
        stopped.server.fail("watch", { status: 500, reason: "InternalError" }, 1000);
        stopped.start();
        await stopped.passTimeUntil(() => stopped.server.count("watch") === 3 && stopped.server.unanswered === 0);
      },
    ],
  ])("%s leaves nothing behind and is no failure", async (_, arrange) => {
    const watchEnded = vi.fn<() => void>();
    bench = await InformerBench.create({ metrics: { listed: ignore, watchEnded, faulted: ignore } });
    await arrange(bench);
    const ended = watchEnded.mock.calls.length;
    await bench.stop();
    expect(watchEnded).toHaveBeenCalledTimes(ended);
    await eventually(() => expect(bench.server.unanswered).toBe(0));
    expect(bench.clock.pending).toBe(0);
    const requests = bench.server.calls.length;
    await bench.clock.advance(600_000);
    expect(bench.server.calls).toHaveLength(requests);
  });

  it("before it has begun does nothing at all", async () => {
    bench = await InformerBench.create();
    await bench.stop();
    bench.start();
    await bench.stop();
    expect(bench.server.calls).toEqual([]);
  });
});

const throwing = (message: string) => () => {
  throw new Error(message);
};

describe("what the informer tells", () => {
  it("is synced when the first list is in the store and told", async () => {
    bench = await InformerBench.create();
    bench.create("kept");
    const headers = Promise.withResolvers<void>();
    bench.server.fail("list", { until: headers.promise });
    const synced = vi.fn<() => void>();
    void bench.informer.synced.then(synced);
    bench.start();
    await eventually(() => expect(bench.server.count("list")).toBe(1));
    expect([bench.informer.hasSynced, bench.informer.lastContact]).toEqual([false, 0]);
    headers.resolve();
    await eventually(() => expect(synced).toHaveBeenCalled());
    expect(bench.replay.told).toEqual(["added kept@uid-1"]);
    expect(bench.informer.hasSynced).toBe(true);
    expect(bench.informer.lastContact).toBe(bench.clock.now());
  });

  it("remembers when it last heard from the server", async () => {
    await openBench();
    const { clock, informer, server } = bench;
    await clock.advance(50_000);
    expect(clock.now() - informer.lastContact).toBe(50_000);
    bench.update("kept", { version: "2" });
    await eventually(() => expect(informer.lastContact).toBe(clock.now()));
    server.disturb("silence");
    await clock.advance(74_000);
    expect(clock.now() - informer.lastContact).toBe(74_000);
  });

  it("follows one namespace and one selection", async () => {
    bench = await InformerBench.create({ namespaces: ["x"], labelSelector: "app=y", fieldSelector: "metadata.name=z" });
    await bench.open();
    for (const { namespace, query } of bench.server.calls) {
      expect(namespace).toBe("x");
      expect(query.get("labelSelector")).toBe("app=y");
      expect(query.get("fieldSelector")).toBe("metadata.name=z");
    }
    expect(bench.server.calls).toHaveLength(2);
  });

  it("of several namespaces is synced when all have listed, and is as old as the oldest of them", async () => {
    bench = await InformerBench.create({ namespaces: ["x", "y"] });
    const { server, informer, clock } = bench;
    const hung = Promise.withResolvers<void>();
    server.fail("list", { until: hung.promise });
    bench.create("one");
    bench.start();
    await eventually(() => expect(server.openWatches).toBe(1));
    expect([informer.hasSynced, informer.lastContact]).toEqual([false, 0]);
    hung.resolve();
    await informer.synced;
    expect(informer.lastContact).toBe(clock.now());
    expect(bench.caughtUp).toBe(true);
  });

  it("of several namespaces keeps the others' objects when one is listed anew, and leaves out the rest", async () => {
    bench = await InformerBench.create({ namespaces: ["x", "y"] });
    const { server, informer } = bench;
    for (const namespace of ["x", "y", "z"]) {
      server.store.create("/configmaps", { metadata: { namespace, name: "one" } });
    }
    bench.start();
    await informer.synced;
    await eventually(() => expect(server.openWatches).toBe(2));
    bench.delete("one");
    bench.create("two");
    server.store.create("/configmaps", { metadata: { namespace: "y", name: "two" } });
    // Each misses what was said meanwhile, and reads all of its own again.
    server.disturb("expire");
    await bench.passTimeUntil(() => server.count("list") === 4 && informer.size === 3);
    const keys = informer.list().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
    expect(keys.toSorted()).toEqual(["x/two", "y/one", "y/two"]);
  });

  it("of no namespace would follow nothing, and is refused", async () => {
    await openBench();
    expect(() => new Informer({ ...bench.base, namespaces: [] })).toThrow(RangeError);
  });

  it("tells who comes late what is there, and the same function twice when it subscribes twice", async () => {
    await openBench();
    const late = vi.fn<(change: { type: string; object: ConfigMap }) => void>();
    const leave = [bench.informer.onChange(late), bench.informer.onChange(late)];
    expect(late.mock.calls.map(([{ type, object }]) => `${type} ${object.metadata.name}`)).toEqual(
      ["dropped", "kept", "reborn", "dropped", "kept", "reborn"].map((name) => `added ${name}`),
    );
    leave[0]?.();
    bench.delete("kept");
    await eventually(() => expect(late).toHaveBeenCalledTimes(7));
  });

  it("tells nothing twice to who subscribes while changes are told", async () => {
    bench = await InformerBench.create();
    bench.create("a");
    bench.create("b");
    const told: string[] = [];
    const leave = bench.informer.onChange(() => {
      leave();
      bench.informer.onChange(({ type, object }) => told.push(`${type} ${object.metadata.name}`));
    });
    await bench.open();
    expect(told).toEqual(["added a", "added b"]);
  });

  it("goes on when a handler, an index or the transform throws, and logs and counts it", async () => {
    const lines: string[] = [];
    const faulted = vi.fn<() => void>();
    bench = await InformerBench.create({
      log: pino({ level: "error" }, { write: (line: string) => lines.push(line) }),
      metrics: { listed: ignore, watchEnded: ignore, faulted },
      indexes: { broken: throwing("bad index"), works: ({ metadata }) => [metadata.name] },
      transform: throwing("bad transform"),
    });
    bench.informer.onChange(throwing("bad handler"));
    bench.create("one");
    await bench.open();
    bench.create("two");
    await bench.passTimeUntil(() => bench.caughtUp);
    expect(bench.replay.told).toEqual(["added one@uid-1", "added two@uid-2"]);
    expect(bench.informer.byIndex("broken", "one")).toEqual([]);
    expect(bench.informer.byIndex("works", "two")).toHaveLength(1);
    expect(faulted).toHaveBeenCalledTimes(6);
    const anObject = ["bad transform", "bad index", "bad handler"];
    expect(lines.map((line) => (JSON.parse(line) as { err: Error }).err.message)).toEqual([...anObject, ...anObject]);
  });

  it("keeps no managedFields, unless it is asked to", async () => {
    const managedFields = [{ manager: "kubectl" }];
    const read = async (options: { transform?: (object: ConfigMap) => ConfigMap }): Promise<unknown> => {
      bench = await InformerBench.create(options);
      bench.server.store.create("/configmaps", { metadata: { namespace: "x", name: "one", managedFields } });
      await bench.open();
      const [object] = bench.informer.list();
      await bench.close();
      return object?.metadata.managedFields;
    };
    expect(await read({})).toBeUndefined();
    expect(await read({ transform: (object) => object })).toEqual(managedFields);
  });
});
