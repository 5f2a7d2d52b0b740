import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RealNode } from "../../dev/cluster/node/node.ts";
import { horizontalPodAutoscalers, leases, pods, type Pod } from "../../src/kube/resource.ts";
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
  /** The leader as it was when it was killed, and the floor up to which it had come by then. */
  let killed: { pod: Pod; identity: string; floor: number };

  beforeAll(async () => {
    node = await startNode();
    // The steep part of the ramp then begins half a minute into the window, when the API server is back.
    ({ ground, timeline } = await prepareForPeak(node, { lead: "80s" }));
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
    await until(timeline.opens + 1_000);
    console.log("the API server dies, and comes again");
    await node.cluster.restartApiServer("SIGKILL");
    const low = await floorNow();
    await eventually(async () => expect(await floorNow()).toBeGreaterThan(low), 120_000);
    const identity = await holder();
    // The identity is the pod's name and a number of this process.
    const pod = await ground.client.get(pods, { namespace: SYSTEM, name: identity.split("_")[0] ?? "" });
    killed = { pod, identity, floor: await floorNow() };
    console.log(`the leader ${identity} is killed while it raises the floor`);
    await node.signal(pod.status?.containerStatuses?.[0]?.containerID ?? "", "SIGKILL");
    await until(timeline.deadline - 5_000);
    console.log("Prometheus dies");
    await node.cluster.end("prometheus", "SIGKILL");
  }

  async function floorNow(): Promise<number> {
    const { spec } = await ground.client.get(horizontalPodAutoscalers, { namespace: NAMESPACE, name: NAME });
    return spec?.minReplicas ?? 0;
  }

  async function holder(): Promise<string> {
    const { spec } = await ground.client.get(leases, { namespace: SYSTEM, name: "invoiceops" });
    return spec?.holderIdentity ?? "";
  }

  test("the leader was killed on the way up", () => {
    expect(killed.floor).toBeLessThan(outcome.summary.needed);
  });

  test("it came back, and another process leads", async () => {
    const { status } = await ground.client.get(pods, { namespace: SYSTEM, name: killed.pod.metadata.name });
    expect(status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1 });
    expect(status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(137);
    expect(await holder()).not.toBe(killed.identity);
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

  test("no request fails, and at most one in ten waits for longer than its objective", () => {
    expect(outcome.served.errors).toEqual({});
    expect(outcome.served.slow / outcome.served.requests).toBeLessThan(0.1);
  });

  test("the object says that the demand cannot be read, and that nothing is lowered", async () => {
    const { status } = await node.cluster.get<{ status?: { conditions?: object[] } }>("invsvc", NAME, NAMESPACE);
    expect(status?.conditions).toContainEqual(
      expect.objectContaining({ type: "MetricsAvailable", status: "False", reason: "Unavailable" }),
    );
  });
});
