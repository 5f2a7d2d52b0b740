import { describe, expect, test, vi } from "vitest";
import { ARGOCD_NAMESPACE } from "../../../../dev/cluster/argocd/manifests.ts";
import {
  deployments,
  events,
  horizontalPodAutoscalers,
  namespaces,
  type Resource,
} from "../../../../src/kube/resource.ts";
import { filingCalendars, invoiceServices } from "../../../../src/operator/kinds.ts";
import { applications, CASCADE } from "../applications.ts";
import { LONG, SOON, SYSTEM, type Ground } from "../ground.ts";

export function end(here: () => Ground): void {
  const remaining = async (resource: unknown, namespace: string): Promise<string[]> => {
    const { items } = await here().client.list(resource as Resource, { namespace });
    return items.map(({ metadata }) => metadata.name);
  };
  const deleteApplication = async (name: string): Promise<void> => {
    await here().client.delete(applications, { namespace: ARGOCD_NAMESPACE, name });
    await vi.waitFor(async () => expect(await remaining(applications, ARGOCD_NAMESPACE)).not.toContain(name), SOON);
  };

  describe("when it goes", () => {
    test.each(["acted", "hpa-omitted-client", "hpa-omitted-server", "hpa-declared-client"])(
      "deleting the Application %s takes all of it away, and what was told of it stays",
      LONG,
      async (name) => {
        await deleteApplication(name);
        await vi.waitFor(async () => {
          for (const resource of [invoiceServices, deployments, horizontalPodAutoscalers]) {
            expect(await remaining(resource, name)).toEqual([]);
          }
        }, SOON);
        await here().client.get(namespaces, { name });
        const { items } = await here().client.list(events, { namespace: name });
        expect(items.map(({ reason }) => reason)).toContain("FloorRaised");
      },
    );

    test("the rights of the chart were enough", LONG, async () => {
      expect(await here().refused()).toEqual([]);
    });

    test("deleting the operator's Application keeps the kinds, and every service with its status", LONG, async () => {
      const before = await here().service("deploy-omitted-client");
      await here().operator.kill("SIGTERM");
      const ref = { namespace: ARGOCD_NAMESPACE, name: "invoiceops" };
      await here().client.patch(applications, ref, { metadata: { finalizers: [CASCADE] } });
      await deleteApplication("invoiceops");
      expect(await remaining(deployments, SYSTEM)).toEqual([]);
      expect((await here().service("deploy-omitted-client")).status).toEqual(before.status);
      expect((await here().client.list(filingCalendars, {})).items.length).toBeGreaterThan(0);
    });
  });
}
