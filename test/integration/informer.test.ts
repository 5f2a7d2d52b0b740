import assert from "node:assert/strict";

import { describe, expect, onTestFinished, test } from "vitest";

import type { ClusterAccess } from "../../dev/cluster/access.ts";
import { createClient, type Client } from "../../src/kube/client.ts";
import { Informer, type InformerMetrics } from "../../src/kube/informer.ts";
import { configMaps, type ConfigMap } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { watch, type WatchEvent } from "../../src/kube/watch.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/logger.ts";
import { startOwnCluster, useCluster } from "../support/cluster.ts";
import { eventually } from "../support/eventually.ts";
import { Replay, statesOf } from "../support/replay.ts";

type StreamRequest = Parameters<Transport["stream"]>[0];

const A_WHILE_MS = 60_000;
/** Every namespace is given a ConfigMap by the controller manager, at a time of its own. */
const OURS = "metadata.name!=kube-root-ca.crt";

function connect(cluster: ClusterAccess): Transport {
  const transport = createTransport({ config: cluster.adminConfig(), clock: realClock });
  onTestFinished(() => transport.close());
  return transport;
}

/** A line for watches that can be cut, and stays so until it is mended; everything else passes. */
class CuttableLine {
  #cut = new AbortController();
  #mended = Promise.resolve();
  #mend = (): void => undefined;

  over(transport: Transport): Transport {
    const stream = async (request: StreamRequest): Promise<AsyncIterable<Uint8Array>> => {
      await this.#mended;
      return transport.stream({ ...request, signal: AbortSignal.any([request.signal, this.#cut.signal]) });
    };
    return { request: (request) => transport.request(request), stream, close: () => transport.close() };
  }

  cut(): void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mended = promise;
    this.#mend = resolve;
    this.#cut.abort(new Error("the test has cut the line"));
  }

  mend(): void {
    this.#cut = new AbortController();
    this.#mend();
  }
}

/** The server asked to end watches after some seconds, so that a test need not wait for five minutes. */
function withTimeout(transport: Transport, timeoutSeconds: number): Transport {
  const shortened = (request: StreamRequest): StreamRequest => ({
    ...request,
    query: { ...request.query, timeoutSeconds: String(timeoutSeconds) },
  });
  return {
    request: (request) => transport.request(request),
    stream: (request) => transport.stream(shortened(request)),
    close: () => transport.close(),
  };
}

const configMap = (namespace: string, name: string, data: Record<string, string> = {}): ConfigMap => ({
  metadata: { namespace, name },
  data,
});

/** All events until the server ends the watch. */
async function eventsOf<T>(events: AsyncIterable<WatchEvent<T>>): Promise<WatchEvent<T>[]> {
  const seen: WatchEvent<T>[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

class Scene {
  readonly client: Client;
  readonly namespace: string;
  readonly informer: Informer<ConfigMap>;
  readonly replay = new Replay<ConfigMap>();
  /** "listed expired", "ended closed" and so on. */
  readonly counted: string[] = [];

  constructor(transport: Transport, namespace: string) {
    const metrics: InformerMetrics = {
      listed: (reason) => this.counted.push(`listed ${reason}`),
      watchEnded: (reason) => this.counted.push(`ended ${reason}`),
      faulted: () => this.counted.push("faulted"),
    };
    this.client = createClient(transport);
    this.namespace = namespace;
    this.informer = new Informer({
      client: this.client,
      transport,
      resource: configMaps,
      namespaces: [namespace],
      fieldSelector: OURS,
      clock: realClock,
      log: silentLogger,
      metrics,
    });
    this.informer.onChange(this.replay.take);
  }

  /** Makes three objects, starts the informer and waits until it has them; it ends with the test. */
  async open(): Promise<void> {
    for (const name of ["kept", "dropped", "reborn"])
      await this.client.create(configMaps, configMap(this.namespace, name));
    const stop = new AbortController();
    const run = this.informer.run(stop.signal);
    onTestFinished(async () => {
      stop.abort();
      await run;
    });
    await this.informer.synced;
  }

  /** One change of each kind. */
  async changeEverything(): Promise<void> {
    const { client, namespace } = this;
    await client.patch(configMaps, { namespace, name: "kept" }, { data: { version: "2" } });
    await client.delete(configMaps, { namespace, name: "dropped" });
    await client.delete(configMaps, { namespace, name: "reborn" });
    await client.create(configMaps, configMap(namespace, "reborn"));
    await client.create(configMaps, configMap(namespace, "new"));
  }

  /** Waits until the informer has what the server has; returns what has been told on the way. */
  async catchUp(): Promise<{ told: string[]; contradictions: string[] }> {
    const { client, namespace, informer, replay } = this;
    const missing = async (): Promise<void> => {
      const { items } = await client.list(configMaps, { namespace, fieldSelector: OURS });
      for (const objects of [informer.list(), replay.objects]) assert.deepEqual(statesOf(objects), statesOf(items));
    };
    await eventually(missing, A_WHILE_MS);
    const told = replay.told.map((line) => line.replace(/@.*/, ""));
    return { told: told.toSorted((a, b) => a.localeCompare(b)), contradictions: replay.contradictions };
  }
}

/** The three objects that were there, and one change of each kind. */
const EVERYTHING = {
  told: [
    "added dropped",
    "added kept",
    "added new",
    "added reborn",
    "added reborn",
    "deleted dropped",
    "deleted reborn",
    "updated kept",
  ],
  contradictions: [],
};

describe("the informer on a real API server", () => {
  test("follows changes as they happen", async () => {
    const cluster = await useCluster();
    const scene = new Scene(connect(cluster), await cluster.createNamespace("informer"));
    await scene.open();
    await scene.changeEverything();
    expect(await scene.catchUp()).toEqual(EVERYTHING);
    expect(scene.counted).toEqual(["listed start"]);
  });

  test("gets bookmarks, and watches on without a list when the server ends the watch", async () => {
    const cluster = await useCluster();
    // The server sends bookmarks every minute, and two seconds before it ends the watch.
    const transport = withTimeout(connect(cluster), 5);
    const scene = new Scene(transport, await cluster.createNamespace("informer"));
    await scene.open();
    const { client, namespace, counted } = scene;
    const neighbour = await cluster.createNamespace("neighbour");

    const { resourceVersion } = await client.list(configMaps, { namespace });
    const opened = Promise.withResolvers<void>();
    const signal = AbortSignal.timeout(A_WHILE_MS);
    const options = { namespace, resourceVersion, signal, clock: realClock, onContact: opened.resolve };
    const watched = eventsOf(watch(transport, configMaps, { ...options, fieldSelector: OURS }));
    await opened.promise;
    // Only another namespace changes: without a bookmark the watch would not hear of it.
    const other = await client.create(configMaps, configMap(neighbour, "busy"));
    const [first] = await watched;
    expect(first?.type).toBe("BOOKMARK");
    expect(Number(first?.object.metadata.resourceVersion)).toBeGreaterThanOrEqual(
      Number(other.metadata.resourceVersion),
    );

    await eventually(() => expect(counted).toContain("ended closed"), A_WHILE_MS);
    await scene.changeEverything();
    expect(await scene.catchUp()).toEqual(EVERYTHING);
    expect(new Set(counted)).toEqual(new Set(["listed start", "ended closed"]));
  });

  test("survives the server's death and return, and sees what was changed before it could watch again", async () => {
    await using cluster = await startOwnCluster();
    const line = new CuttableLine();
    const scene = new Scene(line.over(connect(cluster)), await cluster.createNamespace("informer"));
    await scene.open();

    await cluster.stopApiServer("SIGKILL");
    await eventually(() => expect(scene.counted).toContain("ended error"), A_WHILE_MS);
    line.cut();
    await cluster.startApiServer();
    await scene.changeEverything();
    line.mend();
    expect(await scene.catchUp()).toEqual(EVERYTHING);
  });

  test("lists again when etcd's history is compacted away, and tells the difference", async () => {
    // Without its cache the server reads each watch from etcd, so a compaction is felt at once.
    await using cluster = await startOwnCluster({ apiServerArgs: ["--watch-cache=false"] });
    const line = new CuttableLine();
    const scene = new Scene(line.over(connect(cluster)), await cluster.createNamespace("informer"));
    await scene.open();

    line.cut();
    await scene.changeEverything();
    await cluster.compact();
    line.mend();
    expect(await scene.catchUp()).toEqual(EVERYTHING);
    expect(scene.counted).toEqual(["listed start", "ended error", "ended expired", "listed expired"]);
  });
});
