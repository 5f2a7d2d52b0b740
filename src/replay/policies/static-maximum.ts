import { eachWindow, highestPeak } from "../last-window.ts";
import type { Policy } from "../policy.ts";

/** Enough for the highest demand of any window, at all times. */
export const staticMaximum: Policy = {
  name: "static maximum",
  begin(ground) {
    const { perReplica, utilization } = ground.workload;
    const floor = eachWindow(ground, () => Math.ceil(highestPeak(ground) / (perReplica * utilization)));
    return { look: () => ({ floor: floor() }) };
  },
};
