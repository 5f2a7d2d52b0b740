import { highestPeak } from "../last-window.ts";
import type { Policy } from "../policy.ts";

/** Enough for the highest demand ever seen, at all times. */
export const staticMaximum: Policy = {
  name: "static maximum",
  begin(ground) {
    const { perReplica, utilization } = ground.workload;
    const floor = Math.ceil(highestPeak(ground) / (perReplica * utilization));
    return { look: () => ({ floor }) };
  },
};
