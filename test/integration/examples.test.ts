import { join } from "node:path";
import { expect, test } from "vitest";
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
