import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { bothHelms, CHART, objectsOf, renderedText, type Helm, type Rendered } from "../../support/chart.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

/** As a part of somebody's own chart, with the globals of that. */

let helms: readonly [Helm, Helm];
beforeAll(async () => {
  helms = await bothHelms();
});

async function parentChart(): Promise<string> {
  const folder = temporaryFolder();
  await mkdir(join(folder, "charts"));
  await cp(CHART, join(folder, "charts/invoiceops"), { recursive: true });
  const dependencies = [{ name: "invoiceops", version: "*", condition: "invoiceops.enabled" }];
  await writeFile(
    join(folder, "Chart.yaml"),
    stringify({ apiVersion: "v2", name: "platform", version: "1.0.0", dependencies }),
  );
  return folder;
}

const kindsOf = (objects: readonly Rendered[]): Set<string> => new Set(objects.map(({ kind }) => kind));

test("it takes the parent's registry and pull secrets, and leaves alone what else the parent says to all", async () => {
  const chart = await parentChart();
  const global = { imageRegistry: "mirror.example.com", imagePullSecrets: ["regcred"], storageClass: "fast" };
  for (const helm of helms) {
    const objects = objectsOf(await renderedText(helm, { global, invoiceops: { enabled: true } }, { chart }));
    const image = expect.stringMatching(/^mirror\.example\.com\/invoiceops\/invoiceops:/) as string;
    expect(objects.find(({ kind }) => kind === "Deployment")?.spec).toMatchObject({
      template: { spec: { imagePullSecrets: [{ name: "regcred" }], containers: [{ image }] } },
    });
  }
});

test("it is left out by its condition", async () => {
  const chart = await parentChart();
  expect(kindsOf(objectsOf(await renderedText(helms[0], { invoiceops: { enabled: false } }, { chart })))).toEqual(
    new Set(),
  );
});

test("a misspelt key is refused with the way to it", async () => {
  const chart = await parentChart();
  for (const helm of helms) {
    const values = { invoiceops: { prometheusRule: { enabeld: true } } };
    await expect(renderedText(helm, values, { chart })).rejects.toThrow(/invoiceops[\s\S]*enabeld/);
  }
});
