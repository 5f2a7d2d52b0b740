import { vi } from "vitest";

/** Waits until `check` no longer throws. What talks to real programs is given more than the 10 s. */
export function eventually(check: () => void | Promise<void>, timeoutMs = 10_000): Promise<void> {
  return vi.waitFor(check, { interval: timeoutMs > 10_000 ? 50 : 2, timeout: timeoutMs });
}
