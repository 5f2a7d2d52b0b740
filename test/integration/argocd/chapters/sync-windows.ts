import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ARGOCD_NAMESPACE } from "../../../../dev/cluster/argocd/manifests.ts";
import { DAY_MS } from "../../../../src/calendar/zone.ts";
import { genArgocd } from "../../../../src/cli/gen-argocd.ts";
import { runCli } from "../../../../src/cli/run.ts";
import { realClock } from "../../../../src/runtime/clock.ts";
import { deployment } from "../../ownership/manifests.ts";
import { applicationOf } from "../applications.ts";
import { LONG, type Ground } from "../ground.ts";
import { calendar } from "../objects.ts";

/** Days from today, as a calendar writes them. */
const day = (offset: number): string => new Date(realClock.now() + offset * DAY_MS).toISOString().slice(0, 10);

export function syncWindows(here: () => Ground): void {
  /** What `kubectl invoiceops gen argocd` prints for this cluster. */
  const generated = async (...flags: string[]): Promise<string> => {
    const printed: string[] = [];
    const print = (text: string): void => void printed.push(text);
    const code = await runCli(["gen", "argocd", `--kubeconfig=${here().cluster.adminKubeconfig}`, ...flags], {
      command: "kubectl invoiceops",
      verbs: [genArgocd],
      env: {},
      clock: realClock,
      signal: new AbortController().signal,
      out: print,
      warn: print,
      input: async () => "",
    });
    expect([code, printed.join("")]).toEqual([0, expect.stringContaining("kind: AppProject")]);
    return printed.join("");
  };

  describe("sync windows of gen argocd", () => {
    test("while a filing window is open, syncs wait, and by hand they go through", LONG, async () => {
      const { cluster, argocd } = here();
      const metadata = { name: "held", namespace: ARGOCD_NAMESPACE };
      await cluster.apply(calendar("open", { dates: [{ period: "now", opens: day(-2), deadline: day(2) }] }));
      const { spec } = await cluster.get<{ spec: object }>("appproject", "default", ARGOCD_NAMESPACE);
      await cluster.apply({ apiVersion: "argoproj.io/v1alpha1", kind: "AppProject", metadata, spec });
      const patch = join(cluster.connection.directory, "held.yaml");
      await writeFile(patch, await generated("--project=held", "--calendar=open"));
      await cluster.kubectl(["patch", "appproject", "held", "-n", "argocd", "--type=merge", `--patch-file=${patch}`]);
      expect(await argocd.cli("proj", "windows", "list", "held")).toMatch(/\bActive\b.*\bdeny\b/);

      await here().commit("held", [deployment("held")]);
      const application = applicationOf("held");
      await here().apply({ ...application, spec: { ...application.spec, project: "held" } });
      await here().becomes("held", "OutOfSync", "Missing");
      expect(await argocd.cli("app", "get", "held")).toMatch(/SyncWindow:\s+Manual Allowed/);
      expect((await here().application("held")).status?.operationState).toBeUndefined();
      await argocd.cli("app", "sync", "held");
      await here().becomes("held", "Synced", "Healthy");
    });
  });
}
