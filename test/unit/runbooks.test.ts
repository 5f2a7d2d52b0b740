import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { alerts, kebab } from "../support/alerts.ts";
import { exposedNames } from "../support/exposition.ts";
import { metricNames } from "../support/promql.ts";
import { runbooks } from "../support/runbooks.ts";

const FOLDER = join(import.meta.dirname, "../../docs/runbooks");
const names = alerts().map(({ alert }) => alert);

test("every alert has its page, and every page its alert", () => {
  const pages = readdirSync(FOLDER).filter((file) => file !== "README.md");
  expect(pages.toSorted()).toEqual(names.map((name) => `${kebab(name)}.md`).toSorted());
});

test("the list has every page", () => {
  const list = readFileSync(join(FOLDER, "README.md"), "utf8");
  for (const name of names) expect(list).toContain(`[${name}](${kebab(name)}.md)`);
});

describe.each(runbooks())("the page of $alert", ({ alert, text, queries, commands }) => {
  test("says what it means, what it costs, how to find the cause and how to mend it", () => {
    expect(text.match(/^#+ .*$/gm)).toEqual([
      `# ${alert}`,
      "## What it means",
      "## Impact",
      "## Diagnosis",
      "## Mending",
    ]);
    expect(commands.length).toBeGreaterThan(0);
  });

  test("asks Prometheus for what there is", async () => {
    const exposed = await exposedNames();
    expect(queries.flatMap(metricNames).filter((name) => !exposed.has(name))).toEqual([]);
  });

  test("leads on to pages that there are", () => {
    const pages = new Set(readdirSync(FOLDER));
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
    expect(links.filter((link) => !pages.has(link))).toEqual([]);
  });
});
