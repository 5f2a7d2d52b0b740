import { applyAll } from "../../../../dev/demo/resources.ts";
import { startKeda } from "../../../../dev/cluster/keda.ts";
import type { RealNode } from "../../../../dev/cluster/node/node.ts";
import type { InvoiceServiceManifest } from "../../../../src/api/v1alpha1/invoice-service.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { installChart } from "../chart.ts";
import { PeakGround } from "./ground.ts";
import {
  autoscaler,
  BOUNDS,
  filingCalendar,
  invoiceService,
  PER_REPLICA,
  scaledObject,
  UTILIZATION,
} from "./manifests.ts";
import { EXPECTED_FACTOR, timelineFrom, USUAL, type Timeline } from "./timeline.ts";

export interface Stage {
  ground: PeakGround;
  timeline: Timeline;
}

const MINUTE_MS = 60_000;
/** From now until there is load. */
const AHEAD_MS = 20_000;

/** The same sample with an autoscaler that knows nothing but the load. */
export async function prepareWithPlainAutoscaler(node: RealNode): Promise<Stage> {
  const ground = await PeakGround.prepare(node);
  await applyAll(ground.client, [autoscaler(BOUNDS.minReplicas)]);
  await ground.settled(BOUNDS.minReplicas);
  return { ground, timeline: timelineFrom(realClock.now() + AHEAD_MS) };
}

/**
 * The same sample scaled by KEDA, whose cron trigger has the date: from two minutes before the deadline until a minute
 * after it as many replicas as the expected peak needs.
 */
export async function prepareWithKeda(node: RealNode): Promise<Stage> {
  await startKeda(node.cluster, { adapter: true });
  const ground = await PeakGround.prepare(node, { adapter: false });
  await ground.settled(1);
  const timeline = timelineFrom(realClock.now() + AHEAD_MS);
  const from = Math.floor((timeline.deadline - 120_000) / MINUTE_MS) * MINUTE_MS;
  const to = Math.ceil((timeline.deadline + 60_000) / MINUTE_MS) * MINUTE_MS;
  const replicas = Math.ceil((USUAL * EXPECTED_FACTOR) / (PER_REPLICA * UTILIZATION));
  await node.cluster.apply(scaledObject(ground.prometheusUrl, { from, to, replicas }));
  await ground.settled(BOUNDS.minReplicas);
  return { ground, timeline };
}

/** The sample service with an autoscaler, a filing window ahead, and the operator as its users install it. */
export async function prepareForPeak(
  node: RealNode,
  scaling: Partial<InvoiceServiceManifest["spec"]["scaling"]> = {},
): Promise<Stage> {
  const ground = await PeakGround.prepare(node);
  await installChart(node.cluster, { prometheusUrl: ground.prometheusUrl, evaluationInterval: "5s" });
  const service = invoiceService();
  service.spec.scaling = { ...service.spec.scaling, ...scaling };
  await applyAll(ground.client, [autoscaler(), service]);
  await ground.settled(BOUNDS.minReplicas);
  // The dates come last: nobody knows how long all else takes to come to rest.
  const timeline = timelineFrom(realClock.now() + AHEAD_MS);
  await applyAll(ground.client, [filingCalendar(timeline)]);
  return { ground, timeline };
}
