import type { InvoiceService } from "../../api/v1alpha1/invoice-service.ts";
import { isForbidden } from "../../kube/errors.ts";
import { keyOf, type KubeObject } from "../../kube/resource.ts";
import { invoiceServices } from "../../operator/kinds.ts";
import { misfitOf } from "../misfit.ts";
import type { CliContext } from "../verb.ts";
import type { Finding } from "./finding.ts";
import type { InstalledOperator } from "./operator.ts";

/** Whether anybody fights over a workload: what the InvoiceServices themselves and their statuses say. */

type Service = InvoiceService & KubeObject;

const about = "ownership";

/** `services` are those whose workload can be read; `misfits` says of each other one what is wrong with it. */
export interface FoundServices {
  services: Service[];
  misfits: string[];
  where: string;
}

/**
 * All InvoiceServices; where not all may be listed, those of the namespaces that the operators watch, or else of the
 * one that the command is in. `where` says which.
 */
export async function findServices(
  { cluster, signal }: CliContext,
  operators: readonly InstalledOperator[],
): Promise<FoundServices> {
  const { client, namespace } = cluster();
  try {
    return { ...sorted((await client.list(invoiceServices, { signal })).items), where: "all namespaces" };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    const watched = operators.flatMap(({ config }) => config?.watchNamespaces ?? []);
    const places = watched.length > 0 ? [...new Set(watched)] : [namespace];
    const lists = await Promise.all(places.map((place) => client.list(invoiceServices, { namespace: place, signal })));
    return { ...sorted(lists.flatMap(({ items }) => items)), where: places.join(", ") };
  }
}

function sorted(all: readonly Service[]): Pick<FoundServices, "services" | "misfits"> {
  const services = all.filter(({ spec }) => typeof spec?.workload?.name === "string");
  return {
    services,
    misfits: all.filter((service) => !services.includes(service)).flatMap((one) => misfitOf(one) ?? []),
  };
}

export function ownershipFindings(
  { services, misfits, where }: FoundServices,
  operators: readonly InstalledOperator[],
): Finding[] {
  const present = services.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const findings = [
    ...misfits.map((message): Finding => ({ about, level: "wrong", message, fix: "write it anew, or delete it" })),
    ...sharedWorkloads(present),
    ...present.flatMap(contested),
    ...unwatched(present, operators),
  ];
  if (findings.some(({ level }) => level === "wrong")) return findings;
  const count = present.length === 1 ? "1 InvoiceService" : `${present.length} InvoiceServices`;
  return [{ about, level: "ok", message: `${count} in ${where}, and nobody else writes what they hold` }, ...findings];
}

/** Two that name one workload: the elder has it, and the operator says so at the other. */
function sharedWorkloads(services: readonly Service[]): Finding[] {
  const byWorkload = Map.groupBy(services, ({ metadata, spec: { workload } }) =>
    [metadata.namespace, workload.apiVersion, workload.kind, workload.name].join("/"),
  );
  return [...byWorkload.values()]
    .filter((sharing) => sharing.length > 1)
    .map((sharing) => {
      const names = sharing.map(keyOf).toSorted();
      const { kind, name } = sharing[0]!.spec.workload;
      return {
        about,
        level: "wrong",
        message: `InvoiceServices ${names.join(" and ")} name the same workload ${kind}/${name}`,
        fix: "delete all but one of them",
      };
    });
}

/** Reasons of FloorApplied that say: who writes what has to be settled by somebody. */
const UNSETTLED = new Set(["Contested", "AmbiguousTarget", "AutoscalerPresent", "KindNotReadable"]);

/** What the operator itself has found: its messages name the other writer, and the fix for that one. */
function contested(service: Service): Finding[] {
  const floor = service.status?.conditions?.find(({ type }) => type === "FloorApplied");
  // Of two InvoiceServices on one workload both are named above.
  const told = floor?.reason === "AmbiguousTarget" && floor.message.startsWith("InvoiceService ");
  if (!floor || told) return [];
  const message = `InvoiceService ${keyOf(service)}: ${floor.message}`;
  if (UNSETTLED.has(floor.reason)) return [{ about, level: "wrong", message }];
  return floor.reason === "DeclaredElsewhere" ? [{ about, level: "note", message }] : [];
}

/** Where every operator watches some namespaces alone, the services elsewhere are nobody's. */
function unwatched(services: readonly Service[], operators: readonly InstalledOperator[]): Finding[] {
  const watched = operators.map(({ config }) => config?.watchNamespaces);
  if (watched.length === 0 || watched.includes(undefined)) return [];
  const names = new Set(watched.flat());
  return services
    .filter(({ metadata }) => !names.has(metadata.namespace))
    .map((service) => ({
      about,
      level: "wrong",
      message: `InvoiceService ${keyOf(service)}: no operator watches its namespace`,
      fix: `add ${service.metadata.namespace} to the chart's watchNamespaces`,
    }));
}
