import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { defaultBase, makeDistribution, type Distribution } from "./distribution.ts";
import { billOfMaterials } from "./sbom.ts";

let root: string;
let folders: string[];
const made: Distribution[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "invoiceops-test-"));
  folders = ["first", "second"].map((name) => join(root, name));
  for (const folder of folders) made.push(await makeDistribution(folder));
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

test.each(["operator.js", "invoiceops.js", "operator.js.map", "sbom.cdx.json"])(
  "%s is the same, byte for byte, when it is made again elsewhere",
  async (name) => {
    const [first, second] = await Promise.all(folders.map((folder) => readFile(join(folder, name))));
    expect(first?.equals(second!)).toBe(true);
  },
);

test("the bundles need nothing but Node.js", async () => {
  for (const { name } of made[0]!.files) {
    const text = await readFile(join(folders[0]!, name), "utf8");
    const imported = [...text.matchAll(/^import\b[^"'\n]*["']([^"']+)["']/gm)].map(([, from]) => from!);
    expect(imported.filter((from) => !from.startsWith("node:") && !BUILT_IN.has(from))).toEqual([]);
  }
});

/** Older packages leave out the prefix. */
const BUILT_IN = new Set(process.getBuiltinModule("node:module").builtinModules);

test("the bill of materials names each package that the lock file says is needed at run time and that is in a bundle", async () => {
  const { components } = made[0]!.bom;
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  const found = components.map(({ name, version }) => `${name}@${version}`);
  // client-node brings more; those that we import ourselves must be there in exactly our version.
  for (const name of ["@kubernetes/client-node", "undici", "pino", "prom-client", "temporal-polyfill"]) {
    expect(found).toContain(`${name}@${dependencies[name]}`);
  }
  expect(found.filter((component) => /^(vitest|typescript|esbuild)@/.test(component))).toEqual([]);
});

test.each([
  ["gcr.io/distroless/nodejs24-debian12:nonroot", "gcr.io/distroless/nodejs24-debian12", "nonroot"],
  ["localhost:5000/node@sha256:abc", "localhost:5000/node", "sha256:abc"],
  ["localhost:5000/node:24@sha256:abc", "localhost:5000/node", "sha256:abc"],
  ["localhost:5000/node", "localhost:5000/node", "latest"],
])("built on %s it names this base, and no Node.js that it does not know", (image, name, version) => {
  const [first, ...rest] = billOfMaterials({ inputs: {}, outputs: {} }, { image }).components;
  expect(first).toMatchObject({ type: "container", name, version });
  expect(rest).toEqual([]);
});

test("the base that is named is that of the Dockerfile, and a known Node.js has what a scanner looks for", () => {
  expect(made[0]!.bom.components[0]).toMatchObject({ type: "container", "bom-ref": defaultBase().image });
  const { components } = billOfMaterials({ inputs: {}, outputs: {} }, { image: "base", node: "24.1.0" });
  expect(components[1]).toMatchObject({ name: "node", cpe: "cpe:2.3:a:nodejs:node.js:24.1.0:*:*:*:*:*:*:*" });
});

test("each component has what a scanner looks for, and its name once", () => {
  const { components } = made[0]!.bom;
  const libraries = components.filter(({ type }) => type === "library");
  for (const { purl, licenses, hashes } of libraries) {
    expect(purl).toMatch(/^pkg:npm\/(%40[^/@]+\/)?[^/@]+@\d/);
    expect(licenses).toHaveLength(1);
    expect(hashes?.[0]?.content).toMatch(/^[0-9a-f]{128}$/);
  }
  expect(new Set(components.map((component) => component["bom-ref"])).size).toBe(components.length);
});
