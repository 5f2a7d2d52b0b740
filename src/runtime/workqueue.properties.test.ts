import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { exponentialBackoff } from "./ratelimit.ts";
import { WorkQueue } from "./workqueue.ts";

const LONG_MS = 1_000_000;
const BACKOFF = { baseMs: 10, maxMs: 1_000 };

type Step =
  | { do: "add" | "addLow" | "fail" | "forget"; key: string }
  | { do: "addAfter"; key: string; ms: number }
  | { do: "worker" }
  | { do: "finish"; which: number }
  | { do: "advance"; ms: number };

const KEYS = ["a", "b", "c", "d"];
const anyKey = fc.constantFrom(...KEYS);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom("add" as const, "addLow" as const, "fail" as const, "forget" as const),
    key: anyKey,
  }),
  fc.record({ do: fc.constant("addAfter" as const), key: anyKey, ms: fc.integer({ min: -5, max: 300 }) }),
  fc.record({ do: fc.constant("worker" as const) }),
  fc.record({ do: fc.constant("finish" as const), which: fc.nat(20) }),
  fc.record({ do: fc.constant("advance" as const), ms: fc.integer({ min: 1, max: 200 }) }),
);
const steps = fc.array(anyStep, { maxLength: 60, size: "max" });

/** A delivery, and what the model said about the key at that moment. */
interface Delivery {
  key: string;
  at: number;
  /** By when it had been asked for, earliest of all wishes; undefined: nobody had asked. */
  wantedAt: number | undefined;
  heldAlready: boolean;
}

/** The queue under workers that finish when told to, beside a model: each key and the earliest time asked for. */
class Bench {
  readonly clock = new FakeClock();
  readonly queue = new WorkQueue({ clock: this.clock, limiter: exponentialBackoff(BACKOFF) });
  readonly wanted = new Map<string, number>();
  readonly deliveries: Delivery[] = [];
  held: string[] = [];
  waiting = 0;
  readonly #failures = new Map<string, number>();

  async take(step: Step): Promise<void> {
    this.#apply(step);
    await this.settle();
    if (step.do === "advance") await this.clock.advance(step.ms);
    await this.settle();
  }

  #apply(step: Step): void {
    if (step.do === "add") this.#want(step.key, 0, () => this.queue.add(step.key));
    if (step.do === "addLow") this.#want(step.key, 0, () => this.queue.add(step.key, { priority: "low" }));
    if (step.do === "addAfter") this.#want(step.key, step.ms, () => this.queue.addAfter(step.key, step.ms));
    if (step.do === "fail") {
      const failures = this.#failures.get(step.key) ?? 0;
      this.#failures.set(step.key, failures + 1);
      const ms = Math.min(BACKOFF.baseMs * 2 ** failures, BACKOFF.maxMs);
      this.#want(step.key, ms, () => this.queue.addRateLimited(step.key));
    }
    if (step.do === "forget") {
      this.#failures.delete(step.key);
      this.queue.forget(step.key);
    }
    if (step.do === "worker") this.startWorker();
    if (step.do === "finish") this.finish(step.which);
  }

  #want(key: string, ms: number, ask: () => void): void {
    const at = this.clock.now() + Math.max(0, ms);
    this.wanted.set(key, Math.min(at, this.wanted.get(key) ?? Infinity));
    ask();
  }

  startWorker(): void {
    this.waiting += 1;
    void this.queue.get().then((key) => {
      this.waiting -= 1;
      if (key === undefined) return;
      const heldAlready = this.held.includes(key);
      this.deliveries.push({ key, at: this.clock.now(), wantedAt: this.wanted.get(key), heldAlready });
      this.wanted.delete(key);
      this.held.push(key);
    });
  }

  finish(which: number): void {
    const [key] = this.held.splice(which % Math.max(1, this.held.length), 1);
    if (key !== undefined) this.queue.done(key);
  }

  /** Keys that are due, in nobody's hands, while a worker waits for one: there must be none. */
  overlooked(): string[] {
    if (this.waiting === 0) return [];
    const due = [...this.wanted].filter(([, at]) => at <= this.clock.now()).map(([key]) => key);
    return due.filter((key) => !this.held.includes(key));
  }

  /** Works off all there is, now and delayed; bounded, so that a queue that never comes to rest fails. */
  async workOff(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      while (this.held.length > 0) this.finish(0);
      if (this.waiting === 0) this.startWorker();
      await this.settle();
      if (this.held.length === 0) await this.clock.advance(LONG_MS);
    }
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function property(
  sequence: fc.Arbitrary<Step[]>,
  check: (bench: Bench, steps: Step[]) => Promise<void>,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(sequence, (taken) => check(new Bench(), taken)),
    { numRuns: 150 },
  );
}

describe("whatever is done to the queue in whatever order", () => {
  test("no key is ever in the hands of two workers", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) await bench.take(each);
      expect(bench.deliveries.filter(({ heldAlready }) => heldAlready)).toEqual([]);
    }));

  test("no wake-up is lost: all that is asked for, also while the key is being worked on, is handed out", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) await bench.take(each);
      await bench.workOff();
      expect([...bench.wanted.keys()]).toEqual([]);
    }));

  test("a key comes at the earliest time asked for, neither before nor after", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) {
        await bench.take(each);
        expect(bench.overlooked()).toEqual([]);
      }
      await bench.workOff();
      expect(bench.deliveries.filter(({ at, wantedAt }) => wantedAt === undefined || wantedAt > at)).toEqual([]);
    }));

  test("at rest, with all failures forgotten, the queue remembers nothing", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) await bench.take(each);
      await bench.workOff();
      for (const key of KEYS) bench.queue.forget(key);
      expect({ held: bench.queue.held, length: bench.queue.length, timers: bench.clock.pending }).toEqual({
        held: 0,
        length: 0,
        timers: 0,
      });
    }));

  test("a drain hands out what was asked for by then, takes nothing new, and ends", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) await bench.take(each);
      const due = [...bench.wanted].filter(([, at]) => at <= bench.clock.now()).map(([key]) => key);
      const before = bench.deliveries.length;

      let drained = false;
      void bench.queue.shutdown({ drain: true }).then(() => (drained = true));
      await bench.settle();
      expect(drained).toBe(due.length === 0 && bench.held.length === 0);
      bench.queue.add("late");
      bench.queue.addAfter("later", 1);

      await bench.workOff();
      const handedOut = bench.deliveries.slice(before).map(({ key }) => key);
      expect(handedOut.toSorted()).toEqual(due.toSorted());
      expect(drained).toBe(true);
      expect(bench.clock.pending).toBe(0);
    }));

  test("a stop without drain hands out nothing more and ends when what is being worked on is done", () =>
    property(steps, async (bench, taken) => {
      for (const each of taken) await bench.take(each);
      const before = bench.deliveries.length;

      let stopped = false;
      void bench.queue.shutdown({ drain: false }).then(() => (stopped = true));
      await bench.settle();
      expect({ stopped, waiting: bench.waiting }).toEqual({ stopped: bench.held.length === 0, waiting: 0 });
      expect({ length: bench.queue.length, timers: bench.clock.pending }).toEqual({ length: 0, timers: 0 });

      await bench.workOff();
      expect(bench.deliveries.length).toBe(before);
      expect(stopped).toBe(true);
    }));
});

describe("the order", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"), { maxLength: 30 });

  test("is that of the first request for each key", () =>
    fc.assert(
      fc.asyncProperty(names, async (asked) => {
        const queue = new WorkQueue({ clock: new FakeClock() });
        for (const name of asked) queue.add(name);
        expect(await takeAll(queue)).toEqual([...new Set(asked)]);
      }),
    ));

  test("of delayed keys is that of their times, and of their requests when these are equal", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }), async (delays) => {
        const clock = new FakeClock();
        const queue = new WorkQueue({ clock });
        for (const [index, ms] of delays.entries()) queue.addAfter(`${index}`, ms);
        await clock.advance(50);
        const expected = [...delays.entries()]
          .toSorted(([i, a], [j, b]) => a - b || i - j)
          .map(([index]) => `${index}`);
        expect(await takeAll(queue)).toEqual(expected);
      }),
    ));

  test("lets low and ordinary keys take turns while both wait, so neither starves", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 30 }), async (lows) => {
        const queue = new WorkQueue({ clock: new FakeClock() });
        for (const [index, low] of lows.entries()) {
          queue.add(`${low ? "low" : "plain"}-${index}`, low ? { priority: "low" } : {});
        }
        const kinds = (await takeAll(queue)).map((name) => name.split("-")[0]);
        const mixed = kinds.slice(0, 2 * Math.min(lows.filter(Boolean).length, lows.filter((low) => !low).length));
        for (const [index, kind] of mixed.entries()) expect(kind).not.toBe(mixed[index + 1]);
      }),
    ));
});

async function takeAll(queue: WorkQueue): Promise<string[]> {
  const taken: string[] = [];
  while (queue.length > 0) taken.push((await queue.get()) ?? "");
  return taken;
}
