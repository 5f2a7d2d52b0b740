import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { deployments, leases, pods, type Pod } from "../../src/kube/resource.ts";
import { realClock } from "../../src/runtime/clock.ts";
import { eventually } from "../support/eventually.ts";
import { SYSTEM } from "./support/chart.ts";
import { startNode } from "./support/node.ts";
import type { Outcome, PeakGround } from "./support/peak/ground.ts";
import { NAME, NAMESPACE } from "./support/peak/manifests.ts";
import { report } from "./support/peak/report.ts";
import { prepareForPeak } from "./support/peak/stage.ts";
import type { Timeline } from "./support/peak/timeline.ts";

describe("a filing peak at which all goes wrong", () => {
  let node: RealNode;
  let ground: PeakGround;
  let timeline: Timeline;
  let outcome: Outcome;
  let killed: Pod | undefined;

  beforeAll(async () => {
    node = await startNode();
    // So short that the ramp is still going on when the leader dies.
    ({ ground, timeline } = await prepareForPeak(node, { lead: "40s" }));
    outcome = await ground.play(timeline, disturb);
    console.log(report(outcome, timeline));
  }, 600_000);
  afterAll(async () => {
    await ground?.[Symbol.asyncDispose]();
    await node?.stop();
  });

  /** One after the other, each when it hurts most. */
  async function disturb(signal: AbortSignal): Promise<void> {
    const until = (at: number): Promise<void> => realClock.sleep(Math.max(0, at - realClock.now()), signal);
    await until(timeline.opens + 10_000);
    console.log("the API server dies, and comes again");
    await node.cluster.restartApiServer("SIGKILL");
    const calm = await replicasNow();
    await eventually(async () => expect(await replicasNow()).toBeGreaterThan(calm), 120_000);
    killed = await leader();
    console.log(`the leader ${killed.metadata.name} is killed while it raises the floor`);
    await node.signal(killed.status?.containerStatuses?.[0]?.containerID ?? "", "SIGKILL");
    await until(timeline.deadline - 5_000);
    console.log("Prometheus dies");
    await node.cluster.end("prometheus", "SIGKILL");
  }

  async function replicasNow(): Promise<number> {
    const { spec } = await ground.client.get(deployments, { namespace: NAMESPACE, name: NAME });
    return spec?.replicas ?? 0;
  }

  async function leader(): Promise<Pod> {
    const { spec } = await ground.client.get(leases, { namespace: SYSTEM, name: "invoiceops" });
    // The identity is the pod's name and a number of this process.
    const [name = ""] = (spec?.holderIdentity ?? "").split("_");
    return ground.client.get(pods, { namespace: SYSTEM, name });
  }

  test("the leader that was killed came back, and another one leads", async () => {
    const name = killed?.metadata.name ?? "";
    const { status } = await ground.client.get(pods, { namespace: SYSTEM, name });
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
    expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(137);
    expect((await leader()).metadata.name).not.toBe(name);
  });

  test("as many replicas as the peak needs are ready before it", () => {
    expect(outcome.summary.operator.readySince).toBeLessThan(outcome.summary.peak.at);
    expect(outcome.summary.operator.readyAtPeak).toBeGreaterThanOrEqual(outcome.summary.needed);
  });

  test("at no time there are fewer replicas than before", () => {
    const counts = outcome.replicas.map(({ replicas }) => replicas);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBeGreaterThan(counts[0]!);
  });

  test("no request fails", () => {
    expect(outcome.served.errors).toEqual({});
  });

  test("the object says that the demand cannot be read, and that nothing is lowered", async () => {
    const { status } = await node.cluster.get<{ status?: { conditions?: object[] } }>("invsvc", NAME, NAMESPACE);
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: "MetricsAvailable", status: "False", reason: "Unavailable" }),
    );
  });
});
