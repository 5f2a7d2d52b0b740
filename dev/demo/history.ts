import type { Rate } from "./replay.ts";

/** The labels under which the load is counted. */
export interface Series {
  namespace: string;
  service: string;
}

const DAY_MS = 86_400_000;
/** Two samples in every minute, so that a rate over one minute finds the two that it needs. */
const STEP_MS = 30_000;

/**
 * Weeks of the counter http_requests_total up to `end` (ms since the epoch) in the OpenMetrics text format, one sample
 * every 30 s, as if the load source had been scraped all the time.
 */
export function historyText(rate: Rate, series: Series, end: number, days = 28): string {
  const labels = `namespace="${series.namespace}",service="${series.service}"`;
  const lines = ["# HELP http_requests Requests that were offered.", "# TYPE http_requests counter"];
  let requests = 0;
  for (let at = end - days * DAY_MS; at <= end; at += STEP_MS) {
    lines.push(`http_requests_total{${labels}} ${Math.round(requests)} ${at / 1000}`);
    requests += (rate(at + STEP_MS / 2) * STEP_MS) / 1000;
  }
  return `${lines.join("\n")}\n# EOF\n`;
}
