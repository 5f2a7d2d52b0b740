import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LONGEST_TIMER_MS, realClock } from "./clock.ts";

/** vitest's timers do what Node's do: a delay over 2^31 - 1 ms fires after 1 ms. */
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DAY = 86_400_000;

describe("realClock", () => {
  test.each([1, LONGEST_TIMER_MS - 1, LONGEST_TIMER_MS, LONGEST_TIMER_MS + 1, 40 * DAY, 60 * DAY, 400 * DAY])(
    "after %d ms it calls once, and not a millisecond earlier",
    (ms) => {
      const run = vi.fn<() => void>();
      realClock.after(ms, run);
      vi.advanceTimersByTime(ms - 1);
      expect(run).toHaveBeenCalledTimes(0);
      vi.advanceTimersByTime(1);
      expect(run).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(400 * DAY);
      expect(run).toHaveBeenCalledTimes(1);
    },
  );

  test.each([0, -5])("a delay of %d ms is none", (ms) => {
    const run = vi.fn<() => void>();
    realClock.after(ms, run);
    vi.advanceTimersByTime(0);
    expect(run).toHaveBeenCalledTimes(1);
  });

  test.each([0, 30 * DAY])("what is cancelled after %d ms does not come", (ms) => {
    const run = vi.fn<() => void>();
    const cancel = realClock.after(60 * DAY, run);
    vi.advanceTimersByTime(ms);
    cancel();
    vi.advanceTimersByTime(100 * DAY);
    expect(run).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a sleep that was cut short rejects with the reason", async () => {
    vi.useRealTimers();
    const abort = new AbortController();
    const sleeping = realClock.sleep(60 * DAY, abort.signal);
    abort.abort(new Error("enough"));
    await expect(sleeping).rejects.toThrow("aborted");
  });
});
