import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { deployments, horizontalPodAutoscalers } from "../../../src/kube/resource.ts";
import { FINALIZER } from "../../../src/operator/finalizer.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { Autoscaled, BASE, FLOOR } from "./autoscaled.ts";
import { History } from "../../support/history.ts";
import { autoscaler, deployment, floorOf } from "./manifests.ts";
import type { OperatorProcess } from "./operator-process.ts";
import { Stage } from "./stage.ts";

let stage: Stage;
let hpas: Autoscaled;
let kubeconfig: string;
let operator: OperatorProcess;
beforeAll(async () => {
  stage = await Stage.open(await useCluster());
  hpas = new Autoscaled(stage);
  kubeconfig = await stage.account();
  operator = stage.launch(kubeconfig);
  await operator.ready();
});
afterAll(() => stage.close());

describe.concurrent("deletion", () => {
  test("an HPA gets its base back before the InvoiceService goes", async () => {
    const name = "deleted";
    await hpas.raise(name);
    const history = await History.of(stage, invoiceServices, name);
    await stage.remove(name);
    await stage.gone(name);
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    await history.close();
    expect(history.changes(({ metadata }) => metadata.finalizers?.join() ?? "none").at(0)).toBe(FINALIZER);
  });

  test("a contested HPA stays as its owner set it", async () => {
    const name = "deleted-contested";
    await hpas.raise(name);
    for (const minReplicas of [3, 4]) {
      await hpas.minimumIs(name, FLOOR);
      await stage.evaluated(name);
      await hpas.writers.update("somebody", horizontalPodAutoscalers, name, { spec: { minReplicas } });
    }
    await stage.told(name, "FloorApplied", "False", "Contested");
    await stage.remove(name);
    await stage.gone(name);
    expect(await hpas.notesAt(name, 4)).toEqual([]);
  });

  test("a plain count stays as it is, with an Event", async () => {
    const name = "deleted-plain";
    await hpas.writers.create(deployment(name, BASE));
    await stage.serve(name, floorOf(FLOOR));
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR } });
    await stage.told(name, "FloorApplied", "True", "Applied");
    expect(await stage.finalizers(name)).toEqual([]);
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
    await hpas.create(name);
    await stage.serve(name);
    await stage.told(name, "FloorApplied", "True", "AtBase");
    expect(await stage.finalizers(name)).toEqual([]);
    expect(await stage.writes(horizontalPodAutoscalers, name)).toEqual([]);
  });
});

describe.concurrent("another target", () => {
  test("another workload: the old HPA gets its base back, the new one is raised", async () => {
    await hpas.raise("moves");
    await hpas.create("moves-to");
    await stage.change("moves", { spec: { workload: { name: "moves-to" } } });
    await hpas.minimumIs("moves-to", FLOOR);
    expect(await hpas.notesAt("moves", BASE)).toEqual([]);
    expect(await stage.finalizers("moves")).toEqual([FINALIZER]);
  });

  test("a workload that does not exist: the old HPA gets its base back all the same", async () => {
    const name = "moves-away";
    await hpas.raise(name);
    await stage.change(name, { spec: { workload: { name: "nowhere" } } });
    await stage.told(name, "FloorApplied", "False", "WorkloadNotFound");
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    await vi.waitFor(async () => expect(await stage.finalizers(name)).toEqual([]), 30_000);
  });

  test("another HPA for the workload: the old one gets its base back, the new one is raised", async () => {
    const name = "rescaled";
    await hpas.raise(name);
    await hpas.writers.apply("setup", deployments, deployment("elsewhere"));
    const spec = { scaleTargetRef: { name: "elsewhere" } };
    await hpas.writers.update("somebody", horizontalPodAutoscalers, name, { spec });
    const successor = { ...autoscaler(name, 3), metadata: { name: "successor" } };
    await hpas.writers.create(successor);
    await hpas.minimumIs("successor", FLOOR);
    expect(await hpas.notesAt(name, BASE)).toEqual([]);
    await stage.remove(name);
    await stage.gone(name);
    expect(await hpas.notesAt("successor", 3)).toEqual([]);
  });

  test("no HPA any more: the count itself carries the floor, and nothing holds the InvoiceService", async () => {
    const name = "unscaled";
    await hpas.raise(name);
    await stage.client.delete(horizontalPodAutoscalers, { namespace: stage.namespace, name });
    await stage.change(name, { spec: floorOf(FLOOR + 1) });
    await stage.becomes(deployments, name, { spec: { replicas: FLOOR + 1 } });
    await vi.waitFor(async () => expect(await stage.finalizers(name)).toEqual([]), 30_000);
  });
});

describe("without the operator", () => {
  test("a contest outlives the process: the next one writes nothing either", async () => {
    const name = "contested";
    await hpas.writers.apply("setup", deployments, deployment(name));
    await hpas.writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE));
    await stage.serve(name, { ...floorOf(FLOOR), scaling: { takeOver: true } });
    for (const _reset of [1, 2]) {
      await hpas.minimumIs(name, FLOOR);
      await stage.evaluated(name);
      await hpas.writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE));
    }
    const told = await stage.told(name, "FloorApplied", "False", "Contested");
    const before = await stage.writes(horizontalPodAutoscalers, name);
    expect(before).toHaveLength(2);

    await operator.kill("SIGKILL");
    operator = stage.launch(kubeconfig);
    await operator.ready();
    await hpas.writers.apply("argocd-controller", horizontalPodAutoscalers, autoscaler(name, BASE + 1));
    await stage.evaluated(name, 2);
    expect(await stage.told(name, "FloorApplied", "False", "Contested")).toBe(
      told.replace(`held at ${BASE}`, `held at ${BASE + 1}`),
    );
    expect(await stage.writes(horizontalPodAutoscalers, name)).toEqual(before);
  });

  test("the README's command lets an InvoiceService go", async () => {
    const name = "orphaned";
    await hpas.raise(name);
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
    await hpas.minimumIs(name, FLOOR);
  });
});
