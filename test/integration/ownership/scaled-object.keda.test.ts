import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startKeda } from "../../../dev/cluster/keda.ts";
import type { Cluster } from "../../../dev/cluster/cluster.ts";
import {
  configMaps,
  defineResource,
  deployments,
  horizontalPodAutoscalers,
  secrets,
  type KubeObject,
  type Resource,
} from "../../../src/kube/resource.ts";
import type { FilingCalendar } from "../../../src/api/v1alpha1/filing-calendar.ts";
import { filingCalendars } from "../../../src/operator/kinds.ts";
import { BASE_ANNOTATION } from "../../../src/scaling/floor.ts";
import type { ScaledObject } from "../../../src/scaling/target.ts";
import { startOwnCluster } from "../../support/cluster.ts";
import { describeLadder } from "./ladder.ts";
import { autoscaler, deployment, floorOf, queryOf } from "./manifests.ts";
import { listedRights, rightsUsed } from "./rights.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const keda = { group: "keda.sh", version: "v1alpha1", namespaced: true };
const scaledObjects = defineResource<ScaledObject>({ ...keda, kind: "ScaledObject", plural: "scaledobjects" });
const statefulSets: Resource = defineResource({
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  namespaced: true,
});
const FLOOR = 5;
const BASE = 2;
const KEDA_QUERY = queryOf("keda");

/** A trigger that is not active: KEDA holds the minimum. */
const IDLE = {
  type: "cron",
  metadata: { timezone: "Etc/UTC", start: "0 0 1 1 *", end: "1 0 1 1 *", desiredReplicas: "4" },
};

function scaledObject(name: string, minReplicaCount?: number, trigger: object = IDLE): KubeObject & { spec: object } {
  return {
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name },
    spec: {
      scaleTargetRef: { name },
      pollingInterval: 1,
      ...(minReplicaCount === undefined ? {} : { minReplicaCount }),
      maxReplicaCount: 15,
      triggers: [trigger],
    },
  };
}

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startOwnCluster({ controllerManager: { hpaSyncPeriod: "1s" } });
  await startKeda(cluster);
});
afterAll(() => cluster.stop());

describeLadder(
  {
    title: "spec.minReplicaCount of ScaledObject",
    resource: scaledObjects,
    name: "minReplicaCount",
    manifest: scaledObject,
    others: (name) => [{ resource: deployments, manifest: deployment(name) }],
    givenBack: true,
  },
  async () => cluster,
);

describe("beside KEDA's operator", () => {
  let stage: Stage;
  let writers: Writers;
  beforeAll(async () => {
    stage = await Stage.open(cluster);
    writers = new Writers(stage);
    stage.demands("keda", 150);
    await stage.launch(await stage.account()).ready();
  });
  afterAll(() => stage.close());

  /** A Deployment that KEDA scales between 2 and 15 by what Prometheus answers. */
  const scaled = async (name: string): Promise<void> => {
    const metadata = { serverAddress: stage.prometheus.url, query: KEDA_QUERY, threshold: "100" };
    await writers.apply("setup", deployments, deployment(name));
    await writers.create(scaledObject(name, BASE, { type: "prometheus", metadata }));
    await stage.becomes(horizontalPodAutoscalers, `keda-hpa-${name}`, { spec: { minReplicas: BASE } });
  };
  /** The minimum stands there, KEDA's own HPA has it, and the count follows. */
  const stands = async (name: string, minimum: number): Promise<ScaledObject> => {
    const object = await stage.becomes(scaledObjects, name, { spec: { minReplicaCount: minimum } });
    await stage.becomes(horizontalPodAutoscalers, `keda-hpa-${name}`, { spec: { minReplicas: minimum } });
    return object;
  };
  const raised = async (name: string): Promise<void> => {
    await scaled(name);
    await stage.serve(name, floorOf(FLOOR));
    await stands(name, FLOOR);
  };
  const refused = (name: string, reason: string): Promise<string> => stage.told(name, "FloorApplied", "False", reason);

  test.concurrent("KEDA's HPA and the count follow the floor, KEDA does not revert it, and the base goes back", async () => {
    const name = "followed";
    await raised(name);
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR } });
    // KEDA looks at its source, and so at its ScaledObject, ten times more.
    const polls = stage.prometheus.requests(KEDA_QUERY);
    await vi.waitFor(() => expect(stage.prometheus.requests(KEDA_QUERY)).toBeGreaterThan(polls + 10), 30_000);
    const object = await stands(name, FLOOR);
    expect(object.metadata.annotations).toMatchObject({ [BASE_ANNOTATION]: `${BASE}` });
    expect(await stage.writes(scaledObjects, name)).toHaveLength(1);
    expect(await stage.writes(horizontalPodAutoscalers, `keda-hpa-${name}`)).toEqual([]);

    await stage.change(name, { spec: { events: null } });
    expect((await stands(name, BASE)).metadata.annotations ?? {}).not.toHaveProperty([BASE_ANNOTATION]);
    expect(await stage.writes(scaledObjects, name)).toHaveLength(2);
  });

  test.concurrent("deletion gives a ScaledObject its base back", async () => {
    const name = "deleted";
    await raised(name);
    await stage.remove(name);
    await stage.gone(name);
    expect((await stands(name, BASE)).metadata.annotations ?? {}).not.toHaveProperty([BASE_ANNOTATION]);
  });

  test.concurrent("a ScaledObject that KEDA's annotation pauses is left alone until it is resumed", async () => {
    const name = "paused";
    await scaled(name);
    const annotate = (value: string | null): Promise<void> =>
      writers.update("somebody", scaledObjects, name, {
        metadata: { annotations: { "autoscaling.keda.sh/paused": value } },
      });
    await annotate("true");
    await stage.serve(name, floorOf(FLOOR));
    expect(await refused(name, "ScaledObjectPaused")).toBe(
      "ScaledObject/paused is paused by its annotation autoscaling.keda.sh/paused: remove it to resume",
    );
    expect(await stage.condition(name, "Stalled")).toBeUndefined();
    await stage.evaluated(name);
    expect(await stage.writes(scaledObjects, name)).toEqual([]);
    await annotate(null);
    await stands(name, FLOOR);
  });

  test.concurrent("a HorizontalPodAutoscaler beside a ScaledObject: both are named, neither is written", async () => {
    const name = "both";
    await scaled(name);
    await writers.create({ ...autoscaler("mine", BASE, name), metadata: { name: "mine" } });
    await stage.serve(name, floorOf(FLOOR));
    expect(await refused(name, "AmbiguousTarget")).toBe(
      "ScaledObject/both and HorizontalPodAutoscaler/mine scale Deployment/both at the same time, which disables them or has them fight: keep one",
    );
    await stage.told(name, "Stalled", "True", "AmbiguousTarget");
    await stage.evaluated(name);
    expect(await stage.writes(scaledObjects, name)).toEqual([]);
    expect(await stage.writes(horizontalPodAutoscalers, "mine")).toEqual([]);
  });

  test.concurrent("target HorizontalPodAutoscaler does not mean the one that KEDA makes", async () => {
    const name = "not-keda-s";
    await scaled(name);
    await stage.serve(name, { ...floorOf(FLOOR), scaling: { target: "HorizontalPodAutoscaler" } });
    expect(await refused(name, "TargetNotFound")).toBe(
      `spec.scaling.target is HorizontalPodAutoscaler but ScaledObject/${name} scales Deployment/${name}: set target to Auto`,
    );
  });
});

describe("the operator's rights", () => {
  test("src/operator/rbac.ts lists every right that is used in the whole cluster, and no other", async () => {
    const stage = await Stage.open(cluster);
    const writers = new Writers(stage);
    const { client, namespace } = stage;
    const calendar = {
      metadata: { name: namespace },
      spec: { timeZone: "Etc/UTC", monthly: { deadlineDay: 15, opensDay: 1 } },
    };
    await client.create(filingCalendars, calendar as unknown as FilingCalendar & KubeObject);
    await client.create(secrets, { metadata: { namespace, name: "reader" }, stringData: { token: "t" } });
    for (const name of ["counted", "by-hpa", "by-keda", "learning"])
      await writers.apply("setup", deployments, deployment(name));
    await writers.create(autoscaler("by-hpa", BASE));
    await writers.create(scaledObject("by-keda", BASE));
    await writers.create({ ...deployment("set"), kind: "StatefulSet" });
    await stage.serve("counted", {
      ...floorOf(FLOOR),
      calendars: [{ name: namespace }],
      prometheus: { url: stage.prometheus.url, authorization: { bearer: { secretName: "reader" } } },
    });
    await stage.serve("learning", { calendars: [{ name: namespace }] });
    await stage.serve("by-hpa", floorOf(FLOOR));
    await stage.serve("by-keda", floorOf(FLOOR));
    await stage.serve("set", {
      ...floorOf(FLOOR),
      workload: { apiVersion: "apps/v1", kind: "StatefulSet", name: "set" },
    });

    // As it is installed: for all namespaces, and with an election.
    stage.launch(await stage.account("invoiceops", { everywhere: true }), "--watch-namespaces=", "--leader-elect=true");
    await stage.becomes(deployments, "counted", { spec: { replicas: FLOOR } });
    await stage.becomes(statefulSets, "set", { spec: { replicas: FLOOR } });
    await stage.becomes(scaledObjects, "by-keda", { spec: { minReplicaCount: FLOOR } });
    // An Event that is told again is counted in the first one.
    const floors = [FLOOR, BASE, FLOOR];
    for (const floor of floors) {
      await stage.change("by-hpa", { spec: floor === BASE ? { events: null } : floorOf(floor) });
      await stage.becomes(horizontalPodAutoscalers, "by-hpa", { spec: { minReplicas: floor } });
    }
    await stage.told("by-hpa", "FloorApplied", "True", "Applied");
    // What is learnt is kept, and kept again when the past has been looked through.
    await vi.waitFor(
      async () => {
        const kept = await client.get(configMaps, { namespace, name: "learning-forecast" });
        expect(kept.data?.["notes.json"]).toContain(JSON.stringify(namespace));
      },
      { timeout: 60_000, interval: 150 },
    );
    await stage.close();
    expect(rightsUsed(await stage.requests())).toEqual(listedRights);
  });
});
