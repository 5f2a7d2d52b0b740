import type { Filing } from "../api/v1alpha1/filing-calendar-rules.ts";
import type { FilingCalendarSpec } from "../api/v1alpha1/filing-calendar.ts";
import type { Problem } from "../api/v1alpha1/fields.ts";
import { isDay } from "./filing-windows.ts";

/** The short form of a calendar with one window a month whose deadline never moves. */

type Monthly = NonNullable<FilingCalendarSpec["monthly"]>;

/** The same as a filing. */
export function monthlyFiling({ deadlineDay, opensDay, opensDaysBefore }: Monthly): Filing {
  return {
    name: "monthly",
    type: "monthly",
    deadline: { day: deadlineDay },
    shift: "none",
    opens: opensDay === undefined ? { daysBefore: opensDaysBefore ?? 0 } : { day: opensDay },
  };
}

/** What is wrong with the rule as a whole. The API server refuses these; an object may be older than its checks. */
export function monthlyProblems({ deadlineDay, opensDay, opensDaysBefore }: Monthly): Problem[] {
  const problems: Problem[] = [];
  if (!isDay(deadlineDay)) {
    const message = `"${deadlineDay}" is not a day of a month: write 1 to 31, or last`;
    problems.push({ field: "spec.monthly.deadlineDay", value: String(deadlineDay), message });
  }
  if (opensDay !== undefined && !(isDay(opensDay) && typeof opensDay === "number")) {
    const message = `"${opensDay}" is not a day of a month: write 1 to 31`;
    problems.push({ field: "spec.monthly.opensDay", value: String(opensDay), message });
  }
  if ((opensDay === undefined) === (opensDaysBefore === undefined)) {
    const message = "give exactly one of opensDay and opensDaysBefore";
    problems.push({ field: "spec.monthly", value: opensDay === undefined ? "neither" : "both", message });
  }
  return problems;
}
