import { readFile } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { AuditEvent } from "../../../dev/cluster/audit-log.ts";
import { deployments, type Deployment } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { adminClient } from "../../support/admin-client.ts";
import { deployment, invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { eventually } from "../../support/eventually.ts";
import { startOperator, type OperatorHarness } from "../../support/operator-harness.ts";
import { floorOf } from "./manifests.ts";

/** S0 inside a window with a floor of 12; `create` makes the Deployment. */
async function inTheWindow(create: (operator: OperatorHarness) => Promise<void>): Promise<OperatorHarness> {
  const operator = await startOperator({ bounds: [1, 20] });
  operator.prometheus.answer(800);
  await create(operator);
  await operator.create(invoiceServices, invoiceService(floorOf(12)));
  await operator.evaluate();
  await eventually(() => expect(operator.replicas).toBe(12));
  return operator;
}

/** Its writes of a Deployment. An attempt that met a newer version of the object is none. */
async function scaleWrites(operator: OperatorHarness): Promise<AuditEvent[]> {
  const attempts = await operator.requests({ verb: ["patch", "update"], resource: "deployments" });
  return attempts.filter(({ responseStatus }) => responseStatus?.code !== 409);
}

describe("B35: a manifest takes the replicas away", () => {
  test("(a) kubectl apply of a manifest that no longer has spec.replicas: back to 12 within 30 s", async () => {
    const cluster = await useCluster();
    const apply = async (operator: OperatorHarness, replicas?: number): Promise<void> => {
      const { spec, ...manifest } = { ...deployment(2), apiVersion: "apps/v1", kind: "Deployment" };
      const { replicas: _, ...rest } = spec ?? {};
      const input = JSON.stringify({ ...manifest, spec: replicas === undefined ? rest : { ...rest, replicas } });
      await cluster.kubectl(["apply", `--namespace=${operator.namespace}`, "-f", "-"], { input });
    };
    const operator = await inTheWindow((started) => apply(started, 2));
    expect(operator.condition("FloorApplied")).toMatchObject({ status: "True", reason: "DeclaredElsewhere" });

    const applied = operator.clock.now();
    await apply(operator);
    await eventually(() => expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toContain(1));
    await operator.advance("30s");
    const counts = operator.view.counts("inv-api");
    expect(counts.map(({ replicas }) => replicas)).toEqual([2, 12, 1, 12]);
    expect(counts.at(-1)!.at - applied).toBeLessThanOrEqual(30_000);
    expect(operator.condition("FloorApplied")).toMatchObject({ status: "True", reason: "Applied" });
    expect(ours(operator.view.deployments.now("inv-api"))).toEqual([{ "f:spec": { "f:replicas": {} } }]);
  });

  test("(b) argocd-controller sets 2 every 20 s for 5 min: after two resets nothing more is written", async () => {
    const cluster = await useCluster();
    const client = adminClient(cluster, { fieldManager: "argocd-controller" });
    onTestFinished(() => client.transport.close());
    const operator = await inTheWindow((started) => started.create(deployments, deployment(2)));

    for (let reset = 1; reset <= 15; reset += 1) {
      const ref = { namespace: operator.namespace, name: "inv-api" };
      const { metadata } = await client.patch(deployments, ref, { spec: { replicas: 2 } });
      await eventually(() => {
        const versions = operator.view.deployments.history("inv-api").map(({ object }) => object.metadata);
        expect(versions.map(({ resourceVersion }) => resourceVersion)).toContain(metadata.resourceVersion);
      });
      await operator.advance("20s");
      // What the operator makes of it comes by its watch, and may come when the 20 s are over.
      await eventually(() => expect(operator.replicas).toBe(reset === 1 ? 12 : 2));
      if (reset !== 2) continue;
      await eventually(() =>
        expect(operator.condition("FloorApplied")).toMatchObject({ status: "False", reason: "Contested" }),
      );
      expect(operator.condition("FloorApplied")?.message).toMatch(
        /^spec\.replicas of Deployment\/inv-api is held at 2 by argocd-controller, 12 are recommended; nothing more is written until that is mended: have ignoreDifferences: .*RespectIgnoreDifferences=true\] in the Application, or leave spec\.replicas out of the manifest in Git .*; then set the annotation invoiceops\.dev\/refresh/,
      );
    }
    // The first raise and one more: no write after Contested.
    expect(await scaleWrites(operator)).toHaveLength(2);
    expect(operator.condition("FloorApplied")).toMatchObject({ status: "False", reason: "Contested" });
    expect(operator.view.counts("inv-api").map(({ replicas }) => replicas)).toEqual([2, 12, 2, 12, 2]);
  });

  test("the README shows the Argo CD user what to do", async () => {
    const text = await readFile(new URL("../../../README.md", import.meta.url), "utf8");
    expect(text).toMatch(/ignoreDifferences:[^`]*\/spec\/replicas[^`]*RespectIgnoreDifferences=true/);
  });
});

/** The fields that the API server books as ours. */
function ours({ metadata }: Deployment): unknown[] {
  return (metadata.managedFields ?? []).flatMap(({ manager, fieldsV1 }) =>
    manager === "invoiceops" ? [fieldsV1] : [],
  );
}
