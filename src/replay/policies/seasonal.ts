import { eachHour, Hourly, HOURS_OF_WEEK } from "../hourly.ts";
import type { Policy } from "../policy.ts";

const WEEKS = 2;
const DAY_HOURS = 24;

/**
 * What predictive scaling with two weeks of history can know: the same hour of the last two weeks, at the level of
 * the last day. It raises the minimum for this hour and the next.
 */
export const seasonal: Policy = {
  name: "14-day seasonal",
  begin({ past, workload: { perReplica, utilization } }) {
    const hours = new Hourly(past);
    const pattern = (hour: number): number => {
      const weeks = Array.from({ length: WEEKS }, (_, index) => hour - (index + 1) * HOURS_OF_WEEK).filter(
        (same) => same >= hours.first,
      );
      return weeks.reduce((sum, same) => sum + hours.at(same), 0) / Math.max(1, weeks.length);
    };
    const floorAt = eachHour((hour) => {
      const from = hour - DAY_HOURS;
      if (from < hours.first) return 0;
      const expected = sumOfDay(from, pattern);
      const level = expected > 0 ? sumOfDay(from, (one) => hours.at(one)) / expected : 1;
      return Math.ceil((level * Math.max(pattern(hour), pattern(hour + 1))) / (perReplica * utilization));
    });
    return { look: ({ now }) => ({ floor: floorAt(now) }) };
  },
};

function sumOfDay(from: number, of: (hour: number) => number): number {
  let total = 0;
  for (let hour = from; hour < from + DAY_HOURS; hour++) total += of(hour);
  return total;
}
