import type { Policy } from "../policy.ts";

const WEEK_MS = 7 * 86_400_000;
const AHEAD_MS = 1_800_000;

/** The load of a week ago, half an hour ahead, as one more metric (`offset 6d23h30m`, as Grafana Mimir's autoscaling does). */
export const weekAgo: Policy = {
  name: "week-ago offset",
  begin({ past, workload: { perReplica, utilization } }) {
    return {
      look({ now }) {
        const load = past.at(now - WEEK_MS + AHEAD_MS);
        return Number.isNaN(load) ? {} : { metric: Math.ceil(load / (perReplica * utilization)) };
      },
    };
  },
};
