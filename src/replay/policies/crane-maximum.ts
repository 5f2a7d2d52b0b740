import { eachHour, Hourly, HOURS_OF_WEEK } from "../hourly.ts";
import type { Policy } from "../policy.ts";

const CYCLES = 2;
const MARGIN = 1.2;

/**
 * Like Crane's predictor with its maxValue estimator: the highest load of the same hour in the last weeks with a
 * margin of 20 %, for the hour to come, as a metric.
 */
export const craneMaximum: Policy = {
  name: "Crane-like maximum",
  begin({ past, workload: { perReplica, utilization } }) {
    const hours = new Hourly(past);
    const expected = (hour: number): number => {
      const same = Array.from({ length: CYCLES }, (_, index) => hour - (index + 1) * HOURS_OF_WEEK);
      return Math.max(0, ...same.filter((one) => one >= hours.first).map((one) => hours.at(one)));
    };
    const metricAt = eachHour((hour) =>
      Math.ceil((MARGIN * Math.max(expected(hour), expected(hour + 1))) / (perReplica * utilization)),
    );
    return { look: ({ now }) => ({ metric: metricAt(now) }) };
  },
};
