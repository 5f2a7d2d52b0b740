import { expect, test } from "vitest";
import { useCluster } from "../support/cluster.ts";

test("kubectl of the cluster's own version speaks with a server that knows its version", async () => {
  const { stdout } = await (await useCluster()).kubectl(["version", "--output=json"]);
  const { clientVersion, serverVersion } = JSON.parse(stdout) as Record<string, { gitVersion: string }>;
  expect(serverVersion?.gitVersion).toMatch(/^v1\.\d+\.\d+$/);
  expect(clientVersion?.gitVersion).toBe(serverVersion?.gitVersion);
});
