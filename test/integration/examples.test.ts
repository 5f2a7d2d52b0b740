import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { CHART } from "../support/chart.ts";
import { useCluster } from "../support/cluster.ts";
import { installCrds } from "../support/crds.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

test.each([["filing-peak", 4]])("examples/%s is taken by the API server as it stands", async (folder, count) => {
  const cluster = await useCluster();
  await installCrds(cluster);
  await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "billing" } });
  const { stdout, stderr } = await cluster.kubectl(["apply", "--dry-run=server", "-f", join(EXAMPLES, folder)]);
  expect(stdout.trim().split("\n")).toHaveLength(count);
  expect(stderr).toBe("");
});

test("the examples that Artifact Hub shows are taken by the API server", async () => {
  const cluster = await useCluster();
  await installCrds(cluster);
  await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "billing" } });
  const { annotations } = parse(readFileSync(join(CHART, "Chart.yaml"), "utf8")) as {
    annotations: Record<string, string>;
  };
  const examples = parse(annotations["artifacthub.io/crdsExamples"] ?? "") as object[];
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: examples });
  const { stdout } = await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input });
  expect(stdout.trim().split("\n")).toHaveLength(2);
});
