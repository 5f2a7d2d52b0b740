import { applyAll } from "../../../../dev/demo/resources.ts";
import type { RealNode } from "../../../../dev/cluster/node/node.ts";
import type { InvoiceServiceManifest } from "../../../../src/api/v1alpha1/invoice-service.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { installChart } from "../chart.ts";
import { PeakGround } from "./ground.ts";
import { autoscaler, BOUNDS, filingCalendar, invoiceService } from "./manifests.ts";
import { timelineFrom, type Timeline } from "./timeline.ts";

/** From now until there is load. */
const AHEAD_MS = 20_000;

/** The sample service with an autoscaler, a filing window ahead, and the operator as its users install it. */
export async function prepareForPeak(
  node: RealNode,
  scaling: Partial<InvoiceServiceManifest["spec"]["scaling"]> = {},
): Promise<{ ground: PeakGround; timeline: Timeline }> {
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
