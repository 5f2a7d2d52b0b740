import { expect, onTestFinished, test } from "vitest";
import { deployments, horizontalPodAutoscalers, leases } from "../../../src/kube/resource.ts";
import { useCluster } from "../../support/cluster.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const NAME = "invoices";

test("a leader that was frozen for longer than its lease writes nothing when it resumes, and exits", async () => {
  const stage = await Stage.open(await useCluster());
  onTestFinished(() => stage.close());
  const writers = new Writers(stage);
  await writers.apply("setup", deployments, deployment(NAME));
  await writers.create(autoscaler(NAME, 2));
  const floorIs = (minReplicas: number): Promise<unknown> =>
    stage.becomes(horizontalPodAutoscalers, NAME, { spec: { minReplicas } });
  const [first, second] = [await stage.account("first"), await stage.account("second")];
  const writesOf = async (account: string): Promise<string[]> => {
    const user = `system:serviceaccount:${stage.namespace}:${account}`;
    const all = await stage.cluster.auditEvents({ user, verb: ["create", "update", "patch", "delete"] });
    return all.map(({ objectRef, requestReceivedTimestamp }) => `${requestReceivedTimestamp} ${objectRef?.resource}`);
  };

  const leader = stage.launch(first, "--leader-elect=true");
  await stage.serve(NAME, floorOf(4));
  await floorIs(4);
  const other = stage.launch(second, "--leader-elect=true");
  await other.ready();
  await stage.evaluated(NAME);
  expect(await writesOf("second"), "writes of a replica that does not lead").toEqual([]);

  leader.freeze();
  // What it finds undone when it resumes, and the other one does meanwhile.
  await stage.change(NAME, { spec: floorOf(6) });
  await floorIs(6);
  await stage.change(NAME, { spec: floorOf(8) });
  await floorIs(8);
  const before = await writesOf("first");
  leader.thaw();
  expect(await leader.ended, "exit code").toBe(1);
  expect(leader.log.join("\n")).toContain("lost the lease");
  expect(await writesOf("first"), "writes of the old leader after it resumed").toEqual(before);

  await stage.change(NAME, { spec: floorOf(5) });
  await floorIs(5);
  const { spec } = await stage.client.get(leases, { namespace: stage.namespace, name: "invoiceops" });
  expect(spec?.leaseTransitions).toBe(1);
  // One after the other: the last write of the one is older than the first of the other.
  const [one, two] = [await writesOf("first"), await writesOf("second")];
  expect(one.at(-1)! < two[0]!).toBe(true);
});
