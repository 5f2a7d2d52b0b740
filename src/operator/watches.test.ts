import { describe, expect, onTestFinished, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { Informer } from "../kube/informer.ts";
import type { KubeObject } from "../kube/resource.ts";
import type { Transport } from "../kube/transport.ts";
import { silentLogger } from "../runtime/logger.ts";
import { createMetrics } from "../runtime/metrics.ts";
import { Watches } from "./watches.ts";

const ROLLOUTS = { resources: [{ name: "rollouts", kind: "Rollout", namespaced: true }] };

/**
 * Watches in front of an API server whose answers about kinds are `discovery`, and whose lists are `list`; `probe` is
 * the first look at a list, before an informer is opened.
 */
function bench(discovery: () => unknown, list: () => Promise<KubeObject[]> = async () => [], probe = list) {
  const clock = new FakeClock();
  const asked: string[] = [];
  const opened: string[] = [];
  const transport = {
    request: async ({ path }: { path: string }) => {
      if (path.includes("/namespaces/")) return probe();
      asked.push(path);
      return discovery();
    },
    // A watch that never says anything.
    stream: ({ signal }: { signal: AbortSignal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
  } as unknown as Transport;
  const client = { list: async () => ({ items: await list(), resourceVersion: "1" }) } as unknown as Client;
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const metrics = createMetrics();
  const watches: Watches = new Watches({
    client,
    transport,
    clock,
    log: silentLogger,
    namespaces: ["billing"],
    onOpen: (informer: Informer<KubeObject>, plural: string) => {
      opened.push(plural);
      void informer.run(stop.signal);
    },
    informerMetrics: (plural) => metrics.informer(plural),
  });
  const kind = () => watches.kind("argoproj.io/v1alpha1", "Rollout", (resource) => watches.open(resource, {}));
  return { clock, asked, opened, kind };
}

const notServed = (): never => {
  throw new KubeError("discover Rollout: not found", { status: 404, reason: "NotFound" });
};

describe("a kind that somebody names", () => {
  test("is looked up and opened once, however many ask", async () => {
    const { kind, asked, opened } = bench(() => ROLLOUTS);
    const [first, second] = await Promise.all([kind(), kind()]);
    expect(first?.informer).toBe(second?.informer);
    expect(first?.resource).toMatchObject({ group: "argoproj.io", plural: "rollouts" });
    expect(first?.informer.hasSynced).toBe(true);
    expect(await kind()).toEqual(first);
    expect([asked, opened]).toEqual([["/apis/argoproj.io/v1alpha1"], ["rollouts"]]);
  });

  test("that is not served is undefined, and looked for again a minute later by one for all", async () => {
    let served = false;
    const { kind, asked, opened, clock } = bench(() => (served ? ROLLOUTS : notServed()));
    expect(await kind()).toBeUndefined();
    served = true;
    await clock.advance(59_000);
    expect(await kind()).toBeUndefined();
    await clock.advance(1_000);
    const found = await Promise.all([kind(), kind(), kind()]);
    expect(new Set(found.map((each) => each?.informer)).size).toBe(1);
    expect([asked.length, opened]).toEqual([2, ["rollouts"]]);
  });

  test("is asked for again a few seconds after the API server could not be asked, by one for all", async () => {
    let down = true;
    const { kind, asked, clock } = bench(() => {
      if (down) throw new KubeError("discover Rollout: no answer", { status: 0, reason: "Timeout" });
      return ROLLOUTS;
    });
    await expect(kind()).rejects.toThrow("no answer");
    down = false;
    await expect(kind()).rejects.toThrow("no answer");
    expect(asked).toHaveLength(1);
    await clock.advance(5_000);
    expect((await kind())?.resource.plural).toBe("rollouts");
  });

  test("about which the API server says nothing holds nobody up for longer than ten seconds", async () => {
    const discovery = Promise.withResolvers<unknown>();
    const { kind, clock } = bench(() => discovery.promise);
    const waiting = kind().catch(String);
    await clock.advance(10_000);
    expect(await waiting).toBe("Error: Rollout in argoproj.io/v1alpha1 could not be looked up yet: no answer");
    await expect(kind()).rejects.toThrow("could not be looked up yet");
    discovery.resolve(ROLLOUTS);
    await clock.advance(0);
    expect((await kind())?.informer.hasSynced).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test("that may not be listed is Forbidden, at once, and asked for again a minute later", async () => {
    let allowed = false;
    const { kind, asked, opened, clock } = bench(
      () => ROLLOUTS,
      async () => {
        if (!allowed) throw new KubeError("list rollouts billing: forbidden", { status: 403, reason: "Forbidden" });
        return [];
      },
    );
    await expect(kind()).rejects.toThrow("list rollouts billing: forbidden");
    allowed = true;
    await expect(kind()).rejects.toThrow("list rollouts billing: forbidden");
    expect([asked.length, opened]).toEqual([1, []]);
    await clock.advance(60_000);
    expect((await kind())?.informer.hasSynced).toBe(true);
    expect(opened).toEqual(["rollouts"]);
  });

  test("whose list does not come holds nobody up for longer than ten seconds, and nobody a second time", async () => {
    let answers = false;
    const { kind, opened, clock } = bench(
      () => ROLLOUTS,
      async () => {
        if (!answers) throw new KubeError("list rollouts: no answer", { status: 0, reason: "Timeout" });
        return [];
      },
      async () => [],
    );
    const waiting = kind().catch(String);
    await clock.advance(10_000);
    expect(await waiting).toBe(
      "Error: rollouts.argoproj.io could not be listed yet: see that the operator may list and watch them, and its log",
    );
    await expect(kind()).rejects.toThrow("could not be listed yet");

    answers = true;
    await clock.advance(120_000);
    expect((await kind())?.informer.hasSynced).toBe(true);
    expect(opened).toEqual(["rollouts"]);
  });
});
