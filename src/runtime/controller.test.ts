import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { ControllerBench } from "../../test/support/controller-bench.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { KubeError } from "../kube/errors.ts";
import type { Clock } from "./clock.ts";
import { TerminalError, type Reconciler } from "./controller.ts";

const vat = { namespace: "billing", name: "vat" };
const conflict = new KubeError("apply invoiceservices billing/vat: changed", { status: 409, reason: "Conflict" });
const notLeader = new KubeError("held back", { status: 0, reason: "NotLeader" });
const unavailable = new KubeError("get pods: HTTP 503", { status: 503, reason: "ServiceUnavailable" });

const fails = (error: unknown) => () => Promise.reject(error);

function once(first: () => ReturnType<Reconciler>): Reconciler {
  let calls = 0;
  return () => (calls++ === 0 ? first() : Promise.resolve());
}

describe("how a reconcile ends", () => {
  const ERROR = 50;
  const INFO = 30;

  test.each<{
    ends: string;
    first: () => ReturnType<Reconciler>;
    counts: Record<string, number>;
    level?: number;
    againAfterMs?: number;
  }>([
    { ends: "well: it is done", first: async () => {}, counts: { "reconcile_total[success]": 1 } },
    {
      ends: "well, to be looked at in a minute: it is, and its failures are forgotten",
      first: async () => ({ requeueAfterMs: 60_000 }),
      counts: { "reconcile_total[requeue_after]": 1 },
      againAfterMs: 60_000,
    },
    {
      ends: "well, to be looked at at a time that has passed: a little later, not in a busy loop",
      first: async () => ({ requeueAfterMs: -5 }),
      counts: { "reconcile_total[requeue_after]": 1 },
      againAfterMs: 100,
    },
    {
      ends: "with an error of the API: it is retried after the back-off",
      first: fails(unavailable),
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1 },
      level: ERROR,
      againAfterMs: 200,
    },
    {
      ends: "with a TerminalError: it is counted, and waits for a change",
      first: fails(new TerminalError("spec.scaling.minReplicas is above maxReplicas")),
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1, terminal_reconcile_errors_total: 1 },
      level: ERROR,
    },
    {
      ends: "with a conflict: it is retried, and is no error",
      first: fails(conflict),
      counts: { "reconcile_total[requeue]": 1 },
      level: INFO,
      againAfterMs: 200,
    },
    {
      ends: "with a write held back because another may lead: it is retried, and is no error",
      first: fails(notLeader),
      counts: { "reconcile_total[requeue]": 1 },
      level: INFO,
      againAfterMs: 200,
    },
    {
      ends: "with a bug: it is counted as a panic too, and retried",
      first: fails(new TypeError("Cannot read properties of undefined")),
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1, reconcile_panics_total: 1 },
      level: ERROR,
      againAfterMs: 200,
    },
    {
      ends: "with a throw before any promise: it is an error like others",
      first: () => {
        throw unavailable;
      },
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1 },
      level: ERROR,
      againAfterMs: 200,
    },
    {
      ends: "with something thrown that is no Error: it is an error like others",
      first: fails(undefined),
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1 },
      level: ERROR,
      againAfterMs: 200,
    },
    {
      ends: "with a requeue time that is no number: it is a bug, not a loop without pause",
      first: async () => ({ requeueAfterMs: Number.NaN }),
      counts: { "reconcile_total[error]": 1, reconcile_errors_total: 1, reconcile_panics_total: 1 },
      level: ERROR,
      againAfterMs: 200,
    },
  ])("$ends", async ({ first, counts, level, againAfterMs }) => {
    const bench = new ControllerBench(once(first));
    bench.controller.enqueue(vat);
    void bench.run();
    await bench.clock.advance(0);
    expect(await bench.counts()).toEqual(counts);
    expect(bench.lines.map((line) => line.level)).toEqual(level === undefined ? [] : [level]);

    const total = async (): Promise<number> => (await bench.counts())["reconcile_total[success]"] ?? 0;
    const before = await total();
    await bench.clock.advance((againAfterMs ?? 1_000_000_000) - 1);
    expect(await total()).toBe(before);
    await bench.clock.advance(1);
    expect(await total()).toBe(againAfterMs === undefined ? before : before + 1);
  });

  test("a log line names the controller, the object and the run, and carries the message without other properties", async () => {
    const bench = new ControllerBench(
      fails(Object.assign(new Error("boom"), { config: { authorization: "Bearer secret" } })),
    );
    bench.controller.enqueue(vat);
    void bench.run();
    await bench.clock.advance(0);
    const names = { controller: "invoice-service", namespace: "billing", name: "vat", reconcileID: 1 };
    expect(bench.lines).toMatchObject([{ ...names, error: "boom", retryInMs: 200, failures: 1 }]);
    expect(JSON.stringify(bench.lines)).not.toContain("secret");
  });

  test("failures in a row wait longer each time, and a success starts the count again", async () => {
    const ends: (Error | undefined)[] = [unavailable, conflict, unavailable, undefined, unavailable];
    const at: number[] = [];
    const bench = new ControllerBench(async (_, { now }) => {
      at.push(now() - bench.clock.now() + bench.clock.monotonic());
      const error = ends.shift();
      if (error) throw error;
      return ends.length > 0 ? { requeueAfterMs: 1_000 } : undefined;
    });
    bench.controller.enqueue(vat);
    void bench.run();
    await bench.clock.advance(60_000);
    expect(at).toEqual([0, 200, 600, 1_400, 2_400, 2_600]);
  });
});

describe("workers", () => {
  test("run as many reconciles at once as allowed, each of another object", async () => {
    const gates: (() => void)[] = [];
    const bench = new ControllerBench(() => new Promise((resolve) => gates.push(resolve)), { concurrency: 2 });
    for (const name of ["a", "b", "c", "a"]) bench.controller.enqueue({ name });
    void bench.run();
    await bench.clock.advance(0);
    bench.controller.enqueue({ name: "a" });
    await bench.clock.advance(0);
    expect([gates.length, (await bench.counts())["active_workers"]]).toEqual([2, 2]);
    for (let done = 0; done < 4; done += 1) {
      gates[done]?.();
      await bench.clock.advance(0);
    }
    expect(await bench.counts()).toEqual({ "reconcile_total[success]": 4 });
  });

  test("let the event loop turn although no reconcile ever waits for anything", async () => {
    let elapsed = 0;
    const clock: Clock = { ...asClock(new FakeClock()), monotonic: () => (elapsed += 5) };
    let turned = false;
    const turnedBefore: boolean[] = [];
    const bench = new ControllerBench(async () => void turnedBefore.push(turned), { clock });
    for (let index = 0; index < 1_000; index += 1) bench.controller.enqueue({ name: `${index}` });
    void bench.run();
    setImmediate(() => (turned = true));
    while (turnedBefore.length < 1_000) await nextTurn();
    expect(turnedBefore.indexOf(true)).toBeGreaterThan(0);
    expect(turnedBefore.indexOf(true)).toBeLessThan(10);
  });

  test("abort a reconcile that takes too long, count it, and retry", async () => {
    const reasons: string[] = [];
    const bench = new ControllerBench(
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as Error).message);
            reject(signal.reason as Error);
          }),
        ),
      { timeoutMs: 5_000 },
    );
    bench.controller.enqueue(vat);
    void bench.run();
    await bench.clock.advance(5_000);
    expect(reasons).toEqual(["the reconcile took longer than 5000 ms"]);
    expect(await bench.counts()).toEqual({
      "reconcile_total[error]": 1,
      reconcile_errors_total: 1,
      reconcile_timeouts_total: 1,
    });
    await bench.clock.advance(5_200);
    expect(reasons).toHaveLength(2);
  });

  test("leave no timer behind when a reconcile ends", async () => {
    const bench = new ControllerBench(async () => {});
    bench.controller.enqueue(vat);
    void bench.run();
    await bench.clock.advance(0);
    expect(bench.clock.pending).toBe(0);
  });
});

describe("the end", () => {
  const waiting = (ended: string[]): Reconciler => {
    return ({ name }, { signal }) =>
      new Promise((resolve, reject) => {
        finish.set(name, () => (ended.push(name), resolve()));
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
  };
  const finish = new Map<string, () => void>();

  test("comes when what is in hand is done; what waits is left to the next leader", async () => {
    const ended: string[] = [];
    const bench = new ControllerBench(waiting(ended), { concurrency: 2 });
    for (const name of ["a", "b", "c"]) bench.controller.enqueue({ name });
    let over = false;
    const run = bench.run().then(() => (over = true));
    await bench.clock.advance(0);
    bench.stop.abort();
    finish.get("a")?.();
    await bench.clock.advance(0);
    expect(over).toBe(false);
    finish.get("b")?.();
    await run;
    expect(ended).toEqual(["a", "b"]);
  });

  test("comes sooner when reconciles are cut short, which is neither an error nor retried", async () => {
    const bench = new ControllerBench(waiting([]));
    bench.controller.enqueue(vat);
    const run = bench.run();
    await bench.clock.advance(0);
    bench.cut.abort(new Error("the lease is lost"));
    await run;
    expect(await bench.counts()).toEqual({ "reconcile_total[requeue]": 1 });
    expect(bench.lines).toMatchObject([{ level: 30, error: "the lease is lost", msg: "reconcile cut short" }]);
  });

  test("is there at once when the signal has aborted before the start", async () => {
    const bench = new ControllerBench(async () => {});
    bench.controller.enqueue(vat);
    bench.stop.abort();
    await bench.run();
    expect(await bench.counts()).toEqual({});
  });
});

/** The methods as own properties, so that a spread keeps them. */
function asClock(clock: FakeClock): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    after: (ms, run) => clock.after(ms, run),
  };
}
