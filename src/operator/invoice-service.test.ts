import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { invoiceService } from "../../test/support/billing.ts";
import { CachedObjects } from "../../test/support/cached-objects.ts";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { openHistory } from "../../test/support/open-history.ts";
import type { Condition } from "../api/v1alpha1/conditions.ts";
import type { FilingCalendar } from "../api/v1alpha1/filing-calendar.ts";
import type { InvoiceService, InvoiceServiceStatus } from "../api/v1alpha1/invoice-service.ts";
import type { Client } from "../kube/client.ts";
import { KubeError } from "../kube/errors.ts";
import type { EventRecorder } from "../kube/events.ts";
import { deployments, type KubeObject } from "../kube/resource.ts";
import { VectorAnswer, type Answer, type RangeAnswer } from "../prometheus/answer.ts";
import type { SharedQueries } from "../prometheus/shared-queries.ts";
import { silentLogger } from "../runtime/logger.ts";
import { ScalingPart } from "../scaling/part.ts";
import type { Workload } from "../scaling/target.ts";
import { openCaches, openWorkloads } from "../scaling/watched.ts";
import { Calendars } from "./calendars.ts";
import { Endpoints } from "./endpoint.ts";
import { Evaluations } from "./evaluations.ts";
import { InvoiceServiceReconciler } from "./invoice-service.ts";
import { invoiceServices } from "./kinds.ts";
import { Outlooks } from "./outlook.ts";
import { Readings } from "./readings.ts";
import { ServiceMetrics } from "./service-metrics.ts";
import { StatusWriter } from "./status-writer.ts";

type Stored = InvoiceService & KubeObject;

const START = "2027-01-12T08:00:00Z";
const INTERVAL = 30_000;
const REQUEST = { namespace: "billing", name: "inv" };

/** What the API server puts in where nothing is given. */
const defaults = {
  utilization: 1,
  expectedPeakFactor: 3,
  target: "Auto",
  takeOver: false,
  release: { grace: "24h", stepPercent: 20, every: "10m" },
} as const;

function stored(
  options: Parameters<typeof invoiceService>[0] = {},
  metadata: Partial<KubeObject["metadata"]> = {},
): Stored {
  const service = invoiceService({
    mode: "Auto",
    prometheus: { timeout: "5s" },
    ...options,
    scaling: { ...defaults, ...options.scaling },
  });
  return {
    ...service,
    metadata: { ...service.metadata, namespace: "billing", uid: "1", generation: 1, resourceVersion: "1", ...metadata },
  };
}

const number = (value: string): Answer => new VectorAnswer([{ labels: {}, at: 1_000, value }], 1_000);
const refusal = (status: number, reason: string): KubeError =>
  new KubeError(`patch deployments/scale billing/inv-api: ${reason}`, { status, reason });

interface World {
  service: Stored | undefined;
  answer: () => Promise<Answer>;
  range: () => Promise<RangeAnswer>;
  kindsError?: Error | undefined;
  scaleError?: Error | undefined;
  statusError?: Error | undefined;
  prometheus: boolean;
}

/** The controller of one service with a plain Deployment of two replicas, on an API server that does as it is told. */
function bench(first = stored(), calendars: Record<string, FilingCalendar> = {}) {
  const clock = new FakeClock(START);
  const world: World = {
    service: first,
    answer: async (): Promise<Answer> => number("150"),
    range: async (): Promise<RangeAnswer> => ({ ok: false, reason: "Unavailable", message: "connection refused" }),
    prometheus: true,
  };
  let version = 1;
  const cached = new CachedObjects();
  const caches = openCaches(cached.open);
  const workloads = { resource: deployments, informer: openWorkloads(cached.open, deployments) };
  const deployment = (replicas: number): Workload => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "inv-api", namespace: "billing", uid: "d", resourceVersion: String(++version) },
    spec: { replicas },
    status: { replicas, readyReplicas: replicas },
  });
  let live = deployment(2);
  cached.put("deployments", live);
  const statuses: InvoiceServiceStatus[] = [];
  const counts: number[] = [];
  const client = {
    get: async () => live,
    patch: async (_: unknown, __: unknown, { spec }: { spec: { replicas: number } }) => {
      if (world.scaleError) throw world.scaleError;
      counts.push(spec.replicas);
      live = deployment(spec.replicas);
    },
    applyStatus: async (_: unknown, { status }: Stored) => {
      if (world.statusError) throw world.statusError;
      if (!world.service || !status) throw new Error("there is no object to write to");
      statuses.push(status);
      const metadata = { ...world.service.metadata, resourceVersion: String(++version) };
      return (world.service = { ...world.service, metadata, status });
    },
  } as unknown as Client;
  const events: string[] = [];
  const recorder = {
    event: (_: unknown, { reason }: { reason: string }) => events.push(reason),
  } as unknown as EventRecorder;
  const late: string[] = [];

  const start = (): InvoiceServiceReconciler => {
    const queries = { ask: () => world.answer(), askRange: () => world.range() } as unknown as SharedQueries;
    const evaluations = new Evaluations(INTERVAL);
    const metrics = new ServiceMetrics(new Registry(), () => clock.now());
    const own = world.prometheus ? { own: { url: "http://prometheus:9090" } } : {};
    return new InvoiceServiceReconciler({
      find: () => world.service,
      rivalOf: () => undefined,
      evaluations,
      readings: new Readings({
        endpoints: new Endpoints({ client, clock, ...own }),
        queries,
        evaluations,
        metrics,
        clock,
        maxAgeMs: INTERVAL,
        onLate: (key) => late.push(key),
      }),
      outlooks: new Outlooks({
        calendars: new Calendars((name) => calendars[name]),
        history: openHistory({ clock, answer: () => world.range() }),
      }),
      scaling: new ScalingPart({
        client,
        caches,
        kinds: {
          workloads: async () => {
            if (world.kindsError) throw world.kindsError;
            return workloads;
          },
          scaledObjects: async () => undefined,
        },
        events: recorder,
        holdFinalizer: async () => {},
      }),
      status: new StatusWriter(client, invoiceServices),
      metrics,
    });
  };
  let reconciler = start();
  const look = async () => {
    const context = { signal: new AbortController().signal, log: silentLogger, now: () => clock.now() };
    return reconciler.reconcile(REQUEST, context);
  };
  const told = (type: string): Condition | undefined =>
    world.service?.status?.conditions?.find((condition) => condition.type === type);
  return {
    clock,
    world,
    cached,
    statuses,
    counts,
    events,
    late,
    look,
    told,
    restart: () => void (reconciler = start()),
  };
}

describe("a look at a service", () => {
  test("reads, acts and reports, and says when to look again", async () => {
    const { look, world, counts } = bench();
    world.answer = async () => number("450");
    const result = await look();
    expect(counts).toEqual([5]);
    expect(world.service?.status).toMatchObject({
      observedGeneration: 1,
      phase: "Healthy",
      scaling: { owner: "Deployment/inv-api", floor: 2, desired: 5 },
    });
    expect(result).toEqual({ requeueAfterMs: expect.any(Number) as number });
    const { requeueAfterMs } = result as { requeueAfterMs: number };
    expect(requeueAfterMs).toBeGreaterThanOrEqual(INTERVAL / 2);
    expect(requeueAfterMs).toBeLessThanOrEqual(1.5 * INTERVAL);
  });

  test("that finds nothing new writes nothing", async () => {
    const { look, statuses, counts, clock } = bench();
    for (let evaluation = 0; evaluation < 10; evaluation += 1) {
      await look();
      await clock.advance(INTERVAL);
    }
    expect([statuses.length, counts]).toEqual([1, []]);
  });

  test("that cannot use part of the spec works with the rest of it, and says what it is", async () => {
    const { look, told, counts } = bench(stored({ scaling: { lead: "1d" } }));
    await look();
    expect(told("Stalled")).toMatchObject({ status: "True", reason: "InvalidSpec" });
    expect(told("Stalled")?.message).toContain("spec.scaling.lead");
    expect(told("FloorApplied")).toMatchObject({ status: "True" });
    expect(counts).toEqual([]);
  });

  test("without a Prometheus waits for somebody to name one", async () => {
    const { look, told, restart, world } = bench();
    world.prometheus = false;
    restart();
    await look();
    expect(told("Stalled")).toMatchObject({ status: "True", reason: "NoPrometheus" });
    expect(told("MetricsAvailable")).toMatchObject({ status: "False", reason: "NoPrometheus" });
    expect(told("Ready")).toMatchObject({ status: "False", reason: "Stalled" });
  });

  test("gives what a service names 15 s to come after it, and does not call it stalled meanwhile", async () => {
    const { look, told, clock } = bench(stored({ calendars: [{ name: "vat" }] }, { creationTimestamp: START }));
    expect(await look()).toEqual({ requeueAfterMs: 15_000 });
    expect(told("Stalled")).toBeUndefined();
    expect(told("Reconciling")).toMatchObject({ status: "True", reason: "Starting" });
    expect(told("Reconciling")?.message).toContain("FilingCalendar vat does not exist");
    expect(told("Ready")).toMatchObject({ status: "False" });
    await clock.advance(15_000);
    await look();
    expect(told("Stalled")).toMatchObject({ status: "True", reason: "CalendarNotFound" });
    expect(told("Reconciling")).toBeUndefined();
  });

  test("ends at the pause's end at the latest", async () => {
    const annotations = { "invoiceops.dev/paused": "2027-01-12T08:00:05Z" };
    const { look, world } = bench(stored({}, { annotations }));
    expect(await look()).toEqual({ requeueAfterMs: 5_000 });
    expect(world.service?.status?.phase).toBe("Suspended");
  });
});

describe("what fails", () => {
  test("a refused write is told, and tried again", async () => {
    const { look, world, told, counts } = bench();
    world.answer = async () => number("450");
    world.scaleError = refusal(403, "Forbidden");
    await expect(look()).rejects.toBe(world.scaleError);
    expect(told("FloorApplied")).toMatchObject({ status: "False", reason: "WriteFailed" });
    expect(told("Reconciling")).toMatchObject({ status: "True", reason: "Retrying" });
    expect(world.service?.status).toMatchObject({ observedGeneration: 1, phase: "Progressing" });
    world.scaleError = undefined;
    await look();
    expect(counts).toEqual([5]);
    expect(told("Ready")).toMatchObject({ status: "True" });
  });

  test("a conflict says nothing of what stands: nothing is told", async () => {
    const { look, world, statuses } = bench();
    world.answer = async () => number("450");
    world.scaleError = refusal(409, "Conflict");
    await expect(look()).rejects.toBe(world.scaleError);
    expect(statuses).toEqual([]);
  });

  test("a status that cannot be written loses no write that was made", async () => {
    const { look, world, counts, told } = bench();
    world.answer = async () => number("450");
    world.statusError = refusal(503, "ServiceUnavailable");
    await expect(look()).rejects.toBe(world.statusError);
    world.statusError = undefined;
    await look();
    expect(counts).toEqual([5]);
    expect(told("FloorApplied")).toMatchObject({ status: "True", reason: "Applied" });
  });

  test("a workload that cannot be looked at is told, and what was in force is kept", async () => {
    const { look, world, told, restart } = bench();
    await look();
    const before = world.service?.status?.scaling;
    restart();
    world.kindsError = new Error("deployments.apps could not be listed yet");
    await expect(look()).rejects.toBe(world.kindsError);
    expect(world.service?.status).toMatchObject({ observedGeneration: 1, scaling: before });
    expect(told("Reconciling")).toMatchObject({
      reason: "Retrying",
      message: "deployments.apps could not be listed yet",
    });
  });
});

describe("a process that has just started", () => {
  test("says of a new object at once that it is being taken in", async () => {
    const { look, world, told, clock, late } = bench();
    const answer = Promise.withResolvers<Answer>();
    world.answer = () => answer.promise;
    const looking = look();
    await clock.advance(1_000);
    await looking;
    expect(world.service?.status).toMatchObject({ observedGeneration: 1, phase: "Progressing" });
    expect(told("MetricsAvailable")).toMatchObject({ status: "Unknown", reason: "NotYetAsked" });
    expect(told("Ready")).toMatchObject({ status: "False", reason: "Reconciling" });
    answer.resolve(number("150"));
    await clock.advance(0);
    expect(late).toEqual(["billing/inv"]);
    await look();
    expect(told("Ready")).toMatchObject({ status: "True" });
  });

  test("says nothing new of an object that was told of before, until it has read everything once", async () => {
    const calendar: FilingCalendar = {
      metadata: { name: "vat", uid: "c", generation: 1 },
      spec: { timeZone: "UTC", openTime: "00:00", closeTime: "24:00", monthly: { opensDay: 14, deadlineDay: 20 } },
    };
    const { look, world, statuses, restart, clock } = bench(stored({ calendars: [{ name: "vat" }] }), {
      vat: calendar,
    });
    const level = async (): Promise<RangeAnswer> => ({
      ok: true,
      start: clock.now() - 86_400_000,
      stepMs: 900_000,
      series: [{ labels: {}, values: new Float64Array(96).fill(100) }],
    });
    world.range = level;
    await look();
    await clock.advance(0);
    await look();
    const written = statuses.length;
    expect(world.service?.status).toMatchObject({ scaling: { forecast: { peak: 300 } } });

    restart();
    const reading = Promise.withResolvers<Answer>();
    const history = Promise.withResolvers<RangeAnswer>();
    world.answer = () => reading.promise;
    world.range = () => history.promise;
    const looking = look();
    await clock.advance(1_000);
    await looking;
    reading.resolve(number("150"));
    await clock.advance(0);
    await look();
    expect(statuses).toHaveLength(written);
    history.resolve(await level());
    await clock.advance(0);
    await look();
    expect(statuses).toHaveLength(written);
  });
});

describe("what is remembered", () => {
  test("is about one object: its namesake begins anew", async () => {
    const { look, world, told, clock } = bench();
    world.answer = async () => ({ ok: false, reason: "Timeout", message: "no answer within 5 s" });
    for (let evaluation = 0; evaluation < 3; evaluation += 1) {
      await look();
      await clock.advance(1.5 * INTERVAL);
    }
    expect(told("Degraded")).toMatchObject({ reason: "FallbackInForce" });
    world.service = stored({}, { uid: "2", resourceVersion: "90" });
    await look();
    expect(told("Degraded")).toMatchObject({ reason: "None" });
    expect(told("MetricsAvailable")).toMatchObject({ reason: "Timeout" });
  });

  test("goes with the object, and an Event tells that a count stays", async () => {
    const { look, world, events, statuses } = bench();
    await look();
    world.service = undefined;
    expect(await look()).toBeUndefined();
    expect(events).toEqual(["CountKept"]);
    expect(await look()).toBeUndefined();
    expect([events.length, statuses.length]).toEqual([1, 1]);
  });

  test("is nothing of what is being deleted, which is not looked at any more", async () => {
    const { look, counts, statuses } = bench(stored({}, { deletionTimestamp: START }));
    expect(await look()).toBeUndefined();
    expect([counts, statuses]).toEqual([[], []]);
  });
});
