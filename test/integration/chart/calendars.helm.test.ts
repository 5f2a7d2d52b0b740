import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { regimes } from "../../../src/calendar/regimes/regimes.ts";
import { bothHelms, CHART, objectsOf, renderedText, run, type Helm, type Rendered } from "../../support/chart.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds } from "../../support/crds.ts";

/** The chart invoiceops-calendars, and the same calendars as manifests. */

const ROOT = join(import.meta.dirname, "../../..");
const CALENDARS = join(ROOT, "charts/invoiceops-calendars");

let helms: readonly [Helm, Helm];

beforeAll(async () => {
  helms = await bothHelms();
});

const textOf = (helm: Helm, values: object): Promise<string> =>
  renderedText(helm, values, { release: "calendars", chart: CALENDARS });
const render = async (values: object): Promise<Rendered[]> => objectsOf(await textOf(helms[0], values));

const moved = { period: "2026-02", deadline: "2026-02-26", announcedAt: "2026-02-20T00:00:00Z", source: "Notice 2" };
const variants: Record<string, object> = {
  "two regimes": { regimes: ["CN", "DE-BY"] },
  "all regimes": { regimes: regimes.map(({ code }) => code) },
  "all that can be changed": {
    regimes: ["CN", "IN"],
    namePrefix: "team-a-",
    overrides: { CN: [moved, { ...moved, period: "2027-02", deadline: "2027-02-26T18:00" }] },
    holidays: { CN: [{ year: 2027, days: ["2027-01-01"], workdays: ["2027-01-09"], source: "Notice 1" }] },
    specs: { IN: { openTime: "08:00", timeZone: "Asia/Kolkata" } },
    commonLabels: { team: "tax" },
    annotations: { "argocd.argoproj.io/sync-wave": "1" },
  },
};

describe.each(Object.entries(variants))("rendered with %s", (_, values) => {
  test("it is the same twice, and the same by Helm 3 and Helm 4", async () => {
    const [three, four] = [await textOf(helms[0], values), await textOf(helms[1], values)];
    expect(await textOf(helms[0], values)).toBe(three);
    expect(await textOf(helms[1], values)).toBe(four);
    // The one difference: where Helm itself puts an empty line between two objects.
    expect(four.replaceAll(/\n\n+/g, "\n")).toBe(three.replaceAll(/\n\n+/g, "\n"));
  });

  test("the API server takes every object", async () => {
    const cluster = await useCluster();
    await installCrds(cluster);
    const items = await render(values);
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items });
    const { stdout, stderr } = await cluster.kubectl(["apply", "--dry-run=server", "-f", "-"], { input });
    expect([stdout.trim().split("\n").length, stderr]).toEqual([(values as { regimes: string[] }).regimes.length, ""]);
  });
});

test.each(["two regimes", "all that can be changed"])("rendered with %s it is what it was", async (name) => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  const objects = await render(variants[name] ?? {});
  // The dates that were published are those of the regime, and other ones with each year.
  const shown = objects.map(({ spec = {}, ...object }) => {
    const overrides = (spec["overrides"] as { source: string }[] | undefined)?.filter(
      ({ source }) => source === "Notice 2",
    );
    return stringify({ ...object, spec: { ...spec, ...(overrides ? { overrides } : {}) } }, { lineWidth: 0 });
  });
  const file = join(import.meta.dirname, "snapshots", `calendars-${name.replaceAll(" ", "-")}.yaml`);
  await expect(shown.join("---\n").replaceAll(version, "VERSION")).toMatchFileSnapshot(file);
});

test("each is the manifest of deploy/calendars", async () => {
  for (const { metadata, spec } of await render(variants["all regimes"] ?? {})) {
    const text = readFileSync(join(ROOT, "deploy/calendars", `${metadata.name}.yaml`), "utf8");
    expect({ name: metadata.name, spec }).toEqual({ name: metadata.name, spec: (parse(text) as Rendered).spec });
  }
});

const overridesOf = ([calendar]: readonly Rendered[]): { period: string; source: string }[] =>
  calendar?.spec?.["overrides"] as { period: string; source: string }[];

test("a deadline that was moved takes the place of the published one, and leaves the others", async () => {
  const before = overridesOf(await render({ regimes: ["CN"] }));
  const after = overridesOf(await render({ regimes: ["CN"], overrides: { CN: [moved] } }));
  expect(before.find(({ period }) => period === moved.period)?.source).not.toBe(moved.source);
  expect(after.filter(({ period }) => period === moved.period)).toEqual([moved]);
  expect(after).toHaveLength(before.length);
});

test("the API server takes every manifest of deploy/calendars as it stands", async () => {
  const cluster = await useCluster();
  await installCrds(cluster);
  const { stdout, stderr } = await cluster.kubectl(["apply", "--dry-run=server", "-f", join(ROOT, "deploy/calendars")]);
  expect([stdout.trim().split("\n").length, stderr]).toEqual([regimes.length, ""]);
});

test("no regime is no calendar, and no error", async () => {
  expect(await render({})).toEqual([]);
});

test.each<[string, object, RegExp]>([
  [
    "a regime that there is not",
    { regimes: ["XX"] },
    /regimes has XX, which this chart does not know: it has BR.* CN, /,
  ],
  ["a regime in small letters", { regimes: ["cn"] }, /regimes/],
  ["a regime twice", { regimes: ["CN", "CN"] }, /regimes/],
  [
    "an override of a regime that is not installed",
    { regimes: ["CN"], overrides: { "DE-BY": [moved] } },
    /overrides has DE-BY, which regimes does not name/,
  ],
  ["holidays of another", { regimes: ["CN"], holidays: { KR: [] } }, /holidays has KR/],
  ["an override without a source", { overrides: { CN: [{ period: "2027-02", deadline: "2027-02-26" }] } }, /source/],
  ["a deadline without a day", { overrides: { CN: [{ ...moved, deadline: "2027-02" }] } }, /deadline/],
  ["a misspelt key of a year", { holidays: { CN: [{ year: 2027, day: [], source: "x" }] } }, /day/],
  ["overrides where they are not looked for", { regimes: ["CN"], specs: { CN: { overrides: [] } } }, /'overrides'/],
  ["a prefix that no name has", { namePrefix: "Team" }, /namePrefix/],
  ["an unknown key", { regime: "CN" }, /regime/],
])("%s is refused by name, by both", async (_, values, message) => {
  for (const helm of helms) await expect(textOf(helm, values)).rejects.toThrow(message);
});

test("both find nothing to complain about", async () => {
  for (const { command } of helms)
    expect(await run(command, ["lint", "--strict", CALENDARS, "--set", "regimes={CN}"])).toContain("0 chart(s) failed");
});

function versionsOf(chart: string): unknown {
  const { version, appVersion } = parse(readFileSync(join(chart, "Chart.yaml"), "utf8")) as Record<string, string>;
  return { version, appVersion };
}

test("it has the version of the operator's chart, since its calendars are those of that operator", () => {
  expect(versionsOf(CALENDARS)).toEqual(versionsOf(CHART));
});
