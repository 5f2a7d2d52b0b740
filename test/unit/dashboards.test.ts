import { describe, expect, test } from "vitest";
import { dashboards } from "../support/dashboards.ts";

const all = dashboards();

test("each has an address of its own that stays", () => {
  expect(all.map(({ uid }) => uid)).toEqual(["invoiceops-operator", "invoiceops-services"]);
});

describe.each(all)("the dashboard $title", ({ text, panels, templating }) => {
  test("is small enough for a ConfigMap and a Helm release", () => {
    expect(text.length).toBeLessThan(50_000);
  });

  test("is of no Grafana in particular: the data source is chosen, nothing is an input", () => {
    expect(templating.list[0]).toMatchObject({ name: "datasource", type: "datasource", query: "prometheus" });
    expect(text).not.toMatch(/__inputs|DS_PROMETHEUS/);
    const used = [...panels, ...templating.list].flatMap(({ datasource }) => (datasource ? [datasource.uid] : []));
    expect(new Set(used)).toEqual(new Set(["${datasource}"]));
  });

  test("its panels have a title, a query and a number each", () => {
    const ids = panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(panels.length);
    for (const { title, targets } of panels) {
      expect(title).not.toBe("");
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      expect(targets.length).toBeGreaterThan(0);
    }
  });

  test("no panel lies on another, or beside the page", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});
