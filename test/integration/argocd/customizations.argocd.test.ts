import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { provideBinaries } from "../../../dev/cluster/binaries.ts";
import { lintManifest } from "../../../src/cli/lint/lint-manifest.ts";
import { DEPLOY } from "./deploy.ts";
import { Scripts, type Changed, type Health } from "./scripts.ts";

/**
 * What deploy/argocd/resource_customizations says of itself, in the files in which Argo CD's own repository wants it:
 * health_test.yaml, action_test.yaml and their testdata.
 */

/** Each run of the command starts a program of 200 MB. */
const SLOW = 120_000;

const TREE = join(DEPLOY, "resource_customizations/invoiceops.dev");
const found = (pattern: string): string[] => globSync(pattern, { cwd: TREE }).toSorted();
const read = (...path: string[]): unknown => parse(readFileSync(join(TREE, ...path), "utf8"));
const readObject = (...path: string[]): Record<string, unknown> => read(...path) as Record<string, unknown>;

interface HealthTest {
  healthStatus: Health;
  inputPath: string;
}

interface ActionTests {
  discoveryTests: {
    inputPath: string;
    result: { name: string; disabled?: boolean; displayName: string; iconClass: string; params?: { name: string }[] }[];
  }[];
  actionTests: {
    action: string;
    inputPath: string;
    expectedOutputPath: string;
    parameters?: Record<string, string>;
  }[];
}

let folder: string;
let scripts: Scripts;

beforeAll(async () => {
  const { argocd } = await provideBinaries(["argocd"]);
  folder = await mkdtemp(join(tmpdir(), "invoiceops-customizations-"));
  scripts = new Scripts(argocd, folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const healths = found("**/health_test.yaml").flatMap((file) =>
  (read(file) as { tests: HealthTest[] }).tests.map(
    ({ inputPath, healthStatus }) => [join(dirname(file), inputPath), healthStatus] as const,
  ),
);
const ACTIONS = "InvoiceService/actions";
const { discoveryTests, actionTests } = read(ACTIONS, "action_test.yaml") as ActionTests;

test("each kind has tests of its health, and each file of testdata is in one", () => {
  expect(found("**/health_test.yaml").map(dirname)).toEqual(found("**/health.lua").map(dirname));
  const used = [
    ...healths.map(([path]) => path),
    ...discoveryTests.map(({ inputPath }) => join(ACTIONS, inputPath)),
    ...actionTests.flatMap(({ inputPath, expectedOutputPath }) =>
      [inputPath, expectedOutputPath].map((path) => join(ACTIONS, path)),
    ),
  ];
  expect([...new Set(used)].toSorted()).toEqual(found("**/testdata/*.yaml"));
  expect(new Set(healths.map(([, { status }]) => status))).toEqual(
    new Set(["Healthy", "Progressing", "Degraded", "Suspended"]),
  );
});

test.each(found("**/testdata/*.yaml"))("%s is an object that the API server takes", (path) => {
  expect(lintManifest({ object: readObject(path) }, 0)).toEqual({
    ours: true,
    refusals: [],
    unchecked: [],
  });
});

test.each(healths)(
  "%s: %j",
  async (path, health) => {
    expect(await scripts.health(readObject(path))).toEqual(health);
  },
  SLOW,
);

describe("actions", () => {
  test("each that there is has a test", () => {
    const names = found(`${ACTIONS}/*/action.lua`).map((path) => basename(dirname(path)));
    expect([...new Set(actionTests.map(({ action }) => action))].toSorted()).toEqual(names);
  });

  test.each(discoveryTests)(
    "of $inputPath are offered as they are said to be",
    async ({ inputPath, result }) => {
      const names = (disabled: boolean): string[] =>
        result.flatMap((one) => ((one.disabled ?? false) === disabled ? [one.name] : [])).toSorted();
      const { enabled, disabled } = await scripts.offered(readObject(ACTIONS, inputPath));
      expect([enabled.toSorted(), disabled.toSorted()]).toEqual([names(false), names(true)]);
      // The command lists no more than names; the words are compared as they stand.
      const lua = readFileSync(join(TREE, ACTIONS, "discovery.lua"), "utf8");
      for (const { displayName, iconClass, params = [] } of result) {
        expect(lua).toContain(`displayName = "${displayName}"`);
        expect(lua).toContain(`iconClass = "${iconClass}"`);
        for (const { name } of params) expect(lua).toContain(`{ name = "${name}" }`);
      }
    },
    SLOW,
  );

  test.each(actionTests)(
    "$action makes of $inputPath what is in $expectedOutputPath",
    async ({ action, inputPath, expectedOutputPath, parameters }) => {
      const made = await scripts.act(readObject(ACTIONS, inputPath), action, parameters);
      expect(timeless(made)).toEqual(read(ACTIONS, expectedOutputPath));
    },
    SLOW,
  );
});

/** With the moments in our annotations as the files have them. */
function timeless(object: Changed): Changed {
  const annotations = Object.entries(object.metadata.annotations ?? {}).map(([name, value]) => {
    const text = value.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/, "0001-01-01T00:00:00Z");
    return [name, name.startsWith("invoiceops.dev/") ? text : value];
  });
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
}
