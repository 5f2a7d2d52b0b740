import type { InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { Endpoint, Reading } from "../prometheus/reading.ts";
import { selectSample } from "../prometheus/select.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { SignalReading } from "../scaling/reactive.ts";

/** Reads the demand of a service: its requests/s, and the further signals of its spec. */

/** The name of the main signal, in messages and metrics. */
export const DEMAND = "demand";

export interface DemandReading {
  name: string;
  reading: Reading;
}

/** Asks all signals; what cannot be read is a reading with a reason, never an exception. */
export async function readDemand(
  queries: SharedQueries,
  endpoint: Endpoint,
  { demand }: InvoiceServiceSpec,
  maxAgeMs: number,
): Promise<DemandReading[]> {
  const asked = [{ name: DEMAND, ...demand }, ...(demand.signals ?? [])];
  return Promise.all(
    asked.map(async ({ name, query, select, emptyMeansZero = false }) => {
      const answer = await queries.ask(endpoint, query, { maxAgeMs });
      return { name, reading: asLoad(selectSample(answer, select, { emptyMeansZero })) };
    }),
  );
}

/** No load is below zero: a query that says so is wrong, and must not take replicas away. */
function asLoad(reading: Reading): Reading {
  if (!reading.ok || reading.value >= 0) return reading;
  return {
    ok: false,
    reason: "InvalidSample",
    message: `the sample ${reading.value} is below zero, as no load can be`,
  };
}

/** The readings with what one replica takes of each, at the utilization that is planned with. */
export function signalsOf(
  readings: readonly DemandReading[],
  { demand, scaling }: InvoiceServiceSpec,
): SignalReading[] {
  const each = new Map<string, number | undefined>([
    [DEMAND, scaling.perReplica],
    ...(demand.signals ?? []).map(({ name, perReplica }): [string, number] => [name, perReplica]),
  ]);
  return readings.map(({ name, reading }) => {
    const perReplica = each.get(name);
    if (perReplica !== undefined) return { name, reading, perReplica: perReplica * scaling.utilization };
    // Without it requests/s say nothing about replicas, so they may not lower anything either.
    const message = "spec.scaling.perReplica is missing: set it to the requests/s that one replica serves";
    return { name, reading: { ok: false, reason: "NoData", message }, perReplica: 1 };
  });
}
