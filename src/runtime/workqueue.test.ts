import { describe, expect, test, vi } from "vitest";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { WorkQueue, type QueueMetrics } from "./workqueue.ts";

function queueWithClock(metrics?: QueueMetrics): { clock: FakeClock; queue: WorkQueue } {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock, metrics }) };
}

describe("a waiting worker", () => {
  test("is woken by the next key, the longest waiting one first", async () => {
    const { queue } = queueWithClock();
    const workers = [queue.get(), queue.get()];
    queue.add("a");
    queue.add("b");
    expect(await Promise.all(workers)).toEqual(["a", "b"]);
  });

  test("gives up when its signal aborts, and the next key goes to another", async () => {
    const { queue } = queueWithClock();
    const abort = new AbortController();
    const first = queue.get(abort.signal);
    const second = queue.get();
    abort.abort();
    expect(await first).toBeUndefined();
    queue.add("a");
    expect(await second).toBe("a");
    expect(await queue.get(abort.signal)).toBeUndefined();
  });
});

test("several requests for a key in a row are one, also while a worker waits for it", async () => {
  const { queue } = queueWithClock();
  const worker = queue.get();
  queue.add("a");
  queue.add("a");
  queue.addAfter("a", 0);
  queue.done((await worker) ?? "");
  expect([queue.length, queue.held]).toEqual([0, 0]);
});

describe("priority", () => {
  test("an ordinary request lifts a key that waits with low priority", async () => {
    const { queue } = queueWithClock();
    queue.add("first", { priority: "low" });
    queue.add("second", { priority: "low" });
    queue.add("second");
    expect([await queue.get(), await queue.get()]).toEqual(["second", "first"]);
  });

  test("a key asked for with low priority while it is worked on waits with low priority afterwards", async () => {
    const { queue } = queueWithClock();
    queue.add("a");
    await queue.get();
    queue.add("a", { priority: "low" });
    queue.add("b");
    queue.add("c", { priority: "low" });
    queue.done("a");
    queue.add("d");
    // The turn of the low ones: "c" is the first of them.
    expect([await queue.get(), await queue.get(), await queue.get(), await queue.get()]).toEqual(["c", "b", "a", "d"]);
  });
});

describe("delays", () => {
  test.each([0, -1, Number.NaN])("of %s mean at once", async (ms) => {
    const { queue } = queueWithClock();
    queue.addAfter("a", ms);
    expect(queue.length).toBe(1);
  });

  test("that end at a fraction of a millisecond neither spin nor get lost", async () => {
    const clock = new FakeClock("2027-01-15T23:59:59.999Z");
    const queue = new WorkQueue({ clock });
    for (const [index, ms] of [0.1, 0.25, 1 / 3, 1234.56789, 29_999.000_01].entries()) queue.addAfter(`${index}`, ms);
    await clock.advance(30_001);
    expect(queue.length).toBe(5);
  });

  test("use one timer however many keys wait", async () => {
    const { clock, queue } = queueWithClock();
    for (let index = 0; index < 5_000; index += 1) queue.addAfter(`${index}`, 30_000 - index);
    expect(clock.pending).toBe(1);
    await clock.advance(25_001);
    expect([queue.length, clock.pending]).toEqual([1, 1]);
  });

  test("and the count of failures are kept apart: a look in between does not reset the back-off", async () => {
    const { clock, queue } = queueWithClock();
    expect(queue.addRateLimited("a")).toBe(200);
    queue.add("a");
    await queue.get();
    queue.done("a");
    expect([queue.retries("a"), queue.addRateLimited("a")]).toEqual([1, 400]);
    await clock.advance(399);
    expect(queue.length).toBe(0);
    await clock.advance(1);
    expect(queue.length).toBe(1);
  });
});

describe("shutdown", () => {
  test("drops what is delayed and stops the timer", () => {
    const { clock, queue } = queueWithClock();
    queue.addAfter("a", 1_000);
    void queue.shutdown({ drain: true });
    expect([queue.held, clock.pending]).toEqual([0, 0]);
  });

  test("with drain gives a worker that waits the key that was asked for a moment before", async () => {
    const { queue } = queueWithClock();
    const workers = [queue.get(), queue.get()];
    queue.add("a");
    const drained = queue.shutdown({ drain: true });
    expect(await Promise.all(workers)).toEqual(["a", undefined]);
    queue.done("a");
    await drained;
  });

  test("gives workers that come later nothing", async () => {
    const { queue } = queueWithClock();
    queue.add("a");
    await queue.shutdown({ drain: false });
    expect(await queue.get()).toBeUndefined();
  });
});

describe("what is measured", () => {
  test("waiting counts from the first request, working from the hand-over", async () => {
    const metrics = {
      added: vi.fn<() => void>(),
      taken: vi.fn<(ms: number) => void>(),
      done: vi.fn<(ms: number) => void>(),
      retried: vi.fn<() => void>(),
    };
    const { clock, queue } = queueWithClock(metrics);
    queue.add("a");
    await clock.advance(30);
    queue.add("a");
    await clock.advance(20);
    await queue.get();
    await clock.advance(7);
    queue.done("a");
    queue.done("a");
    queue.addRateLimited("a");
    expect(metrics.added.mock.calls).toEqual([[]]);
    expect(metrics.taken.mock.calls).toEqual([[50]]);
    expect(metrics.done.mock.calls).toEqual([[7]]);
    expect(metrics.retried).toHaveBeenCalledOnce();
  });

  test("unfinished work is told as it ages", async () => {
    const { clock, queue } = queueWithClock();
    expect(queue.unfinished()).toEqual({ totalMs: 0, longestMs: 0 });
    queue.add("a");
    await queue.get();
    await clock.advance(30);
    queue.add("b");
    await queue.get();
    await clock.advance(5);
    expect(queue.unfinished()).toEqual({ totalMs: 40, longestMs: 35 });
  });
});
