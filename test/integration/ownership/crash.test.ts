import assert from "node:assert/strict";
import { expect, onTestFinished, test, vi } from "vitest";
import { deployments, horizontalPodAutoscalers, type HorizontalPodAutoscaler } from "../../../src/kube/resource.ts";
import { FINALIZER } from "../../../src/operator/finalizer.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { BASE_ANNOTATION } from "../../../src/scaling/floor.ts";
import { useCluster } from "../../support/cluster.ts";
import { CrashProxy, type Moment } from "./crash-proxy.ts";
import { History, revisionOf } from "../../support/history.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import { Stage } from "./stage.ts";
import { Writers } from "./writers.ts";

const NAME = "invoices";
const BASE = 2;
/** Up and down, to the base and from it: each change of the floor finds the world as the last crash left it. */
const FLOORS = [5, 9, BASE, 7, 12, 4, BASE, 6, 3, 11, 8, BASE, 10, 5, 12, BASE];

const NEVER: Moment = { write: Infinity, when: "after" };

/** Two processes start for each of them, which takes its time where other tests run beside. */
const TIMEOUT = 300_000;

test(
  "kill -9 at any write, while the floor goes up and down: nothing is lost and nothing left behind",
  { timeout: TIMEOUT },
  async () => {
    const stage = await Stage.open(await useCluster());
    onTestFinished(() => stage.close());
    await stage.account();
    const proxy = await CrashProxy.start(stage.cluster, stage.namespace, "invoiceops");
    onTestFinished(() => proxy.close());
    const writers = new Writers(stage);
    await writers.apply("setup", deployments, deployment(NAME));
    await writers.create(autoscaler(NAME, BASE));
    await stage.serve(NAME, { scaling: { release: { grace: "0s", every: "1s", stepPercent: 50 } } });
    await stage.launch(proxy.kubeconfig).ready();
    await stage.told(NAME, "FloorApplied", "True", "AtBase");
    await stage.end();
    const floors = await History.of(stage, horizontalPodAutoscalers, NAME);
    const services = await History.of(stage, invoiceServices, NAME);

    let struck = 0;
    for (const [round, floor] of FLOORS.entries()) {
      const from = minimum(await floors.now());
      const seen = floors.versions.length;
      await stage.change(NAME, { spec: floor === BASE ? { events: null } : floorOf(floor) });
      const moment = momentOf(round);
      if ((await crash(stage, proxy, moment, floor)) === "struck") struck += 1;

      // It has gone all the way, a part of it or nowhere, and never the other way.
      await floors.now();
      const way = [from, ...floors.versions.slice(seen).map(minimum)];
      const steady = way.every((value, index) => (value - (way[index - 1] ?? from)) * Math.sign(floor - from) >= 0);
      expect({ steady, way }, `${from} to ${floor}, killed ${moment.when} write ${moment.write}`).toMatchObject({
        steady: true,
      });

      // The next process goes the rest of the way, from whatever the crash has left.
      proxy.arm(NEVER, () => undefined);
      const next = stage.launch(proxy.kubeconfig);
      await vi.waitFor(
        async () => {
          expect(minimum(await floors.now())).toBe(floor);
          expect((await stage.service(NAME)).status?.scaling?.floor).toBe(floor);
        },
        { timeout: 60_000, interval: 50 },
      );
      await next.kill("SIGKILL");
    }

    await stage.change(NAME, { spec: { events: null } });
    await stage.launch(proxy.kubeconfig).ready();
    const { metadata } = await stage.becomes(horizontalPodAutoscalers, NAME, { spec: { minReplicas: BASE } });
    expect(metadata.annotations ?? {}).not.toHaveProperty([BASE_ANNOTATION]);
    await vi.waitFor(async () => expect(await stage.finalizers(NAME)).toEqual([]), {
      timeout: 30_000,
      interval: 150,
    });
    for (const history of [floors, services]) {
      await history.now();
      await history.close();
    }

    expect(struck, "deaths at a write").toBeGreaterThan(FLOORS.length / 2);
    expect(floors.changes(minimum).length, "changes of the floor").toBeGreaterThan(FLOORS.length / 2);
    for (const version of floors.versions) {
      const raised = minimum(version) > BASE;
      const { finalizers } = services.at(revisionOf(version))?.metadata ?? {};
      expect(
        { note: version.metadata.annotations?.[BASE_ANNOTATION], held: !raised || finalizers?.includes(FINALIZER) },
        `the note of the base and the hold on the service at ${minimum(version)}`,
      ).toEqual({ note: raised ? `${BASE}` : undefined, held: true });
    }
  },
);

/** Runs one operator until it dies: at the moment, or when the floor stands and it has nothing left to write. */
async function crash(stage: Stage, proxy: CrashProxy, moment: Moment, floor: number): Promise<"struck" | "idle"> {
  const operator = stage.launch(proxy.kubeconfig);
  let dead = false;
  proxy.arm(moment, () => {
    dead = true;
    void operator.kill("SIGKILL");
  });
  await vi.waitFor(
    async () => {
      if (dead) return;
      await Promise.race([operator.ended, stage.evaluated(NAME)]);
      const hpa = await stage.client.get(horizontalPodAutoscalers, { namespace: stage.namespace, name: NAME });
      assert.ok(dead || minimum(hpa) === floor, `${minimum(hpa)} is not ${floor}, and it lives`);
    },
    { timeout: 60_000, interval: 50 },
  );
  await operator.kill("SIGKILL");
  return dead ? "struck" : "idle";
}

/** A raise or a step down has three or four writes: the finalizer, the floor, an Event, the status. */
function momentOf(round: number): Moment {
  return { write: 1 + (round % 4), when: round % 8 < 4 ? "after" : "before" };
}

function minimum({ spec }: HorizontalPodAutoscaler): number {
  return spec?.minReplicas ?? Number.NaN;
}
