import type { Policy } from "../policy.ts";
import { AFTER_MS, BEFORE_MS, replicasByHand } from "./cron-right-dates.ts";

const DAY_MS = 86_400_000;

/** KEDA's cron trigger about one day of each month, 1 to 28, in UTC: a metric of the HPA, holidays or not. */
export function cronFixedDay(day: number): Policy {
  return {
    name: `KEDA cron, day ${day}`,
    begin(ground) {
      const replicas = replicasByHand(ground);
      return {
        look({ now }) {
          const at = new Date(now);
          const active = [-1, 0, 1].some((months) => {
            const deadline = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, day) + DAY_MS;
            return now >= deadline - BEFORE_MS && now < deadline + AFTER_MS;
          });
          return active ? { metric: replicas() } : {};
        },
      };
    },
  };
}
