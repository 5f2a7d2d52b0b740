import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";

/** The settings of Argo CD for our kinds, from the Lua files of deploy/argocd, so that the two never differ. */

const HEADING = "# Generated from resource_customizations by `npm run generate`; edit that.\n";
const GROUP = "invoiceops.dev";

/** `data` of the ConfigMap argocd-cm; `tree` is the folder resource_customizations. */
function argoCdSettings(tree: string): Record<string, string> {
  const group = join(tree, GROUP);
  const settings: Record<string, string> = {};
  for (const kind of readdirSync(group).toSorted()) {
    const read = (...path: string[]): string => readFileSync(join(group, kind, ...path), "utf8");
    const files = readdirSync(join(group, kind));
    settings[key("health", kind)] = read("health.lua");
    if (files.includes("actions")) settings[key("actions", kind)] = actions(join(group, kind, "actions"));
    // Its times and counts are no reason to compare with Git again; a changed health is one all the same.
    settings[key("ignoreResourceUpdates", kind)] = text({ jsonPointers: ["/status"] });
  }
  return settings;
}

/** A ConfigMap to be merged into the one that there is. */
export function argoCdConfigMap(tree: string): string {
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "argocd-cm", labels: { "app.kubernetes.io/part-of": "argocd" } },
    data: argoCdSettings(tree),
  };
  return HEADING + text(configMap);
}

/** The same as values of the community's Helm chart argo-cd. */
export function argoCdValues(tree: string): string {
  return HEADING + text({ configs: { cm: argoCdSettings(tree) } });
}

function key(what: string, kind: string): string {
  return `resource.customizations.${what}.${GROUP}_${kind}`;
}

function actions(folder: string): string {
  // Beside the actions are the files of their tests.
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "action.lua")));
  const definitions = names.map((name) => ({
    name,
    "action.lua": readFileSync(join(folder, name, "action.lua"), "utf8"),
  }));
  const discovery = readFileSync(join(folder, "discovery.lua"), "utf8");
  return text({
    "discovery.lua": discovery,
    definitions: definitions.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
}

function text(value: object): string {
  return stringify(value, { lineWidth: 0, indentSeq: false, blockQuote: "literal" });
}
