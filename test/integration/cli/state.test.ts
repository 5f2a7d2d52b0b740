import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Client } from "../../../src/kube/client.ts";
import type { Transport } from "../../../src/kube/transport.ts";
import { emptyState, stateText } from "../../../src/forecast/state.ts";
import { configMaps, type ConfigMap } from "../../../src/kube/resource.ts";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import { adminClient } from "../../support/admin-client.ts";
import { invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { command, type Ran } from "../../support/command.ts";
import { installCrds } from "../../support/crds.ts";
import { learntState, seenWindow } from "../../support/learnt.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** `invoiceops state export` and `import` on the real API server; that the operator takes it up is in learnt-forecast. */

let admin: Client & { transport: Transport };
let kubeconfig: string;
let namespace: string;

beforeAll(async () => {
  const cluster = await useCluster();
  await installCrds(cluster);
  admin = adminClient(cluster);
  kubeconfig = cluster.adminKubeconfig;
});
afterAll(() => admin.transport.close());

beforeEach(async () => {
  namespace = await (await useCluster()).createNamespace("state");
  const service = invoiceService({ name: "vat" });
  await admin.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace } });
});

const run = (...args: string[]): Promise<Ran> => command(["state", ...args, "-n", namespace], { kubeconfig });
const learnt = learntState({ windows: [seenWindow()] });

function fileOf(text: string): string {
  const file = join(temporaryFolder(), "state.json");
  writeFileSync(file, text);
  return file;
}
const present = (): Promise<ConfigMap> => admin.get(configMaps, { namespace, name: "vat-forecast" });
/** A ConfigMap under the name of the state, whoever's it is. */
const put = (object: Partial<ConfigMap>): Promise<ConfigMap> =>
  admin.create(configMaps, { ...object, metadata: { ...object.metadata, name: "vat-forecast", namespace } });

describe("a state", () => {
  test("that was imported is exported as it was, belongs to the service, and the operator is told to look", async () => {
    expect(await run("import", "vat", "-f", fileOf(stateText(learnt)))).toMatchObject({
      code: 0,
      out: "vat knows 1 windows, the last of 2026-12\n",
    });
    const exported = await run("export", "vat");
    expect(exported.code).toBe(0);
    expect(JSON.parse(exported.out)).toEqual(JSON.parse(stateText(learnt)));
    const service = await admin.get(invoiceServices, { namespace, name: "vat" });
    expect((await present()).metadata).toMatchObject({
      labels: { "app.kubernetes.io/managed-by": "invoiceops" },
      ownerReferences: [{ kind: "InvoiceService", name: "vat", uid: service.metadata.uid }],
    });
    expect(service.metadata.annotations).toHaveProperty(["invoiceops.dev/refresh"]);
  });

  test("takes the place of the one that was there, also of a damaged one", async () => {
    await run("import", "vat", "-f", fileOf(stateText(emptyState("UTC"))));
    await run("import", "vat", "-f", fileOf(stateText(learnt)));
    await admin.patch(configMaps, { namespace, name: "vat-forecast" }, { data: { "forecast.json": "{" } });
    expect((await run("export", "vat")).warned).toContain("is left as it is: it is no JSON");
    expect((await run("import", "vat", "-f", fileOf(stateText(learnt)))).code).toBe(0);
    expect(JSON.parse((await run("export", "vat")).out)).toMatchObject({ windows: [{ period: "2026-12" }] });
  });

  test("that is not there yet cannot be exported, with code 1", async () => {
    expect(await run("export", "vat")).toMatchObject({ code: 1, out: "" });
  });
});

describe("what is refused is left alone, with code 2", () => {
  test("a ConfigMap that is somebody else's", async () => {
    await put({ data: { mine: "yes" } });
    const { code, warned } = await run("import", "vat", "-f", fileOf(stateText(learnt)));
    expect([code, (await present()).data]).toEqual([2, { mine: "yes" }]);
    expect(warned).toContain("vat-forecast is not ours");
  });

  test("one that a newer version wrote", async () => {
    await run("import", "vat", "-f", fileOf(stateText(learnt)));
    await admin.patch(configMaps, { namespace, name: "vat-forecast" }, { data: { "forecast.json": '{"version":2}' } });
    const { code, warned } = await run("import", "vat", "-f", fileOf(stateText(learnt)));
    expect(code).toBe(2);
    expect(warned).toContain("newer version (2)");
  });

  test.each<[string, string, RegExp]>([
    ["a text that is none", "hello", /--filename: .* is no state that can be used: it is no JSON/],
    ["a state of a newer version", '{"version":2}', /newer version \(2\)/],
    ["more than anybody has learnt", " ".repeat(2 ** 20 + 1), /more than 1 MiB/],
  ])("%s", async (_, text, message) => {
    const { code, warned } = await run("import", "vat", "-f", fileOf(text));
    expect(code).toBe(2);
    expect(warned).toMatch(message);
    await expect(present()).rejects.toMatchObject({ status: 404 });
  });

  test("the state of a service that there is not", async () => {
    const { code, warned } = await run("import", "vatt", "-f", fileOf(stateText(learnt)));
    expect(code).toBe(2);
    expect(warned).toContain("did you mean vat?");
  });
});
