import { describe, expect, onTestFinished, test, vi } from "vitest";

import { FakeClock } from "../../test/support/fake-clock.ts";
import { silentLogger } from "../runtime/logger.ts";
import type { Client } from "./client.ts";
import { KubeError } from "./errors.ts";
import { LeaderElector, type LeaderElectorOptions } from "./lease.ts";
import type { LeaseRecord } from "./lease-record.ts";
import type { Lease } from "./resource.ts";

const ref = { namespace: "invoiceops", name: "operator" };

/** One Lease with optimistic locking, as the API server keeps it; `fail` makes every call fail, `hang` wait. */
class LeaseStore {
  lease: Lease | undefined;
  version = 0;
  fail: Error | undefined;
  hang = false;
  readonly calls: string[] = [];
  readonly client = {
    get: (_: unknown, __: unknown, options: { signal?: AbortSignal } = {}) =>
      this.#call("get", options.signal, () => this.lease ?? refuse(404, "NotFound")),
    create: (_: unknown, object: Lease, options: { signal?: AbortSignal } = {}) =>
      this.#call("create", options.signal, () => (this.lease ? refuse(409, "AlreadyExists") : this.put(object.spec))),
    replace: (_: unknown, object: Lease, options: { signal?: AbortSignal } = {}) =>
      this.#call("replace", options.signal, () => {
        if (!this.lease) return refuse(404, "NotFound");
        const current = object.metadata.resourceVersion === this.lease.metadata.resourceVersion;
        return current ? this.put(object.spec) : refuse(409, "Conflict");
      }),
  } as unknown as Client;

  put(spec: LeaseRecord | undefined): Lease {
    this.version += 1;
    this.lease = { metadata: { ...ref, resourceVersion: String(this.version) }, ...(spec && { spec }) };
    return this.lease;
  }

  async #call(name: string, signal: AbortSignal | undefined, answer: () => Lease): Promise<Lease> {
    this.calls.push(name);
    if (this.fail) throw this.fail;
    if (this.hang) await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    return structuredClone(answer());
  }
}

/** Time that went on while the process did not: no timer ran in it. */
class StoppedClock extends FakeClock {
  stoppedMs = 0;

  override monotonic(): number {
    return super.monotonic() + this.stoppedMs;
  }
}

function refuse(status: number, reason: string): never {
  throw new KubeError(reason, { status, reason });
}

/** An elector that runs until the test is over, and what it reported. */
function start(store: LeaseStore, clock: FakeClock, identity = "a", options: Partial<LeaderElectorOptions> = {}) {
  const elector = new LeaderElector({
    client: store.client,
    clock,
    log: silentLogger,
    lease: ref,
    identity,
    random: () => 0,
    ...options,
  });
  const abort = new AbortController();
  const handlers = { onStarted: vi.fn<(leading: AbortSignal) => void>(), onLost: vi.fn<() => void>() };
  const ended = elector.run(abort.signal, handlers);
  onTestFinished(() => abort.abort());
  return { elector, abort, ended, ...handlers };
}

const foreign = (seconds: number, renewTime = "2020-01-01T00:00:00.000000Z"): LeaseRecord => ({
  holderIdentity: "them",
  leaseDurationSeconds: seconds,
  renewTime,
  leaseTransitions: 2,
});

describe("acquiring", () => {
  test("creates the lease where there is none", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector, onStarted } = start(store, clock);
    await clock.advance(0);
    expect(elector.isLeader).toBe(true);
    expect(onStarted).toHaveBeenCalledOnce();
    expect(store.lease?.spec).toMatchObject({ holderIdentity: "a", leaseDurationSeconds: 15, leaseTransitions: 0 });
  });

  test("takes a released lease at once and counts the change of holder", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.put({ ...foreign(1), holderIdentity: "" });
    const { elector } = start(store, clock);
    await clock.advance(0);
    expect(elector.isLeader).toBe(true);
    expect(store.lease?.spec?.leaseTransitions).toBe(3);
  });

  test("waits for a dead holder's own duration, though its renewTime is years ago", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.put(foreign(60));
    const { elector } = start(store, clock);
    await clock.advance(60_000);
    expect(elector.isLeader).toBe(false);
    await clock.advance(100);
    expect(elector.isLeader).toBe(true);
  });

  test("never displaces a holder with 60 s that renews every 30 s", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.put(foreign(60));
    const { elector, onStarted } = start(store, clock);
    for (let minute = 0; minute < 10; minute += 0.5) {
      await clock.advance(30_000);
      store.put(foreign(60, `2020-01-01T00:00:00.${String(minute * 10 + 1).padStart(6, "0")}Z`));
    }
    expect(elector.isLeader).toBe(false);
    expect(onStarted).not.toHaveBeenCalled();
  });

  test("goes to one of two that try at the same time", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const both = [start(store, clock, "a"), start(store, clock, "b")];
    await clock.advance(5000);
    expect(both.filter(({ elector }) => elector.isLeader)).toHaveLength(1);
  });

  test("goes on while the server cannot be reached, and says so", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.fail = new KubeError("connection refused", { status: 0, reason: "ConnectionRefused" });
    const { elector } = start(store, clock);
    await clock.advance(10_000);
    expect(elector).toMatchObject({ isLeader: false, canContactServer: false, lastError: store.fail });
    store.fail = undefined;
    await clock.advance(2000);
    expect(elector).toMatchObject({ isLeader: true, canContactServer: true, lastError: undefined });
  });

  test("ends with the signal", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.put(foreign(60));
    const { abort, ended, onLost } = start(store, clock);
    await clock.advance(1000);
    abort.abort();
    await ended;
    expect(onLost).not.toHaveBeenCalled();
    expect(clock.pending).toBe(0);
  });
});

describe("holding", () => {
  test("renews every two seconds with one call and no transition", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector } = start(store, clock);
    await clock.advance(60_000);
    expect(elector.isLeader).toBe(true);
    expect(store.calls).toEqual(["get", "create", ...Array.from({ length: 30 }, () => "replace")]);
    expect(store.lease?.spec).toMatchObject({ leaseTransitions: 0, acquireTime: "2027-01-01T00:00:00.000000Z" });
  });

  test("survives that somebody labels the lease, or deletes it", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector } = start(store, clock);
    await clock.advance(3000);
    store.put(store.lease?.spec);
    await clock.advance(3000);
    store.lease = undefined;
    await clock.advance(3000);
    expect(elector.isLeader).toBe(true);
    expect(store.lease).toMatchObject({ spec: { holderIdentity: "a" } });
  });

  test("survives a server that is away for less than the deadline", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector, onLost } = start(store, clock);
    await clock.advance(1000);
    store.fail = new KubeError("no", { status: 503, reason: "ServiceUnavailable" });
    await clock.advance(6000);
    store.fail = undefined;
    await clock.advance(10_000);
    expect(elector.isLeader).toBe(true);
    expect(onLost).not.toHaveBeenCalled();
  });
});

describe("losing", () => {
  test.each<[string, (store: LeaseStore) => void]>([
    ["fails every call", (store) => (store.fail = new KubeError("no", { status: 500, reason: "InternalError" }))],
    ["hangs", (store) => (store.hang = true)],
  ])("is reported ten seconds after the last renewal when the server %s", async (_, breakIt) => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector, ended, onStarted, onLost } = start(store, clock);
    await clock.advance(0);
    breakIt(store);
    await clock.advance(9999);
    expect([elector.isLeader, onLost.mock.calls.length]).toEqual([true, 0]);
    await clock.advance(1);
    expect([elector.isLeader, onLost.mock.calls.length]).toEqual([false, 1]);
    expect(onStarted.mock.calls[0]?.[0].aborted).toBe(true);
    await ended;
  });

  test("is reported at once when another holder's record stands", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector, onLost } = start(store, clock);
    await clock.advance(3000);
    store.put(foreign(15));
    await clock.advance(1000);
    expect([elector.isLeader, onLost.mock.calls.length]).toEqual([false, 1]);
    expect(store.lease).toMatchObject({ spec: { holderIdentity: "them" } });
  });

  test("is known before anything else runs when the process was stopped too long", async () => {
    const [store, clock] = [new LeaseStore(), new StoppedClock()];
    const { elector, onLost } = start(store, clock);
    await clock.advance(1000);
    const writes = store.version;
    clock.stoppedMs = 60_000;
    expect(elector.isLeader).toBe(false);
    expect(() => elector.assertLeader()).toThrow("held back: this process does not hold the lease invoiceops/operator");
    await clock.advance(1000);
    expect(onLost).toHaveBeenCalledOnce();
    expect(store.version).toBe(writes);
  });
});

describe("releasing", () => {
  test("leaves a lease that the next one takes at its next look", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const first = start(store, clock, "a");
    await clock.advance(1000);
    const second = start(store, clock, "b");
    await clock.advance(1000);
    first.abort.abort();
    await first.ended;
    expect(first.elector.isLeader).toBe(true);
    await first.elector.release();
    expect(first.elector.isLeader).toBe(false);
    expect(store.lease?.spec).toMatchObject({ holderIdentity: "", leaseDurationSeconds: 1 });
    await clock.advance(2000);
    expect(second.elector.isLeader).toBe(true);
    expect(store.lease?.spec?.leaseTransitions).toBe(1);
    expect(first.onLost).not.toHaveBeenCalled();
  });

  test("ends a run that still renews, without a loss", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector, ended, onLost } = start(store, clock);
    await clock.advance(1000);
    await elector.release();
    await clock.advance(10_000);
    await ended;
    expect(onLost).not.toHaveBeenCalled();
    expect(store.lease?.spec?.holderIdentity).toBe("");
  });

  test("does nothing where nothing is held, and never takes another's lease away", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    store.put(foreign(60));
    const { elector } = start(store, clock);
    await clock.advance(1000);
    await elector.release();
    expect(store.lease?.spec?.holderIdentity).toBe("them");
  });

  test("that fails is no failure of the shutdown", async () => {
    const [store, clock] = [new LeaseStore(), new FakeClock()];
    const { elector } = start(store, clock);
    await clock.advance(0);
    store.fail = new KubeError("no", { status: 500, reason: "InternalError" });
    await expect(elector.release()).resolves.toBeUndefined();
  });
});

function build(options: Partial<LeaderElectorOptions> = {}): LeaderElector {
  const { client } = new LeaseStore();
  return new LeaderElector({
    client,
    clock: new FakeClock(),
    log: silentLogger,
    lease: ref,
    identity: "a",
    ...options,
  });
}

test("durations that cannot work are refused", () => {
  expect(() => build({ renewDeadlineMs: 15_000 })).toThrow(RangeError);
  expect(() => build({ renewDeadlineMs: 2400 })).toThrow("leaseDuration > renewDeadline > 1.2 x retryPeriod");
});

test("a write without the lease is held back with the reason NotLeader", () => {
  expect(() => build().assertLeader()).toThrow(expect.objectContaining({ status: 0, reason: "NotLeader" }));
});
