import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { ROOT } from "../support/readme.ts";

const page = readFileSync(join(ROOT, "docs/gitops.md"), "utf8");
const [, flux = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];

interface Manifest {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: {
    chart?: { spec: { chart: string } };
    path?: string;
    values?: object;
    healthChecks?: { kind: string; name: string; namespace: string }[];
  };
}

test("what the page for Flux names is there: the chart and its values, the folder and the service in it", () => {
  const [release, service, ...more] = parseAllDocuments(flux).map((document) => document.toJS() as Manifest);
  expect(more).toEqual([]);
  expect(existsSync(join(ROOT, release!.spec.chart!.spec.chart, "Chart.yaml"))).toBe(true);
  const values = parse(readFileSync(join(ROOT, "charts/invoiceops/values.yaml"), "utf8")) as object;
  expect(Object.keys(values)).toEqual(expect.arrayContaining(Object.keys(release!.spec.values!)));

  const [check] = service!.spec.healthChecks!;
  const text = readFileSync(join(ROOT, service!.spec.path!, "invoice-service.yaml"), "utf8");
  const {
    kind,
    metadata: { name, namespace },
  } = parse(text) as Manifest;
  expect(check).toMatchObject({ kind, name, namespace });
});

test("the pages that it points to are there", () => {
  const paths = [...page.matchAll(/`((?:docs|deploy|test)\/[^`]*)`/g)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(2);
  expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
