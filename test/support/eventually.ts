import { vi } from "vitest";

/** Waits until `check` no longer throws, and gives what it returns. What talks to real programs is given more than the 10 s. */
export function eventually<T>(check: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  return vi.waitFor(check, { interval: timeoutMs > 10_000 ? 50 : 2, timeout: timeoutMs });
}
