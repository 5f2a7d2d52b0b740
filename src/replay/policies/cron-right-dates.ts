import { eachWindow, lastPeak } from "../last-window.ts";
import type { Ground, Policy } from "../policy.ts";

const HOUR_MS = 3_600_000;
export const BEFORE_MS = 72 * HOUR_MS;
export const AFTER_MS = 24 * HOUR_MS;
const MARGIN = 1.2;

/** Replicas that a careful person sets for the next window: the last one's highest demand and a fifth more. */
export function replicasByHand(ground: Ground): () => number {
  const { perReplica, utilization } = ground.workload;
  return eachWindow(ground, () => Math.ceil((MARGIN * lastPeak(ground)) / (perReplica * utilization)));
}

/**
 * Somebody raises the minimum by the clock, from 72 h before each deadline to 24 h after, and has looked up the right
 * date each time. A floor, and not KEDA's metric, which may stop a tenth short.
 */
export const cronRightDates: Policy = {
  name: "cron at the right dates",
  begin(ground) {
    const replicas = replicasByHand(ground);
    return {
      look({ now }) {
        const active = ground
          .windowsAt(now)
          .some(({ deadline }) => now >= deadline - BEFORE_MS && now < deadline + AFTER_MS);
        return active ? { floor: replicas() } : {};
      },
    };
  },
};
