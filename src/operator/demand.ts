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

/**
 * Asks all signals, the demand first, then those of the spec in their order; what cannot be read is a reading with a
 * reason, never an exception.
 */
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

/**
 * The readings of readDemand with what one replica takes of each, at the utilization that is planned with. `learnt` is
 * what one replica serves where the spec does not say it.
 */
export function signalsOf(
  readings: readonly DemandReading[],
  { demand: { signals = [] }, scaling }: InvoiceServiceSpec,
  learnt?: number,
): SignalReading[] {
  return readings.map(({ name, reading }, index) => {
    const perReplica = index === 0 ? (scaling.perReplica ?? learnt) : signals[index - 1]?.perReplica;
    if (perReplica === undefined) return { name, reading: uncounted(reading), perReplica: 1 };
    return { name, reading, perReplica: perReplica * scaling.utilization };
  });
}

/** Without perReplica requests/s say nothing about replicas: no failure to read, but nothing to lower anything by. */
function uncounted(reading: Reading): Reading {
  if (!reading.ok) return reading;
  return { ok: true, value: 0, at: reading.at, partial: "spec.scaling.perReplica is missing" };
}
