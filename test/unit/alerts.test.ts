import { describe, expect, test } from "vitest";
import * as reasons from "../../src/api/v1alpha1/reasons.ts";
import { alerts } from "../support/alerts.ts";
import { dashboardQueries } from "../support/dashboards.ts";
import { exposedNames } from "../support/exposition.ts";
import { metricNames, valuesAskedOf } from "../support/promql.ts";

const asked = [
  ...alerts().map(({ alert, expr }) => ({ by: `alert ${alert}`, query: expr })),
  ...dashboardQueries().map(({ dashboard, panel, query }) => ({ by: `${dashboard}: ${panel}`, query })),
];

describe("the metrics that an expression names", () => {
  test.each<[string, string[]]>([
    ["up", ["up"]],
    ['max by (namespace, name) (x_ready{namespace="a{b}", name=~"c"}) == 0', ["x_ready"]],
    ['sum(rate(a_total{r="f"}[5m])) / sum without (pod) (rate(b_total[5m])) > bool 0.5', ["a_total", "b_total"]],
    ["a and on (namespace) group_left (pod) b unless c or vector(0)", ["a", "b", "c"]],
    ["histogram_quantile(0.99, sum by (le) (rate(h_bucket[5m])))", ["h_bucket"]],
    ["a - time() < 30 * 86400", ["a"]],
    ["max_over_time(a[15m] offset 5m)", ["a"]],
  ])("%s", (expression, names) => {
    expect(metricNames(expression)).toEqual(names);
  });
});

test("every metric that an alert or a dashboard names is one that the operator exposes", async () => {
  const exposed = await exposedNames();
  const unknown = asked.flatMap(({ by, query }) =>
    metricNames(query).flatMap((name) => (exposed.has(name) ? [] : [`${by}: ${name}`])),
  );
  expect(asked.flatMap(({ query }) => metricNames(query)).length).toBeGreaterThan(asked.length);
  expect(unknown).toEqual([]);
});

test("every condition and reason that an alert asks for is one that the operator gives", () => {
  const known: Record<string, Record<string, string>> = reasons;
  for (const { expr } of alerts()) {
    const [condition] = valuesAskedOf("condition", expr);
    if (condition === undefined) continue;
    expect(known).toHaveProperty(condition);
    for (const reason of valuesAskedOf("reason", expr)) expect(known[condition]).toHaveProperty(reason);
  }
});

test("an alert about services is about one service, whichever pod tells", () => {
  const about = alerts().filter((alert) => /invoiceops_(problem|ready|paused|shortfall)/.test(alert.expr));
  expect(about.length).toBeGreaterThan(10);
  for (const { expr } of about) expect(expr).toMatch(/^max by \(namespace, name(, reason)?\) \(/);
});
