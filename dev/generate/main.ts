import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { customResourceDefinition, kinds } from "../../src/api/v1alpha1/crd.ts";
import { reference } from "../../src/cli/reference.ts";
import { verbs } from "../../src/cli/verbs.ts";
import { argoCdConfigMap, argoCdValues } from "./argocd.ts";
import { calendarFiles } from "./calendars.ts";
import { crdTemplate, rulesTemplate } from "./chart.ts";
import { readmeWithValues } from "./chart-readme.ts";
import { firstDifferences } from "./differences.ts";
import { regimesPage } from "./regimes.ts";

/**
 * Writes the files that follow from the source (npm run generate). With --check it writes nothing and fails when a
 * committed file is not what would be written.
 */

const root = join(import.meta.dirname, "../..");
const chart = "charts/invoiceops";
const calendarsChart = "charts/invoiceops-calendars";
const templates = `${chart}/templates`;
const customizations = join(root, "deploy/argocd/resource_customizations");
const files = new Map([
  ...kinds.map((kind) => [`crds/${kind.plural}.yaml`, crdText(kind)] as const),
  ...kinds.map((kind) => [`${templates}/crds/${kind.plural}.yaml`, crdTemplate(crdText(kind))] as const),
  [`${templates}/_rules.tpl`, rulesTemplate()] as const,
  ["deploy/argocd/argocd-cm.yaml", argoCdConfigMap(customizations)] as const,
  ["deploy/argocd/values.yaml", argoCdValues(customizations)] as const,
  ["docs/cli.md", reference(verbs)] as const,
  ["docs/regimes.md", regimesPage()] as const,
  ...["deploy/calendars", `${calendarsChart}/calendars`].flatMap((folder) =>
    calendarFiles().map(([name, text]) => [`${folder}/${name}`, text] as const),
  ),
  [`${chart}/README.md`, readmeText(chart)] as const,
  [`${calendarsChart}/README.md`, readmeText(calendarsChart)] as const,
]);

if (process.argv.includes("--check")) check();
else write();

function crdText(kind: (typeof kinds)[number]): string {
  const heading = "# Generated from src/api/v1alpha1 by `npm run generate`; edit that.\n";
  // Neither folded nor indented more than needed: each level of a deep schema costs on every line.
  const layout = { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false };
  return heading + stringify(customResourceDefinition(kind), layout);
}

function readmeText(folder: string): string {
  const [readme, values, schema] = ["README.md", "values.yaml", "values.schema.json"].map((name) =>
    committed(`${folder}/${name}`),
  );
  return readmeWithValues(readme!, values!, schema!);
}

function write(): void {
  for (const [path, text] of files) {
    if (committed(path) === text) continue;
    writeFileSync(join(root, path), text);
    console.log(`wrote ${path}`);
  }
}

function check(): void {
  const outdated = [...files].filter(([path, text]) => committed(path) !== text);
  for (const [path, text] of outdated) {
    console.error(`${path} is not what its source gives (- committed, + generated):`);
    console.error(firstDifferences(committed(path), text));
  }
  if (outdated.length > 0) {
    console.error("run `npm run generate` and commit the result");
    process.exitCode = 1;
  }
}

function committed(path: string): string {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
