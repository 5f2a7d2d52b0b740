import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FilingCalendar } from "../../../src/api/v1alpha1/filing-calendar.ts";
import {
  deployments,
  horizontalPodAutoscalers,
  type HorizontalPodAutoscaler,
  type KubeObject,
} from "../../../src/kube/resource.ts";
import { FINALIZER } from "../../../src/operator/finalizer.ts";
import { filingCalendars, invoiceServices } from "../../../src/operator/kinds.ts";
import { BASE_ANNOTATION, RAISED_FOR_ANNOTATION } from "../../../src/scaling/floor.ts";
import { useCluster } from "../../support/cluster.ts";
import { Autoscaled, BASE, FLOOR, notesOn } from "./autoscaled.ts";
import { History } from "../../support/history.ts";
import { floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
let hpas: Autoscaled;
beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  hpas = new Autoscaled(stage);
  await stage.launch(await stage.account()).ready();
});
afterAll(() => stage.close());

describe.concurrent("release", () => {
  test("a window raises step by step, and after it the base goes back in steps", async () => {
    const name = "window";
    await hpas.create(name);
    const history = await History.of(stage, horizontalPodAutoscalers, name);
    stage.demands(name, 100);
    await stage.serve(name, {
      scaling: { expectedPeakFactor: 8, quantile: 0.5, release: { grace: "4s", every: "1s" } },
    });
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await stage.finalizers(name)).toEqual([]);
    const calendar = await calendarUntil(Date.now() + 8_000);
    await stage.change(name, { spec: { calendars: [{ name: calendar }] } });
    await vi.waitFor(() => expect(history.changes(minimum).some((value) => value > FLOOR)).toBe(true), 30_000);
    expect(await stage.finalizers(name)).toEqual([FINALIZER]);
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await stage.finalizers(name)).toEqual([]), 30_000);
    await history.now();
    await history.close();

    const values = history.changes(minimum);
    const top = Math.max(...values);
    const way = values.slice(values.indexOf(top));
    expect(way, "the way down").toEqual(Array.from({ length: top - BASE + 1 }, (_, step) => top - step));
    expect(values.slice(0, values.indexOf(top)), "the way up").toEqual(
      values.slice(0, values.indexOf(top)).toSorted((a, b) => a - b),
    );
    for (const version of history.versions) {
      const noted = [`${BASE_ANNOTATION}=${BASE}`, `${RAISED_FOR_ANNOTATION}=${name}`];
      expect(notesOn(version), `at ${minimum(version)}`).toEqual(minimum(version) > BASE ? noted : []);
    }
    // The finalizer comes before the floor, and goes after it.
    const floors = await stage.writes(horizontalPodAutoscalers, name);
    const holds = (await stage.writes(invoiceServices, name)).filter(({ objectRef }) => !objectRef?.subresource);
    expect(holds).toHaveLength(2);
    expect(holds[0]!.stageTimestamp < floors[0]!.requestReceivedTimestamp).toBe(true);
    expect(holds[1]!.requestReceivedTimestamp > floors.at(-1)!.stageTimestamp).toBe(true);
  });

  test("what somebody else writes meanwhile is the new base", async () => {
    const name = "new-base";
    await hpas.raise(name);
    await hpas.writers.update("somebody", horizontalPodAutoscalers, name, { spec: { minReplicas: BASE + 1 } });
    await stage.evaluated(name);
    await hpas.minimumIs(name, FLOOR);
    await stage.change(name, { spec: { events: null } });
    expect(await hpas.notesAt(name, BASE + 1)).toEqual([]);
  });
});

describe.concurrent("pause", () => {
  test("freezes in both directions, and ends by its expiry", async () => {
    const name = "paused";
    await hpas.raise(name);
    await stage.annotate(name, "invoiceops.dev/paused", "true");
    expect(await stage.told(name, "FloorApplied", "False", "Paused")).toContain(
      "nothing is raised and nothing given back; 5 replicas are recommended",
    );
    const before = (await stage.writes(horizontalPodAutoscalers, name)).length;
    await stage.change(name, { spec: floorOf(FLOOR + 2) });
    await stage.evaluated(name);
    await stage.change(name, { spec: { events: null } });
    await stage.evaluated(name, 2);
    await hpas.minimumIs(name, FLOOR);
    expect(await stage.writes(horizontalPodAutoscalers, name)).toHaveLength(before);
    expect(await stage.finalizers(name)).toEqual([FINALIZER]);
    expect((await stage.service(name)).status?.phase).toBe("Suspended");

    const expiry = Date.now() + 3_000;
    await stage.annotate(name, "invoiceops.dev/paused", new Date(expiry).toISOString());
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    expect(Date.now()).toBeGreaterThanOrEqual(expiry);
  });
});

describe.concurrent("off", () => {
  test("mode Observe writes nothing but status", async () => {
    const name = "observed";
    await hpas.create(name);
    await stage.serve(name, { ...floorOf(FLOOR), mode: "Observe" });
    expect(await stage.told(name, "FloorApplied", "False", "Observing")).toBe(
      `spec.mode is Observe: nothing is written; ${FLOOR} replicas are recommended`,
    );
    await stage.evaluated(name, 2);
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    expect(await written(name)).toEqual(["invoiceservices/status"]);
  });

  test("target None publishes the recommendation and writes nothing but status", async () => {
    const name = "none";
    await hpas.create(name);
    await stage.serve(name, { ...floorOf(FLOOR), scaling: { target: "None" } });
    expect(await stage.told(name, "FloorApplied", "False", "TargetNone")).toBe(
      `spec.scaling.target is None: nothing is written; ${FLOOR} replicas are recommended`,
    );
    await stage.evaluated(name, 2);
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    expect(await written(name)).toEqual(["invoiceservices/status"]);
  });

  test("target None gives back what was raised before", async () => {
    const name = "none-later";
    await hpas.raise(name);
    await stage.change(name, { spec: { scaling: { target: "None" } } });
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await stage.finalizers(name)).toEqual([]), 30_000);
  });
});

/** The kinds of what the operator has written for a service, Events included. */
async function written(name: string): Promise<string[]> {
  const kinds = await Promise.all(
    [horizontalPodAutoscalers, deployments, invoiceServices].map((kind) => stage.writes(kind, name)),
  );
  const told = await stage.eventsAbout("InvoiceService", name);
  const what = kinds.flat().map(({ objectRef }) => [objectRef?.resource, objectRef?.subresource].join("/"));
  return [...new Set([...what, ...told])];
}

/** Makes a FilingCalendar whose window is open and ends at the deadline, ms since the epoch. */
async function calendarUntil(deadline: number): Promise<string> {
  const name = `${stage.namespace}-until-${deadline}`;
  const dates = [{ period: "now", opens: localTime(deadline - 3_600_000), deadline: localTime(deadline) }];
  const manifest = { metadata: { name }, spec: { timeZone: "Etc/UTC", dates } };
  await stage.client.create(filingCalendars, manifest as unknown as FilingCalendar & KubeObject);
  return name;
}

/** As the spec of a zone Etc/UTC has it, to the second. */
function localTime(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

function minimum({ spec }: HorizontalPodAutoscaler): number {
  return spec?.minReplicas ?? Number.NaN;
}
