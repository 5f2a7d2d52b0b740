import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { bothHelms, CHART, objectsOf, renderedText, type Helm, type Rendered } from "../../support/chart.ts";
import { useCluster } from "../../support/cluster.ts";
import { lastRelease, previousChart } from "../../support/previous-chart.ts";

/** From the version before this one. test/e2e/helm.test.ts does it for real; this finds what can never be upgraded. */

let helms: readonly [Helm, Helm];
beforeAll(async () => {
  helms = await bothHelms();
});

const previous = previousChart();

test("the chart that is upgraded from is that of the last release", () => {
  const { version } = parse(readFileSync(join(CHART, "Chart.yaml"), "utf8")) as { version: string };
  const released = lastRelease(version);
  // Before the first release it is a state of main, of the same version.
  expect(previous.version).toBe(released ?? version);
});

test.each([
  ["the defaults", {}],
  ["some namespaces alone", { watchNamespaces: ["billing"] }],
])("with %s the API server lets every object become the new one", async (_, values) => {
  const cluster = await useCluster();
  const namespace = await cluster.createNamespace("upgrade");
  const render = async (chart: string): Promise<Rendered[]> =>
    objectsOf(await renderedText(helms[1], values, { chart }))
      // What has a namespace, and is no hook: the rest would stand in the way of other tests.
      .filter(({ metadata }) => metadata.namespace !== undefined && !metadata.annotations?.["helm.sh/hook"])
      .map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
  const [before, after] = [await render(previous.archive), await render(CHART)];
  expect(before.length).toBeGreaterThan(4);
  await cluster.apply(before);
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: after });
  const { stdout } = await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input: list });
  expect(stdout.trim().split("\n")).toHaveLength(after.length);
});

async function names(chart: string): Promise<string[]> {
  return objectsOf(await renderedText(helms[1], {}, { chart })).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

test("no name changes: an upgrade replaces what is there, it does not put another beside it", async () => {
  const after = new Set(await names(CHART));
  expect((await names(previous.archive)).filter((name) => !after.has(name))).toEqual([]);
});
