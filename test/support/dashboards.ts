import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The Grafana dashboards of the chart. */

const FOLDER = join(import.meta.dirname, "../../charts/invoiceops/dashboards");

interface Panel {
  id: number;
  title: string;
  type: string;
  datasource: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: readonly { refId: string; expr: string }[];
  fieldConfig: { defaults: { noValue?: string } };
}

interface Variable {
  name: string;
  type: string;
  query: string;
  datasource?: { uid: string };
  includeAll?: boolean;
}

export interface Dashboard {
  file: string;
  text: string;
  uid: string;
  title: string;
  templating: { list: readonly Variable[] };
  panels: readonly Panel[];
}

export interface DashboardQuery {
  dashboard: string;
  panel: string;
  /** PromQL, with every variable of Grafana replaced as for a user who has chosen nothing. */
  query: string;
  /** Nothing is an answer too, which the panel has words for: no problem, no pause, no window. */
  mayBeEmpty: boolean;
}

export function dashboards(): Dashboard[] {
  return readdirSync(FOLDER).map((file) => {
    const text = readFileSync(join(FOLDER, file), "utf8");
    return { ...(JSON.parse(text) as Omit<Dashboard, "file" | "text">), file, text };
  });
}

/** What Grafana would ask Prometheus: every target of every panel, and the series behind every variable. */
export function dashboardQueries(): DashboardQuery[] {
  return dashboards().flatMap(({ title: dashboard, panels, templating }) => [
    ...panels.flatMap(({ title, targets, fieldConfig }) =>
      targets.map(({ expr }) => ({
        dashboard,
        panel: title,
        query: withoutVariables(expr),
        mayBeEmpty: fieldConfig.defaults.noValue !== undefined,
      })),
    ),
    ...templating.list.flatMap(({ name, query }) => {
      const [, series] = /^label_values\((.+), \w+\)$/.exec(query) ?? [];
      if (series === undefined) return [];
      return [{ dashboard, panel: `variable ${name}`, query: withoutVariables(series), mayBeEmpty: false }];
    }),
  ]);
}

function withoutVariables(expression: string): string {
  const replaced = expression.replaceAll("$__rate_interval", "5m").replaceAll(/\$(namespace|name|job)\b/g, ".*");
  if (replaced.includes("$")) throw new Error(`a variable that nobody replaces: ${expression}`);
  return replaced;
}
