/** How long a key that failed has to wait. Without jitter: the callers that need to be spread spread themselves. */
export interface RateLimiter {
  /** Counts one more failure of the key and returns the milliseconds to wait before it is tried again. */
  next(key: string): number;
  /** How often the key has failed since it was last forgotten. */
  failures(key: string): number;
  forget(key: string): void;
  /** Keys that are remembered. */
  readonly size: number;
}

/** Work inside the cluster: the first retry after 200 ms, then doubling to 30 s. */
export const CLUSTER_BACKOFF = { baseMs: 200, maxMs: 30_000 } as const;

/** Work at third parties, whose outages last and whose limits are tight: 5 s, doubling to 30 min. */
export const EXTERNAL_BACKOFF = { baseMs: 5_000, maxMs: 30 * 60_000 } as const;

/** Per key: `baseMs` after the first failure, twice as long after each further one, `maxMs` at most. */
export function exponentialBackoff({ baseMs, maxMs }: { baseMs: number; maxMs: number }): RateLimiter {
  const failures = new Map<string, number>();
  return {
    next(key) {
      const before = failures.get(key) ?? 0;
      failures.set(key, before + 1);
      return Math.min(baseMs * 2 ** before, maxMs);
    },
    failures: (key) => failures.get(key) ?? 0,
    forget: (key) => void failures.delete(key),
    get size() {
      return failures.size;
    },
  };
}
