import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { PrometheusClient } from "../../prometheus/client.ts";
import { selectPoints } from "../../prometheus/select.ts";
import type { Trace } from "../../replay/trace.ts";
import { UsageError, type CliContext } from "../verb.ts";
import { traceOf } from "./trace-csv.ts";

/** A load as a Prometheus has it, by the service's own query. */

const STEP_MS = 300_000;
/** A chunk of weeks may take a server longer than the operator waits. */
const TIMEOUT_MS = 60_000;

export async function traceFromPrometheus(
  { clock, signal }: Pick<CliContext, "clock" | "signal">,
  service: InvoiceService,
  { url, from, to }: { url: string; from: number; to: number },
): Promise<Trace> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new UsageError(`--prometheus is "${url}": give an address, as http://prometheus:9090`);
  }
  const { query, select } = service.spec.demand;
  const client = new PrometheusClient({ clock, timeoutMs: TIMEOUT_MS });
  try {
    const start = Math.ceil(from / STEP_MS) * STEP_MS;
    const answer = await client.range({ url }, query, { start, end: to, stepMs: STEP_MS, signal });
    const found = selectPoints(answer, select);
    if (!found.ok) throw new Error(`${url}: ${found.reason}: ${found.message} (spec.demand.query ${query})`);
    return traceOf(
      found.points.map(([at, value]) => ({ at, value, where: url })),
      url,
    );
  } finally {
    await client.close();
  }
}
