import { kinds } from "../../api/v1alpha1/crd.ts";
import { isForbidden, isRetriable, isUnauthorized, KubeError } from "../../kube/errors.ts";
import type { CliContext } from "../verb.ts";
import { findingsOf, unknown, type Finding } from "./finding.ts";
import { kindFinding } from "./kinds.ts";
import { leaderFinding } from "./leader.ts";
import { deploymentFindings, findDeployments, noOperator, operatorOf, type InstalledOperator } from "./operator.ts";
import { findServices, ownershipFindings } from "./ownership.ts";
import { operatorRights, ownRights } from "./rights.ts";
import { syncWindowFinding } from "./sync-windows.ts";

/**
 * One look at the whole installation, by reads and reviews alone. Everything that can be looked at is, whatever else
 * is wrong; without an API server there is nothing more to see.
 */
export async function lookAtInstallation(context: CliContext): Promise<readonly Finding[]> {
  const server = await serverFinding(context);
  if (server.level !== "ok") return [server];
  const findings = [server];
  const collect = async (about: string, look: () => Promise<Finding | readonly Finding[]>): Promise<void> => {
    findings.push(...(await findingsOf(about, look)));
  };

  for (const kind of kinds) await collect("kinds", () => kindFinding(context.cluster(), kind, context.signal));
  let operators: InstalledOperator[] = [];
  await collect("operator", async () => {
    const deployments = await findDeployments(context);
    operators = deployments.map(operatorOf);
    return deployments.length === 0 ? noOperator(context) : deployments.flatMap(deploymentFindings);
  });
  for (const { namespace, name, config } of operators) {
    if (config?.leaderElect === false) continue;
    const lease = { namespace: config?.leaseNamespace ?? namespace, name: config?.leaseName ?? name };
    await collect("leader", () => leaderFinding(context, lease));
  }
  let services: Awaited<ReturnType<typeof findServices>> | undefined;
  await collect("ownership", async () => {
    // A kind that is not there has no objects, and that is told above.
    if (findings.some(({ about, level }) => about === "kinds" && level === "wrong")) return [];
    services = await findServices(context, operators);
    return ownershipFindings(services, operators);
  });
  for (const operator of operators)
    await collect("rights", () => operatorRights(context, operator, services?.services ?? []));
  for (const project of operators.flatMap(({ config }) => config?.argocdProjects ?? [])) {
    await collect("sync windows", () => syncWindowFinding(context, project, services?.services ?? []));
  }
  await collect("your rights", () => ownRights(context));
  return findings;
}

async function serverFinding({ cluster, signal }: CliContext): Promise<Finding> {
  const about = "API server";
  const { transport, server } = cluster();
  try {
    const version = await transport.request({ method: "GET", path: "/version", doing: "ask for the version", signal });
    const { gitVersion } = version as { gitVersion: string };
    return { about, level: "ok", message: `${server} answers, Kubernetes ${gitVersion}` };
  } catch (error) {
    if (!(error instanceof KubeError) || !(isRetriable(error) || isUnauthorized(error) || isForbidden(error)))
      throw error;
    return unknown(about, error);
  }
}
