import type { Clock } from "../../runtime/clock.ts";
import { tzVersion } from "../../calendar/zone.ts";
import { events, leases, pathOf, pods, type KubeObject, type Resource } from "../../kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../operator/kinds.ts";
import { VERSION } from "../../version.ts";
import { lookAtInstallation } from "../check/installation.ts";
import { findDeployments, operatorOf, OPERATOR_LABELS } from "../check/operator.ts";
import { reportValue } from "../check/report.ts";
import type { CliContext, Cluster } from "../verb.ts";
import { ownEvents } from "./own-events.ts";

/** What helps whoever is asked for help: read, never written, and each part for itself. */

/** A part of the report; `unavailable` says why it is not there. */
export interface Section {
  name: string;
  value: unknown;
}

/** Metrics beyond this are left out. */
const MOST_METRIC_BYTES = 2 ** 20;
const METRICS_TIMEOUT_MS = 10_000;
const METRICS_PORT = 8080;

export async function collect(context: CliContext): Promise<Section[]> {
  const { cluster, clock, signal } = context;
  const { client, server, namespace } = cluster();
  const sections: Section[] = [];
  const add = async (name: string, read: () => Promise<unknown>): Promise<void> => {
    sections.push({ name, value: await read().catch(unavailable) });
  };
  const scope = context.given("namespace") ? { namespace } : {};
  const list = async <T extends KubeObject>(
    resource: Resource<T>,
    options: { namespace?: string; labelSelector?: string } = {},
  ): Promise<T[]> => (await client.list(resource, { ...options, signal })).items;

  await add("versions", async () => ({
    invoiceops: VERSION,
    node: process.version,
    timeZoneRules: tzVersion(),
    at: new Date(clock.now()).toISOString(),
    server,
    kubernetes: await cluster().transport.request({
      method: "GET",
      path: "/version",
      doing: "ask for the version",
      signal,
    }),
  }));
  await add("check", async () => reportValue(await lookAtInstallation(context)));
  const operators = await findDeployments(context).catch(() => []);
  await add("operator", async () => ({
    deployments: operators,
    leases: await Promise.all(
      operators.map(operatorOf).map(({ namespace: place, name, config }) => {
        const ref = { namespace: config?.leaseNamespace ?? place, name: config?.leaseName ?? name };
        return client.get(leases, ref, { signal }).catch(unavailable);
      }),
    ),
  }));
  const places = [...new Set(operators.map(({ metadata }) => metadata.namespace ?? ""))];
  const found = await Promise.all(
    places.map((place) => list(pods, { namespace: place, labelSelector: OPERATOR_LABELS }).catch(unavailable)),
  );
  sections.push({ name: "pods", value: found.flat() });
  await add("invoiceservices", () => list(invoiceServices, scope));
  await add("filingcalendars", () => list(filingCalendars));
  await add("events", async () => ownEvents(await list(events, scope)));
  for (const pod of found.flat().filter((one): one is KubeObject => "metadata" in one)) {
    await add(`metrics of ${pod.metadata.name}`, () => metricsOf(cluster(), clock, pod, signal));
  }
  return sections;
}

/** Whatever goes wrong with one part: a report without it helps, and so does the reason. */
function unavailable(error: unknown): { unavailable: string } {
  return { unavailable: error instanceof Error ? error.message : String(error) };
}

/** Through the API server, so that no port has to be open for us. */
async function metricsOf(
  { transport }: Cluster,
  clock: Clock,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<string[]> {
  const { namespace = "", name } = pod.metadata;
  const end = new AbortController();
  const timeout = clock.after(METRICS_TIMEOUT_MS, () => end.abort());
  try {
    const path = pathOf(pods, { namespace, name: `${name}:${METRICS_PORT}` }, "proxy/metrics");
    const body = await transport.stream({
      path,
      doing: `read the metrics of pods ${namespace}/${name}`,
      signal: AbortSignal.any([signal, end.signal]),
    });
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MOST_METRIC_BYTES) break;
    }
    return text.split("\n").filter((line) => line !== "" && !line.startsWith("# HELP"));
  } finally {
    timeout();
  }
}
