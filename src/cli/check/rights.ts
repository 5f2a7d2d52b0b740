import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { isForbidden, KubeError } from "../../kube/errors.ts";
import type { KubeObject } from "../../kube/resource.ts";
import {
  clusterRules,
  leaseRules,
  namespaceRules,
  projectRules,
  secretRules,
  stateRules,
} from "../../operator/rbac.ts";
import type { CliContext, Right } from "../verb.ts";
import { unknown, type Finding } from "./finding.ts";
import type { InstalledOperator } from "./operator.ts";
import { accessesOf, inWords, refusedTo, refusedToMe, userOf, whoAmI, type Access } from "../reviews.ts";

/** Whether the operator may do all that it does, and which verbs whoever runs this command may use. */

type Service = InvoiceService & KubeObject;

/** What the operator needs at one place. */
interface Need {
  where: string;
  accesses: readonly Access[];
  /** What it lacks without; absent where it cannot do its work. */
  without?: string;
}

const operatorAbout = "rights";

/** `services` are all that can be seen: Secrets are needed only where one of them names a Secret. */
export async function operatorRights(
  { cluster, signal }: CliContext,
  operator: InstalledOperator,
  services: readonly Service[],
): Promise<Finding[]> {
  const { client } = cluster();
  const account = { namespace: operator.namespace, name: operator.account };
  const user = userOf(account);
  const needs = needsOf(operator, services);
  const itself = (await whoAmI(client, signal)) === user;
  const findings: Finding[] = [];
  for (const need of needs) {
    const { accesses } = need;
    try {
      const missing = itself
        ? await refusedToMe(client, accesses, signal)
        : await refusedTo(client, account, accesses, signal);
      if (missing.length > 0) findings.push(missingFinding(user, need, missing));
    } catch (error) {
      // Who may not ask about others may not at any place.
      if (error instanceof KubeError && isForbidden(error)) return [unknown(operatorAbout, error)];
      throw error;
    }
  }
  if (findings.some(({ level }) => level === "wrong")) return findings;
  const places = needs
    .filter(({ without }) => without === undefined)
    .map(({ where }) => where)
    .join(", ");
  const message = `${user} may do all that the operator does: ${places}`;
  return [{ about: operatorAbout, level: "ok", message }, ...findings];
}

function missingFinding(user: string, { where, without }: Need, missing: readonly Access[]): Finding {
  if (without !== undefined) {
    const message = `${user} lacks ${where}: ${inWords(missing)}; ${without}`;
    return { about: operatorAbout, level: "note", message, fix: "set the chart's rbac.forecastState: true" };
  }
  return {
    about: operatorAbout,
    level: "wrong",
    message: `${user} lacks ${where}: ${inWords(missing)}`,
    fix: missing.every(({ resource }) => resource === "secrets")
      ? "name them in the chart's secrets.names, as in {billing: [prometheus-token]}"
      : "upgrade the chart (its roles come with rbac.create), or add the rules to the operator's role",
  };
}

function needsOf({ namespace, config }: InstalledOperator, services: readonly Service[]): Need[] {
  const watched = config?.watchNamespaces;
  const inSight = services.filter(({ metadata }) => watched?.includes(metadata.namespace ?? "") ?? true);
  const byNamespace = Map.groupBy(inSight, ({ metadata }) => metadata.namespace ?? "");
  const secretNeeds = [...byNamespace].flatMap(([place, of]): Need[] => {
    const resourceNames = [...new Set(of.flatMap(secretsOf))];
    const accesses = accessesOf(
      secretRules.map((rule) => ({ ...rule, resourceNames })),
      place,
    );
    return resourceNames.length === 0 ? [] : [{ where: `for Secrets of ${place}`, accesses }];
  });
  const lease = config?.leaderElect === false ? [] : leaseRules(config?.leaseName ?? "invoiceops");
  return [
    {
      where: "in the whole cluster",
      accesses: accessesOf(watched ? clusterRules : [...clusterRules, ...namespaceRules]),
    },
    ...(watched ?? []).map((place) => ({ where: `in ${place}`, accesses: accessesOf(namespaceRules, place) })),
    ...(watched ?? [undefined]).map((place) => ({
      where: place === undefined ? "for ConfigMaps of the whole cluster" : `for ConfigMaps of ${place}`,
      accesses: accessesOf(stateRules, place),
      without: "it learns the load of past windows anew after each start, as far as Prometheus remembers them",
    })),
    ...(lease.length === 0
      ? []
      : [{ where: `for its Lease in ${namespace}`, accesses: accessesOf(lease, config?.leaseNamespace ?? namespace) }]),
    ...(config?.argocdProjects ?? []).map((project) => ({
      where: `for the AppProject ${project.name} of ${project.namespace}`,
      accesses: accessesOf(
        projectRules.map((rule) => ({ ...rule, resourceNames: [project.name] })),
        project.namespace,
      ),
    })),
    ...secretNeeds,
  ];
}

function secretsOf({ spec }: Service): string[] {
  const { authorization, ca, headers } = spec.prometheus ?? {};
  return [authorization?.bearer, authorization?.basic, ca, headers].flatMap((ref) => ref?.secretName ?? []);
}

/** Which verbs of the command its user may use in this namespace; that he may not is nothing wrong. */
export async function ownRights({ cluster, verbs, signal, command }: CliContext): Promise<Finding> {
  const about = "your rights";
  const { client, namespace } = cluster();
  const needs = verbs.map((verb) => ({ verb, accesses: verb.rights.flatMap((right) => accessOf(right, namespace)) }));
  const all = new Map(needs.flatMap(({ accesses }) => accesses.map((access) => [JSON.stringify(access), access])));
  const refused = new Set(
    (await refusedToMe(client, [...all.values()], signal)).map((access) => JSON.stringify(access)),
  );
  const lacking = needs.flatMap(({ verb, accesses }) => {
    const missing = accesses.filter((access) => refused.has(JSON.stringify(access)));
    return missing.length === 0 ? [] : [{ verb, missing }];
  });
  if (lacking.length === 0)
    return { about, level: "ok", message: `you may use every verb of ${command} in ${namespace}` };
  const byMissing = Map.groupBy(lacking, ({ missing }) => inWords(missing));
  const told = [...byMissing].map(([missing, of]) => `${missing} (for ${of.map(({ verb }) => verb.name).join(", ")})`);
  return { about, level: "note", message: `you lack in ${namespace}: ${told.join("; ")}` };
}

/** Only what a verb cannot do without. */
function accessOf({ verbs, resource, without, where }: Right, namespace: string): Access[] {
  if (without !== undefined) return [];
  const [path = "", ...group] = resource.split(".");
  const rule = { apiGroups: [group.join(".")], resources: [path], verbs };
  return accessesOf([rule], where === "the cluster" ? undefined : namespace);
}
