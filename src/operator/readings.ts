import { setImmediate as nextTurn } from "node:timers/promises";
import type { InvoiceService, InvoiceServiceSpec } from "../api/v1alpha1/invoice-service.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import type { Clock } from "../runtime/clock.ts";
import { DEMAND, readDemand, type DemandReading } from "./demand.ts";
import type { Endpoints, EndpointResult } from "./endpoint.ts";
import type { Evaluations } from "./evaluations.ts";
import type { EvaluationResult, ServiceMetrics } from "./service-metrics.ts";

/** What was read of a service at an evaluation. */
export interface Reading {
  endpoint: EndpointResult;
  readings: readonly DemandReading[];
  /** When each signal last gave a clean number, ms since the epoch. */
  lastGood: ReadonlyMap<string, number>;
}

export interface ReadingsOptions {
  endpoints: Endpoints;
  queries: SharedQueries;
  evaluations: Evaluations;
  metrics: Pick<ServiceMetrics, "evaluated">;
  clock: Clock;
  /** An answer of Prometheus is used by all who ask the same for so long, ms. */
  maxAgeMs: number;
  /** Called with the key of a service whose answers have come after nobody waited for them any more. */
  onLate: (key: string) => void;
}

type Found = Omit<Reading, "lastGood">;

interface Entry {
  /** What the answers are about: object, server and queries. */
  question: string;
  /** The object and its generation. */
  version: string;
  refreshedAt: number | undefined;
  last?: Reading;
  /** The last reading has not been decided on yet. */
  fresh: boolean;
  running?: Promise<void>;
  awaited: boolean;
}

/** How long a reconcile waits for answers, while the server gives them in time. */
const PATIENCE_MS = 1_000;

/**
 * Evaluates services when they are due. A plan must not wait for metrics: what a server that hangs answers in the
 * end wakes the service, and until then it is looked after without.
 */
export class Readings {
  readonly #options: ReadingsOptions;
  readonly #entries = new Map<string, Entry>();
  /** Addresses whose last answer was late: nobody waits for them. */
  readonly #late = new Set<string>();

  constructor(options: ReadingsOptions) {
    this.#options = options;
  }

  /**
   * What is known of the service's demand, after an evaluation if one is due: at its time, for a new spec, and when
   * the user has asked for another try (`refreshedAt`). `fresh` is true once for each evaluation.
   */
  async of(
    key: string,
    service: InvoiceService,
    refreshedAt: number | undefined,
  ): Promise<{ reading: Reading | undefined; fresh: boolean }> {
    const entry = this.#evaluate(key, service, refreshedAt);
    if (entry.running) await this.#wait(entry, entry.running, addressOf(service.spec));
    const { last, fresh } = entry;
    entry.fresh = false;
    return { reading: last, fresh };
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }

  #evaluate(key: string, { metadata, spec }: InvoiceService, refreshedAt: number | undefined): Entry {
    const { evaluations, clock } = this.#options;
    const now = clock.now();
    const version = `${metadata.uid}/${metadata.generation}`;
    const known = this.#entries.get(key);
    const same = known?.version === version && known.refreshedAt === refreshedAt;
    const latenessMs = evaluations.lateness(key, now);
    if (same && latenessMs === undefined) return known;
    evaluations.done(key, now);
    if (same && known.running) return known;

    const question = JSON.stringify([metadata.uid, spec.prometheus, spec.demand]);
    const last = known?.question === question ? known.last : undefined;
    const entry: Entry = { question, version, refreshedAt, ...(last ? { last } : {}), fresh: false, awaited: false };
    this.#entries.set(key, entry);
    // Who asks for another try wants what is so now, not what others were told a moment ago.
    const maxAgeMs = known && known.refreshedAt !== refreshedAt ? 0 : this.#options.maxAgeMs;
    entry.running = this.#run(key, entry, this.#ask(metadata.namespace ?? "", spec, maxAgeMs), latenessMs ?? 0);
    return entry;
  }

  async #run(key: string, entry: Entry, asked: Promise<Found>, latenessMs: number): Promise<void> {
    const { clock, metrics, onLate } = this.#options;
    const found = await asked;
    delete entry.running;
    // Asked of an older spec, or of an object that is gone.
    if (this.#entries.get(key) !== entry) return;
    const lastGood = new Map(entry.last?.lastGood);
    for (const { name, reading } of found.readings) if (isClean(reading)) lastGood.set(name, clock.now());
    entry.last = { ...found, lastGood };
    entry.fresh = true;
    metrics.evaluated(resultOf(found.readings), latenessMs);
    if (!entry.awaited) onLate(key);
  }

  async #ask(namespace: string, spec: InvoiceServiceSpec, maxAgeMs: number): Promise<Found> {
    const { endpoints, queries, clock } = this.#options;
    const askedAt = clock.monotonic();
    try {
      const endpoint = await endpoints.of(namespace, spec.prometheus);
      if (!endpoint.ok) return { endpoint, readings: unread(endpoint.message) };
      return { endpoint, readings: await readDemand(queries, endpoint.endpoint, spec, maxAgeMs) };
    } catch (error) {
      // Whatever this one service asks for: a rejection that nobody hears would end the process for all.
      const message = error instanceof Error ? error.message : String(error);
      return { endpoint: { ok: false, reason: "Unavailable", message }, readings: unread(message) };
    } finally {
      if (clock.monotonic() - askedAt < PATIENCE_MS) this.#late.delete(addressOf(spec));
    }
  }

  /** Waits for the answers while they can be hoped for; what is there already is there after a turn. */
  async #wait(entry: Entry, running: Promise<void>, address: string): Promise<void> {
    entry.awaited = true;
    if (this.#late.has(address)) await Promise.race([running, nextTurn()]);
    else {
      const over = Promise.withResolvers<void>();
      const cancel = this.#options.clock.after(PATIENCE_MS, () => {
        this.#late.add(address);
        over.resolve();
      });
      await Promise.race([running, over.promise]);
      cancel();
    }
    entry.awaited = false;
  }
}

/** Empty for the operator's own Prometheus. */
function addressOf({ prometheus }: InvoiceServiceSpec): string {
  return prometheus.url ?? "";
}

function unread(message: string): DemandReading[] {
  return [{ name: DEMAND, reading: { ok: false, reason: "Unavailable", message } }];
}

function isClean(reading: DemandReading["reading"]): boolean {
  return reading.ok && reading.partial === undefined;
}

function resultOf(readings: readonly DemandReading[]): EvaluationResult {
  if (readings.every(({ reading }) => isClean(reading))) return "complete";
  return readings.some(({ reading }) => reading.ok) ? "partial" : "failed";
}
