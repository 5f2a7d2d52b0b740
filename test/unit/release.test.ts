import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readPin } from "../../dev/cluster/pins.ts";
import { customResourceDefinition, kinds } from "../../src/api/v1alpha1/crd.ts";
import { CHART } from "../support/chart.ts";
import { readme, ROOT } from "../support/readme.ts";

/** What says the same thing in several places, and must be changed in all of them at a release. */

interface ChartFile {
  version: string;
  appVersion: string;
  kubeVersion: string;
  annotations: Record<string, string>;
}

const textOf = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const chart = parse(readFileSync(join(CHART, "Chart.yaml"), "utf8")) as ChartFile;
const annotation = (name: string): unknown => parse(chart.annotations[`artifacthub.io/${name}`] ?? "");
const { version } = JSON.parse(textOf("package.json")) as { version: string };

describe("the version of package.json", () => {
  test("is that of the chart, of its application and of the image that Artifact Hub shows", () => {
    expect([chart.version, chart.appVersion]).toEqual([version, version]);
    expect(annotation("images")).toEqual([{ name: "invoiceops", image: `ghcr.io/invoiceops/invoiceops:${version}` }]);
  });

  test.each(["README.md", "charts/invoiceops/README.md"])("is that of every image in %s", (path) => {
    const images = [...textOf(path).matchAll(/^IMAGE=\S+:(\S+)$/gm)].map(([, tag]) => tag);
    expect(images).not.toEqual([]);
    expect(new Set(images)).toEqual(new Set([version]));
  });

  test("is the newest in CHANGELOG.md, whose entries Artifact Hub shows", () => {
    const [newest] = textOf("CHANGELOG.md").split(/^## /m).slice(1);
    expect(newest?.split(/\s/)[0]).toBe(version);
    const changes = newest!
      .split(/^### /m)
      .slice(1)
      .flatMap((section) => {
        const [title = "", ...lines] = section.split("\n");
        const entries = lines.filter((line) => line.startsWith("- "));
        return entries.map((line) => ({ kind: title.toLowerCase(), description: line.slice(2) }));
      });
    expect(changes).not.toEqual([]);
    expect(annotation("changes")).toEqual(changes);
  });
});

/** The rows of the table below a heading of docs/versions.md, without its head. */
function tableOf(heading: string): string[][] {
  const section = textOf("docs/versions.md").split(`## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const yes = (value: boolean): string => (value ? "yes" : "no");
const pinned = (name: string): string => readPin(name).version.slice(1);

describe("docs/versions.md", () => {
  test("has every version of our kinds, as their definitions say", () => {
    const rows = kinds.flatMap((kind) => {
      const { spec } = customResourceDefinition(kind) as { spec: { versions: Version[] } };
      return spec.versions.map(({ name, served, storage, deprecated = false }) => [
        kind.kind,
        name,
        yes(served),
        yes(storage),
        yes(deprecated),
      ]);
    });
    expect(tableOf("Kinds")).toEqual(rows);
  });

  test("names what the tests run with, and so does the chart", () => {
    const tested = Object.fromEntries(tableOf("What it runs with").map(([name, , versions]) => [name, versions]));
    expect(tested).toEqual({
      Kubernetes: pinned("kubernetes"),
      Helm: `${pinned("helm3")} ${pinned("helm4")}`,
      "Argo CD": pinned("argocd"),
      KEDA: pinned("keda"),
    });
    expect(chart.annotations["invoiceops.dev/tested-kubernetes"]).toBe(tested["Kubernetes"]);
  });

  test("has the oldest Kubernetes that the chart takes", () => {
    expect(chart.kubeVersion).toBe(`>=${tableOf("What it runs with")[0]?.[1]}.0-0`);
  });
});

interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
}

describe("an InvoiceService that is shown", () => {
  const [service, calendar] = ["invoice-service", "filing-calendar"].map(
    (name) => parse(textOf(`examples/filing-peak/${name}.yaml`)) as object,
  );

  test("in the README is the one in examples/filing-peak, with fewer fields", () => {
    const shown = parse(/```yaml\n(apiVersion: invoiceops.dev.*?)```/s.exec(readme)?.[1] ?? "") as object;
    expect(shown).toHaveProperty("kind", "InvoiceService");
    expect(service).toMatchObject(shown);
  });

  test("on Artifact Hub is the one in examples/filing-peak, with fewer fields", () => {
    const [shownService, shownCalendar, ...more] = annotation("crdsExamples") as [
      object,
      { spec: { dates: object[] } },
    ];
    expect(more).toEqual([]);
    expect(service).toMatchObject(shownService);
    const { dates, ...spec } = shownCalendar.spec;
    expect(calendar).toMatchObject({ ...shownCalendar, spec });
    expect(calendar).toHaveProperty("spec.dates", expect.arrayContaining(dates));
  });
});
