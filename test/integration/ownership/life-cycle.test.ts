import { readFile } from "node:fs/promises";
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
import { History } from "./history.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const FLOOR = 5;
const BASE = 2;

let stage: Stage;
let writers: Writers;
let kubeconfig: string;
let operator: OperatorProcess;
beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  writers = new Writers(stage);
  kubeconfig = await stage.account();
  operator = stage.launch(kubeconfig);
  await operator.ready();
});
afterAll(() => stage.close());

/** A Deployment with an HPA of its name that begins at two replicas. */
async function scaled(name: string): Promise<void> {
  await writers.apply("setup", deployments, deployment(name));
  await writers.create(autoscaler(name, BASE));
}

async function raised(name: string): Promise<void> {
  await scaled(name);
  await stage.serve(name, floorOf(FLOOR));
  await minimumIs(name, FLOOR);
}

const minimumIs = (name: string, minReplicas: number): Promise<HorizontalPodAutoscaler> =>
  stage.becomes(horizontalPodAutoscalers, name, { spec: { minReplicas } });

/** Our notes on an HPA, once it stands at this minimum. */
async function notesAt(name: string, minReplicas: number): Promise<string[]> {
  return notes(await minimumIs(name, minReplicas));
}

const notes = ({ metadata: { annotations = {} } }: HorizontalPodAutoscaler): string[] =>
  Object.entries(annotations).flatMap(([key, value]) => (key.startsWith("invoiceops.dev/") ? [`${key}=${value}`] : []));

/** The kinds of what the operator has written for a service, Events included. */
async function written(name: string): Promise<string[]> {
  const kinds = await Promise.all(
    [horizontalPodAutoscalers, deployments, invoiceServices].map((kind) => stage.writes(kind, name)),
  );
  const told = await stage.eventsAbout("InvoiceService", name);
  const what = kinds.flat().map(({ objectRef }) => [objectRef?.resource, objectRef?.subresource].join("/"));
  return [...new Set([...what, ...told])];
}

const finalizersOf = async (name: string): Promise<string[]> => (await stage.service(name)).metadata.finalizers ?? [];

describe.concurrent("release", () => {
  test("a window raises step by step, and after it the base goes back in steps", async () => {
    const name = "window";
    await scaled(name);
    const history = await History.of(stage, horizontalPodAutoscalers, name);
    stage.demands(name, 100);
    await stage.serve(name, { scaling: { expectedPeakFactor: 8, release: { grace: "4s", every: "1s" } } });
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await finalizersOf(name)).toEqual([]);
    const calendar = await calendarUntil(Date.now() + 8_000);
    await stage.change(name, { spec: { calendars: [{ name: calendar }] } });
    await vi.waitFor(() => expect(history.changes(minimum).some((value) => value > FLOOR)).toBe(true), 30_000);
    expect(await finalizersOf(name)).toEqual([FINALIZER]);
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await finalizersOf(name)).toEqual([]), 30_000);
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
      expect(notes(version).toSorted(), `at ${minimum(version)}`).toEqual(minimum(version) > BASE ? noted : []);
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
    await raised(name);
    await writers.update("somebody", horizontalPodAutoscalers, name, { spec: { minReplicas: BASE + 1 } });
    await stage.evaluated(name);
    await minimumIs(name, FLOOR);
    await stage.change(name, { spec: { events: null } });
    expect(await notesAt(name, BASE + 1)).toEqual([]);
  });
});

describe.concurrent("pause", () => {
  test("freezes in both directions, and ends by its expiry", async () => {
    const name = "paused";
    await raised(name);
    await stage.annotate(name, "invoiceops.dev/paused", "true");
    expect(await stage.told(name, "FloorApplied", "False", "Paused")).toContain(
      "nothing is raised and nothing given back; 5 replicas are recommended",
    );
    const before = (await stage.writes(horizontalPodAutoscalers, name)).length;
    await stage.change(name, { spec: floorOf(FLOOR + 2) });
    await stage.evaluated(name);
    await stage.change(name, { spec: { events: null } });
    await stage.evaluated(name, 2);
    await minimumIs(name, FLOOR);
    expect(await stage.writes(horizontalPodAutoscalers, name)).toHaveLength(before);
    expect(await finalizersOf(name)).toEqual([FINALIZER]);
    expect((await stage.service(name)).status?.phase).toBe("Suspended");

    const expiry = Date.now() + 3_000;
    await stage.annotate(name, "invoiceops.dev/paused", new Date(expiry).toISOString());
    expect(await notesAt(name, BASE)).toEqual([]);
    expect(Date.now()).toBeGreaterThanOrEqual(expiry);
  });
});

describe.concurrent("off", () => {
  test("mode Observe writes nothing but status", async () => {
    const name = "observed";
    await scaled(name);
    await stage.serve(name, { ...floorOf(FLOOR), mode: "Observe" });
    expect(await stage.told(name, "FloorApplied", "False", "Observing")).toBe(
      `spec.mode is Observe: nothing is written; ${FLOOR} replicas are recommended`,
    );
    await stage.evaluated(name, 2);
    expect(await notesAt(name, BASE)).toEqual([]);
    expect(await written(name)).toEqual(["invoiceservices/status"]);
  });

  test("target None publishes the recommendation and writes nothing but status", async () => {
    const name = "none";
    await scaled(name);
    await stage.serve(name, { ...floorOf(FLOOR), scaling: { target: "None" } });
    expect(await stage.told(name, "FloorApplied", "False", "TargetNone")).toBe(
      `spec.scaling.target is None: nothing is written; ${FLOOR} replicas are recommended`,
    );
    await stage.evaluated(name, 2);
    expect(await notesAt(name, BASE)).toEqual([]);
    expect(await written(name)).toEqual(["invoiceservices/status"]);
  });

  test("target None gives back what was raised before", async () => {
    const name = "none-later";
    await raised(name);
    await stage.change(name, { spec: { scaling: { target: "None" } } });
    expect(await notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await finalizersOf(name)).toEqual([]), 30_000);
  });
});

describe.concurrent("deletion", () => {
  test("an HPA gets its base back before the InvoiceService goes", async () => {
    const name = "deleted";
    await raised(name);
    const history = await History.of(stage, invoiceServices, name);
    await stage.remove(name);
    await stage.gone(name);
    expect(await notesAt(name, BASE)).toEqual([]);
    await history.close();
    expect(history.changes(({ metadata }) => metadata.finalizers?.join() ?? "none").at(0)).toBe(FINALIZER);
  });

  test("a contested HPA stays as its owner set it", async () => {
    const name = "deleted-contested";
    await raised(name);
    for (const minReplicas of [3, 4]) {
      await minimumIs(name, FLOOR);
      await stage.evaluated(name);
      await writers.update("somebody", horizontalPodAutoscalers, name, { spec: { minReplicas } });
    }
    await stage.told(name, "FloorApplied", "False", "Contested");
    await stage.remove(name);
    await stage.gone(name);
    expect(await notesAt(name, 4)).toEqual([]);
  });

  test("a plain count stays as it is, with an Event", async () => {
    const name = "deleted-plain";
    await writers.create(deployment(name, BASE));
    await stage.serve(name, floorOf(FLOOR));
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR } });
    await stage.told(name, "FloorApplied", "True", "Applied");
    expect(await finalizersOf(name)).toEqual([]);
    const before = (await stage.writes(deployments, name)).length;
    await stage.remove(name);
    await vi.waitFor(async () => {
      expect(await stage.eventsAbout("Deployment", name)).toEqual([
        `Normal CountKept: InvoiceService ${name} is gone: the count stays at ${FLOOR}, and nothing here changes it any more`,
      ]);
    }, 30_000);
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR } });
    expect(await stage.writes(deployments, name)).toHaveLength(before);
  });

  test("nothing holds an InvoiceService without a floor in force", async () => {
    const name = "deleted-base";
    await scaled(name);
    await stage.serve(name);
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await finalizersOf(name)).toEqual([]);
    expect(await stage.writes(horizontalPodAutoscalers, name)).toEqual([]);
  });
});

describe.concurrent("another target", () => {
  test("another workload: the old HPA gets its base back, the new one is raised", async () => {
    await raised("moves");
    await scaled("moves-to");
    await stage.change("moves", { spec: { workload: { name: "moves-to" } } });
    await minimumIs("moves-to", FLOOR);
    expect(await notesAt("moves", BASE)).toEqual([]);
    expect(await finalizersOf("moves")).toEqual([FINALIZER]);
  });

  test("a workload that does not exist: the old HPA gets its base back all the same", async () => {
    const name = "moves-away";
    await raised(name);
    await stage.change(name, { spec: { workload: { name: "nowhere" } } });
    await stage.told(name, "FloorApplied", "False", "WorkloadNotFound");
    expect(await notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await finalizersOf(name)).toEqual([]), 30_000);
  });

  test("another HPA for the workload: the old one gets its base back, the new one is raised", async () => {
    const name = "rescaled";
    await raised(name);
    await writers.apply("setup", deployments, deployment("elsewhere"));
    const spec = { scaleTargetRef: { name: "elsewhere" } };
    await writers.update("somebody", horizontalPodAutoscalers, name, { spec });
    const successor = { ...autoscaler(name, 3), metadata: { name: "successor" } };
    await writers.create(successor);
    await minimumIs("successor", FLOOR);
    expect(await notesAt(name, BASE)).toEqual([]);
    await stage.remove(name);
    await stage.gone(name);
    expect(await notesAt("successor", 3)).toEqual([]);
  });

  test("no HPA any more: the count itself carries the floor, and nothing holds the InvoiceService", async () => {
    const name = "unscaled";
    await raised(name);
    await stage.client.delete(horizontalPodAutoscalers, { namespace: stage.namespace, name });
    await stage.change(name, { spec: floorOf(FLOOR + 1) });
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR + 1 } });
    await vi.waitFor(async () => expect(await finalizersOf(name)).toEqual([]), 30_000);
  });
});

describe("without the operator", () => {
  test("a contest outlives the process: the next one writes nothing either", async () => {
    const name = "contested";
    await writers.apply("setup", deployments, deployment(name));
    await writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE));
    await stage.serve(name, { ...floorOf(FLOOR), scaling: { takeOver: true } });
    for (const _reset of [1, 2]) {
      await minimumIs(name, FLOOR);
      await stage.evaluated(name);
      await writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE));
    }
    const told = await stage.told(name, "FloorApplied", "False", "Contested");
    const before = await stage.writes(horizontalPodAutoscalers, name);
    expect(before).toHaveLength(2);

    await operator.kill("SIGKILL");
    operator = stage.launch(kubeconfig);
    await operator.ready();
    await writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE + 1));
    await stage.evaluated(name, 2);
    expect(await stage.told(name, "FloorApplied", "False", "Contested")).toBe(
      told.replace(`held at ${BASE}`, `held at ${BASE + 1}`),
    );
    expect(await stage.writes(horizontalPodAutoscalers, name)).toEqual(before);
  });

  test("the README's command lets an InvoiceService go", async () => {
    const name = "orphaned";
    await raised(name);
    await stage.end();
    await stage.remove(name);
    expect((await stage.service(name)).metadata.deletionTimestamp).toBeDefined();

    const readme = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    const command = /kubectl (patch invoiceservice .*finalizers.*)/.exec(readme)?.[1] ?? "";
    const words = command
      .replace(/ -n \S+/, ` -n ${stage.namespace}`)
      .replaceAll("'", "")
      .split(" ");
    await stage.cluster.kubectl(words.with(2, name));
    await stage.gone(name);
    await minimumIs(name, FLOOR);
  });
});

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
