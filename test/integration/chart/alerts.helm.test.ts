import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import { alerts, kebab, type Alert } from "../../support/alerts.ts";
import { bothHelms, objectsOf, renderedText, run, type Helm } from "../../support/chart.ts";
import { dashboardQueries } from "../../support/dashboards.ts";
import { REPOSITORY } from "../../support/readme.ts";
import { runbooks } from "../../support/runbooks.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { alertCases, type AlertCase } from "./alert-cases.ts";

/** The alerts as the chart renders them, by the Prometheus project's own tool. */

let helms: readonly [Helm, Helm];
let promtool: string;

beforeAll(async () => {
  helms = await bothHelms();
  ({ promtool } = await provideBinaries(["promtool"]));
});

interface Group {
  name: string;
  rules: Alert[];
}

async function render(settings: object = {}): Promise<Group[]> {
  const values = { prometheusRule: { enabled: true, renderMode: "alwaysRender", ...settings } };
  const rule = objectsOf(await renderedText(helms[1], values)).find(({ kind }) => kind === "PrometheusRule");
  return rule?.spec?.["groups"] as Group[];
}

const rendered = async (settings?: object): Promise<Alert[]> => (await render(settings)).flatMap(({ rules }) => rules);

async function checkRules(groups: readonly object[]): Promise<string> {
  const file = join(temporaryFolder(), "rules.yaml");
  await writeFile(file, stringify({ groups }));
  return run(promtool, ["check", "rules", "--lint=all", "--lint-fatal", file]);
}

test("promtool finds nothing to complain about", async () => {
  expect(await checkRules(await render())).toContain(`${alerts().length} rules found`);
});

test("there is a case for each alert", () => {
  expect(alertCases.map(({ alert }) => alert)).toEqual(alerts().map(({ alert }) => alert));
});

describe.each(alertCases)("$alert", (row) => {
  test("fires when it should, says what it should, and is silent before that and on calm days", async () => {
    const [silent, firing] = row.after;
    const alert = (await rendered()).find(({ alert: name }) => name === row.alert)!;
    const expected = { exp_labels: { ...row.labels, ...alert.labels }, exp_annotations: texts(alert, row) };
    const folder = temporaryFolder();
    await writeFile(join(folder, "alerts.yaml"), stringify({ groups: [{ name: "one", rules: [alert] }] }));
    const at = (eval_time: string, exp_alerts: readonly object[]): object => ({
      eval_time,
      alertname: row.alert,
      exp_alerts,
    });
    const file = join(folder, "test.yaml");
    await writeFile(
      file,
      stringify({
        rule_files: ["alerts.yaml"],
        evaluation_interval: "1m",
        tests: [
          { interval: "1m", input_series: input(row.fires), alert_rule_test: [at(silent, []), at(firing, [expected])] },
          { interval: "1m", input_series: input(row.calm), alert_rule_test: [at(firing, [])] },
        ],
      }),
    );
    expect(await run(promtool, ["test", "rules", file])).toContain("SUCCESS");
  });
});

function input(series: AlertCase["calm"]): object[] {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

/** What the person on call reads: only labels that the alert has, and the value, may be named in its texts. */
function texts({ annotations }: Alert, { labels, value = "" }: AlertCase): Record<string, string> {
  const filled = Object.entries(annotations).map(([name, text]) => {
    const words = text
      .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (whole, label: string) => labels[label] ?? whole)
      .replaceAll(/\{\{ \$value( \| \w+)? \}\}/g, value);
    return [name, words];
  });
  return Object.fromEntries(filled) as Record<string, string>;
}

describe("the user's say", () => {
  test("each alert leads to its runbook, below a prefix that can be changed", async () => {
    for (const { alert, annotations } of await rendered())
      expect(annotations.runbook_url).toBe(`${REPOSITORY}/blob/main/docs/runbooks/${kebab(alert)}.md`);
    const elsewhere = { runbookUrlPrefix: "https://wiki.example.com/invoiceops", runbookUrlSuffix: "" };
    const [first] = await rendered(elsewhere);
    expect(first?.annotations.runbook_url).toBe("https://wiki.example.com/invoiceops/invoiceops-down");
  });

  test("alerts can be left out, and a group without any is gone", async () => {
    const names = (await rendered({ disabled: { InvoiceopsPausedLong: true, InvoiceopsDown: false } })).map(
      ({ alert }) => alert,
    );
    expect(names).toEqual(alerts().flatMap(({ alert }) => (alert === "InvoiceopsPausedLong" ? [] : [alert])));
    const [operator, services] = await render();
    const all = Object.fromEntries(operator!.rules.map(({ alert }) => [alert, true]));
    expect(await render({ disabled: all })).toEqual([services]);
  });

  test("for, severity, labels and annotations", async () => {
    const settings = {
      overrides: { InvoiceopsDown: { for: "10m", severity: "page" }, InvoiceopsNoLeader: { severity: "warning" } },
      additionalRuleLabels: { team: "tax", severity: "none" },
      additionalRuleAnnotations: { dashboard: "https://grafana.example.com/d/invoiceops-services" },
    };
    const groups = await render(settings);
    const [down, leader, third] = groups.flatMap(({ rules }) => rules);
    expect(down).toMatchObject({ for: "10m", labels: { severity: "page", team: "tax" } });
    expect(leader).toMatchObject({ for: "3m", labels: { severity: "warning" } });
    expect(third?.annotations).toMatchObject({ dashboard: "https://grafana.example.com/d/invoiceops-services" });
    await checkRules(groups);
  });

  test.each([
    ["disabled", { disabled: { InvoiceopsDwon: true } }],
    ["overrides", { overrides: { InvoiceopsDwon: { for: "1m" } } }],
  ])("an alert that there is not is refused in %s, with those that there are", async (_, settings) => {
    await expect(render(settings)).rejects.toThrow(/InvoiceopsDwon, which there is not; there are InvoiceopsDown, /);
  });
});

test("every query of the dashboards and the runbooks is one", async () => {
  const queries = [...dashboardQueries().map(({ query }) => query), ...runbooks().flatMap((page) => page.queries)];
  const rules = queries.map((expr, index) => ({ record: `query_${index}`, expr }));
  expect(await checkRules([{ name: "queries", rules }])).toContain(`${queries.length} rules found`);
  await expect(checkRules([{ name: "queries", rules: [{ record: "x", expr: "sum(up" }] }])).rejects.toThrow(/parse/);
});
