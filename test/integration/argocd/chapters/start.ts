import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { ROOT } from "../../../support/readme.ts";
import { deployment } from "../../ownership/manifests.ts";
import { applicationOf } from "../applications.ts";
import { LINKS, LONG, serviceHealth, SOON, type Ground } from "../ground.ts";
import { calendar, service } from "../objects.ts";

const follows = (name: string): object => service(name, { calendars: [{ name }] });

export function start(here: () => Ground): void {
  describe("from an empty cluster", () => {
    test("the README's block brings the operator, Synced and Healthy, in the image that it names", LONG, async () => {
      expect(await here().installByReadme("registry.example/invoiceops:9.9.9")).toMatch(
        /condition met\n.*condition met\n$/,
      );
      expect(await here().imageOfOperator()).toBe("registry.example/invoiceops:9.9.9");
      // Without its finalizer an Application goes alone; the next one of the name takes its objects over.
      await here().cluster.kubectl(["delete", "application", "invoiceops", "--namespace=argocd"]);
    });

    test("the chart comes through Git as deploy/argocd has it, and is Synced and Healthy", LONG, async () => {
      await here().installChart();
      const { status } = await here().becomes("invoiceops", "Synced", "Healthy");
      await vi.waitFor(async () => {
        const { summary } = (await here().application("invoiceops")).status ?? {};
        expect(summary?.externalURLs).toEqual([LINKS.dashboard]);
      }, SOON);
      expect(status?.resources?.map(({ kind }) => kind)).toEqual(
        expect.arrayContaining(["CustomResourceDefinition", "ClusterRole", "Deployment"]),
      );
    });

    test("the project and the team's Application of deploy/argocd bring the example of the README", LONG, async () => {
      await here().installExample();
      const { status } = await vi.waitFor(async () => {
        const application = await here().application("vat");
        expect(application.status?.sync?.status).toBe("Synced");
        return application;
      }, SOON);
      expect(status?.resources?.map(({ kind, name }) => `${kind}/${name}`).toSorted()).toEqual([
        "Deployment/vat-api",
        "FilingCalendar/vat",
        "HorizontalPodAutoscaler/vat-api",
        "InvoiceService/vat-issuing",
      ]);
    });

    test("a service that no operator has seen is Progressing, and so is its Application", LONG, async () => {
      await here().commit("first", [deployment("first"), calendar("first"), follows("first")]);
      await here().apply(applicationOf("first"));
      expect(serviceHealth(await here().becomes("first", "Synced", "Progressing"))).toMatchObject({
        status: "Progressing",
        message: "the operator has not looked at this version of the object yet",
      });
    });

    test("with the operator it is Healthy, and was never Degraded on its way", LONG, async () => {
      await here().startOperator();
      await here().becomes("first", "Synced", "Healthy");
      expect(here().healthsOf("first")).not.toContain("Degraded");
      // As docs/gitops.md has it for a pipeline.
      const page = await readFile(join(ROOT, "docs/gitops.md"), "utf8");
      const [, wait = ""] = /^kubectl (wait .*)$/m.exec(page) ?? [];
      const { stdout } = await here().cluster.kubectl(
        wait.replace("vat-issuing", "first").replace("billing", "first").split(" "),
      );
      expect(stdout).toBe("invoiceservice.invoiceops.dev/first condition met\n");
    });

    test("it may read the project that the chart names, which is not there yet", LONG, async () => {
      await vi.waitFor(() => {
        const line = here().operator.log.find((text) => text.includes("sync windows cannot be compared"));
        expect(line).toContain('appprojects.argoproj.io \\"held\\" not found');
      }, SOON);
    });

    test("namespace, workload, calendar and service in one sync are never Degraded on their way", LONG, async () => {
      await here().commit("second", [follows("second"), calendar("second"), deployment("second")]);
      await here().apply(applicationOf("second"));
      await here().becomes("second", "Synced", "Healthy");
      expect(here().healthsOf("second")).not.toContain("Degraded");
    });
  });
}
