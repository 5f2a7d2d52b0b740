import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createPrometheusStub } from "../../../support/prometheus-stub.ts";
import { deployment, floorOf } from "../../ownership/manifests.ts";
import { applicationOf } from "../applications.ts";
import { LONG, serviceHealth, SOON, type Ground } from "../ground.ts";
import { service } from "../objects.ts";

const KIB = 1024;

export function health(here: () => Ground): void {
  describe("health", () => {
    test("a change in Git is not Healthy before the operator has seen it", LONG, async () => {
      here().operator.freeze();
      await here().commit("second", [deployment("second"), service("second", floorOf(3))]);
      await vi.waitFor(async () => expect((await here().service("second")).spec.events).toHaveLength(1), SOON);
      const application = await here().becomes("second", "Synced", "Progressing");
      expect(serviceHealth(application)?.message).toMatch(/has not looked at this version/);
      here().operator.thaw();
      await here().becomes("second", "Synced", "Healthy");
      expect(await here().replicasOf("second")).toBe(3);
    });

    test("what somebody has to edit is Degraded in words, and Healthy when it is mended", LONG, async () => {
      const nowhere = { workload: { apiVersion: "apps/v1", kind: "Deployment", name: "nowhere" } };
      await here().commit("second", [service("second", nowhere), deployment("second")]);
      const application = await here().becomes("second", "Synced", "Degraded");
      expect(serviceHealth(application)?.message).toMatch(/Deployment\/nowhere/);
      await here().commit("second", [service("second"), deployment("second")]);
      await here().becomes("second", "Synced", "Healthy");
    });
  });

  describe("B31: a status stays small enough to be written and shown", () => {
    test("a page of 300 KB in place of numbers is cut, and does not hold up the next sync", LONG, async () => {
      const gateway = await createPrometheusStub();
      onTestFinished(() => gateway.close());
      gateway.answer({ status: 503, body: `<html>${"<p>the gateway is tired</p>".repeat(12_000)}</html>` });
      await here().commit("gateway", [deployment("gateway"), service("gateway", { prometheus: { url: gateway.url } })]);
      await here().apply(applicationOf("gateway"));
      await here().told("gateway", "MetricsAvailable", "False", "Unavailable");
      // Progressing it was before: the new words come with the next comparison.
      const message = await vi.waitFor(async () => {
        const { status, message: words = "" } = serviceHealth(await here().application("gateway")) ?? {};
        expect([status, words]).toEqual(["Progressing", expect.stringContaining("503")]);
        return words;
      }, SOON);
      expect(message.length).toBeLessThanOrEqual(KIB);
      const application = await here().application("gateway");
      for (const object of [application, await here().service("gateway")]) {
        expect(JSON.stringify(object).length).toBeLessThan(64 * KIB);
      }
      await here().commit("gateway", [deployment("gateway"), service("gateway")]);
      await here().becomes("gateway", "Synced", "Healthy");
    });
  });
}
