import { describe, expect, test } from "vitest";
import { FakeInformer, ManagerBench, untilAborted } from "../../test/support/manager-bench.ts";
import { silentLogger } from "./logger.ts";
import { LeaseLostError, Manager } from "./manager.ts";
import { Metrics } from "./metrics.ts";

const STOPPED_IN_ORDER = [
  "everywhere stopped",
  "leader's stopped",
  "controller stopped",
  "informer stopped",
  "probes closed",
  "election stopped",
  "lease released",
];

describe("the start", () => {
  test("goes in order: probes, informers, what runs everywhere, election, what the leader runs", async () => {
    const bench = new ManagerBench();
    bench.start();
    await bench.settle();
    expect(bench.story.splice(0)).toEqual(["probes answer", "informer runs"]);
    bench.informer.list();
    await bench.settle();
    expect(bench.story.splice(0)).toEqual(["everywhere runs", "election runs"]);
    bench.elector.win();
    await bench.settle();
    expect(bench.story).toEqual(["leader's runs", "controller runs"]);
  });

  test("leads at once where there is no election", async () => {
    const { clock, probes, story } = new ManagerBench();
    const manager = new Manager({ clock, log: silentLogger, metrics: new Metrics(), health: probes });
    manager.addRunnable({ name: "work", run: (signal) => untilAborted(story, "work", signal) }, { leaderOnly: true });
    const stop = new AbortController();
    const run = manager.run(stop.signal);
    await clock.advance(0);
    stop.abort();
    await run;
    expect(story).toEqual(["probes answer", "work runs", "work stopped", "probes closed"]);
  });

  test("of an informer that is added later comes at once, and readiness does not wait for it", async () => {
    const bench = new ManagerBench();
    await bench.lead();
    bench.manager.addInformer(new FakeInformer(bench.story, bench.clock, "rollouts"), "rollouts");
    expect(bench.story.splice(0)).toEqual(["rollouts runs"]);
    expect(bench.probes.problems("ready")).toEqual({});
    bench.signal.abort();
    await bench.settle();
    expect(bench.story).toContain("rollouts stopped");
  });

  test("fails when an informer has not listed within two minutes, and names it", async () => {
    const bench = new ManagerBench();
    bench.start();
    await bench.clock.advance(119_999);
    expect(bench.outcome).toBe("running");
    await bench.clock.advance(1);
    expect(bench.outcome).toEqual(new Error("not listed within 120 s: invoiceservices"));
    expect(bench.story).toEqual([
      "probes answer",
      "informer runs",
      "informer stopped",
      "probes closed",
      "lease released",
    ]);
  });

  test("can be broken off while informers list; nothing more starts then", async () => {
    const bench = new ManagerBench();
    bench.start();
    await bench.settle();
    bench.signal.abort();
    await bench.settle();
    bench.informer.list();
    await bench.settle();
    expect(bench.outcome).toBe("ended");
    expect(bench.story).not.toContain("everywhere runs");
    expect(bench.clock.pending).toBe(0);
  });

  test("fails when the port of the probes is taken", async () => {
    const bench = new ManagerBench();
    bench.probes.listen = () => Promise.reject(new Error("listen EADDRINUSE"));
    bench.start();
    await bench.settle();
    expect(bench.outcome).toEqual(new Error("listen EADDRINUSE"));
  });
});

describe("the stop", () => {
  test("goes in order, and gives up the lease last", async () => {
    const bench = new ManagerBench();
    await bench.lead();
    bench.signal.abort();
    await bench.settle();
    expect(bench.story).toEqual(STOPPED_IN_ORDER);
    expect(bench.outcome).toBe("ended");
    expect(bench.clock.pending).toBe(0);
  });

  test("waits for reconciles in hand while the election goes on, and is not ready meanwhile", async () => {
    const reconcile = Promise.withResolvers<void>();
    const bench = new ManagerBench({}, () => reconcile.promise);
    await bench.lead();
    bench.signal.abort();
    await bench.clock.advance(29_999);
    expect(bench.story).toEqual(["everywhere stopped", "leader's stopped"]);
    expect(bench.probes.problems("ready")).toEqual({ running: "the process stops" });
    expect(bench.probes.problems("live")).toEqual({});
    reconcile.resolve();
    await bench.settle();
    expect(bench.story).toEqual(STOPPED_IN_ORDER);
  });

  test("cuts reconciles short when they do not end in time", async () => {
    const bench = new ManagerBench({ drainTimeoutMs: 10_000 }, (_, { signal }) => rejectOnAbort(signal));
    await bench.lead();
    bench.signal.abort();
    await bench.clock.advance(10_000);
    expect(bench.story).toEqual(STOPPED_IN_ORDER);
    expect(bench.outcome).toBe("ended");
  });

  test("lets the lease expire when a reconcile goes on regardless: it may still write", async () => {
    const bench = new ManagerBench({}, () => new Promise(() => {}));
    await bench.lead();
    bench.signal.abort();
    await bench.clock.advance(35_000);
    expect(bench.outcome).toBe("ended");
    expect(bench.story).not.toContain("lease released");
  });

  test("starts nothing when leadership comes in the middle of it", async () => {
    const everywhere = Promise.withResolvers<void>();
    const bench = new ManagerBench();
    bench.manager.addRunnable({ name: "slow", run: () => everywhere.promise }, { leaderOnly: false });
    bench.start();
    bench.informer.list();
    await bench.settle();
    bench.signal.abort();
    await bench.settle();
    bench.elector.win();
    everywhere.resolve();
    await bench.settle();
    expect(bench.story).not.toContain("controller runs");
    expect(bench.story.at(-1)).toBe("lease released");
  });

  test("does not wait for ever for a runnable that ignores its signal", async () => {
    const bench = new ManagerBench();
    bench.manager.addRunnable({ name: "deaf", run: () => new Promise(() => {}) }, { leaderOnly: false });
    await bench.lead();
    bench.signal.abort();
    await bench.clock.advance(5_000);
    expect(bench.outcome).toBe("ended");
  });
});

describe("failures", () => {
  test("of a runnable end the process in an orderly way, with its error", async () => {
    const broken = Promise.withResolvers<void>();
    const bench = new ManagerBench();
    bench.manager.addRunnable({ name: "broken", run: () => broken.promise }, { leaderOnly: true });
    await bench.lead();
    broken.reject(new Error("boom"));
    await bench.settle();
    expect(bench.outcome).toEqual(new Error("boom"));
    expect(bench.story).toEqual(STOPPED_IN_ORDER);
  });

  test("of a runnable before its first await count as well", async () => {
    const bench = new ManagerBench();
    bench.manager.addRunnable({ name: "broken", run: fail }, { leaderOnly: false });
    await bench.lead();
    expect(bench.outcome).toEqual(new Error("boom"));
  });

  test("that lose the lease end it at once: reconciles are cut short, nothing else is stopped or released", async () => {
    let reason: unknown;
    const bench = new ManagerBench({}, async (_, { signal }) => {
      await rejectOnAbort(signal).catch((error: unknown) => (reason = error));
    });
    await bench.lead();
    bench.elector.lose();
    await bench.settle();
    expect(bench.outcome).toBeInstanceOf(LeaseLostError);
    expect(reason).toBe(bench.outcome);
    await bench.clock.advance(60_000);
    expect(bench.story).not.toContain("lease released");
    expect(bench.story).not.toContain("probes closed");
  });

  test("that lose the lease do not wait for a reconcile that ignores its signal", async () => {
    const bench = new ManagerBench({}, () => new Promise(() => {}));
    await bench.lead();
    bench.elector.lose();
    await bench.settle();
    expect(bench.outcome).toBeInstanceOf(LeaseLostError);
  });

  test("that lose the lease during the drain end it at once too", async () => {
    const bench = new ManagerBench({}, () => new Promise(() => {}));
    await bench.lead();
    bench.signal.abort();
    await bench.clock.advance(1_000);
    bench.elector.lose();
    await bench.settle();
    expect(bench.outcome).toBeInstanceOf(LeaseLostError);
  });
});

describe("readiness", () => {
  test.each<{ when: string; arrange: (bench: ManagerBench) => void | Promise<void>; problems: Record<string, string> }>(
    [
      {
        when: "informers have not listed yet",
        arrange: () => {},
        problems: { caches: "invoiceservices not listed yet", "leader election": "not tried yet" },
      },
      { when: "another process leads", arrange: ({ informer }) => informer.list(), problems: {} },
      {
        when: "this process leads",
        arrange: async (bench) => {
          bench.informer.list();
          await bench.settle();
          bench.elector.win();
        },
        problems: {},
      },
      {
        when: "the leader has missed a renewal and still leads",
        arrange: async (bench) => {
          bench.informer.list();
          await bench.settle();
          bench.elector.win();
          Object.assign(bench.elector, {
            canContactServer: false,
            lastError: new Error("get leases: connection refused"),
          });
        },
        problems: {},
      },
      {
        when: "the API refuses the Lease, so that nobody can lead",
        arrange: async (bench) => {
          bench.informer.list();
          await bench.settle();
          bench.elector.lastError = new Error("create leases invoiceops/invoiceops: forbidden");
        },
        problems: { "leader election": "create leases invoiceops/invoiceops: forbidden" },
      },
      {
        when: "the API server has been silent for less than five minutes",
        arrange: async (bench) => {
          bench.informer.list();
          await bench.clock.advance(299_999);
        },
        problems: {},
      },
      {
        when: "the API server has been silent for five minutes",
        arrange: async (bench) => {
          bench.informer.list();
          await bench.clock.advance(300_000);
        },
        problems: { caches: "invoiceservices not heard of for 300 s" },
      },
    ],
  )("when $when: $problems", async ({ arrange, problems }) => {
    const bench = new ManagerBench();
    bench.start();
    await arrange(bench);
    await bench.settle();
    expect(bench.probes.problems("ready")).toEqual(problems);
    expect(bench.probes.problems("live")).toEqual({});
  });
});

test("liveness fails when this process led and its renewal is overdue", async () => {
  const bench = new ManagerBench();
  await bench.lead();
  bench.elector.isLeader = false;
  expect(bench.probes.problems("live")).toEqual({ lease: "not renewed in time" });
});

test("the leadership metric follows the elector", async () => {
  const bench = new ManagerBench();
  expect(await leadershipOf(bench)).toBe(0);
  await bench.lead();
  expect(await leadershipOf(bench)).toBe(1);
});

async function leadershipOf(bench: ManagerBench): Promise<number | undefined> {
  const metric = await bench.metrics.registry.getSingleMetric("leader_election_master_status")?.get();
  return metric?.values[0]?.value;
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));
}

function fail(): never {
  throw new Error("boom");
}
